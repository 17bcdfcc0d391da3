"""Signing in by e-mail, and out again."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from cx_loop.models import User
from cx_loop.web import throttle
from cx_loop.web.entering import enter_by_password, own_address

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
    if request.headers.get("HX-Request"):
        return _whole_page(request)
    goes_on = own_address(request, request.POST.get("next") or request.GET.get("next") or "/")
    if request.user.is_authenticated:
        return redirect(goes_on)
    form = SignIn(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid() and form.user is not None:
        return enter_by_password(request, form.user, goes_on)
    page = {
        "form": form,
        "next": goes_on,
        "sign_on": settings.SIGN_ON_URL and (settings.SIGN_ON_NAME or _("single sign-on")),
    }
    return render(request, "cx_loop/login.html", page, status=200 if not form.is_bound else 422)


@never_cache
def sign_in_of_admin(request: HttpRequest) -> HttpResponse:
    """The raw admin has no door of its own: it would know neither throttle nor second factor."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect(_log_in_then(request.GET.get("next") or reverse("admin:index")))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("cx_loop:login")


def _whole_page(request: HttpRequest) -> HttpResponse:
    """A part was asked for after the session had ended: the log-in must not land inside a page."""
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    response = HttpResponse()
    response["HX-Redirect"] = _log_in_then(urlunsplit(("", "", shown.path, shown.query, "")) or "/")
    return response


def _log_in_then(goes_on: str) -> str:
    return f"{reverse('cx_loop:login')}?{urlencode({'next': goes_on})}"
