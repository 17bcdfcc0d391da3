"""Choosing a password: at an invitation's link, or when the old one is forgotten."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cx_loop import clock
from cx_loop.actions import links
from cx_loop.models import User
from cx_loop.web import throttle
from cx_loop.web.entering import enter_by_password


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )
    again = forms.CharField(
        label=_("The same again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        password = said.get("password")
        if password and password != said.get("again"):
            self.add_error("again", _("The two are not the same."))
        elif password:
            try:
                validate_password(password, self.user)
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        return said


class ForgotForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


@sensitive_post_parameters("password", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The link works until a password is chosen: a mail scanner that opens it uses nothing up."""
    now = clock.now()
    user = links.person_of(token, now, *links.LASTS)
    if user is None:
        return render(request, "cx_loop/people/link_over.html", status=404)
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        chosen = links.choose_password(token=token, password=form.cleaned_data["password"], now=now)
        if chosen is None:
            raise Http404
        return enter_by_password(request, chosen, "/")
    page = {"form": form, "person": user}
    status = 422 if form.is_bound else 200
    return render(request, "cx_loop/people/welcome.html", page, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """One answer whether anybody has the address or not, and for whoever asks too often."""
    form = ForgotForm(request.POST or None)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent:
        email = form.cleaned_data["email"]
        address = f"forgot {request.META.get('REMOTE_ADDR', '')}"
        if throttle.may_try(email, address) and throttle.may_try("", address):
            throttle.note_failure(email, address)
            throttle.note_failure("", address)
            links.ask_for_reset(email=email, now=clock.now())
    page = {"form": form, "is_sent": is_sent}
    return render(request, "cx_loop/people/forgot.html", page)
