"""Signing in by e-mail, and out again."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from cx_loop.models import User
from cx_loop.web import throttle

__all__ = ["redirect_to_login", "sign_in", "sign_out"]


class SignIn(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        """One answer for a wrong password, an unknown address and a locked account alike."""
        said = super().clean() or self.cleaned_data
        email, password = said.get("email"), said.get("password")
        if not email or not password:
            return said
        address = self.request.META.get("REMOTE_ADDR", "")
        if not throttle.may_try(email, address):
            raise forms.ValidationError(_("Too many tries. Wait 15 minutes, then try again."))
        found = authenticate(self.request, username=email.lower(), password=password)
        if found is None:
            throttle.note_failure(email, address)
            raise forms.ValidationError(_("This e-mail and password do not fit together."))
        throttle.forget(email, address)
        self.user = found
        return said


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    goes_on = _own_address(request, request.POST.get("next") or request.GET.get("next") or "/")
    if request.user.is_authenticated:
        return redirect(goes_on)
    form = SignIn(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid() and form.user is not None:
        login(request, form.user)
        return redirect(goes_on)
    page = {"form": form, "next": goes_on}
    return render(request, "cx_loop/login.html", page, status=200 if not form.is_bound else 422)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("cx_loop:login")


def _own_address(request: HttpRequest, wanted: str) -> str:
    """The wanted page when it is ours; otherwise a link could send a reader anywhere."""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else "/"
