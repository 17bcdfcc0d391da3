"""The second factor: asked at the door, set up and ended on one's own page."""

from base64 import b64encode
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cx_loop import clock
from cx_loop.actions import second_factor
from cx_loop.models import Actor, User
from cx_loop.web import throttle
from cx_loop.web.entering import enter, who_waits
from cx_loop.web.middleware import FACTOR_IS_DUE

SECRET = "factor_secret"  # noqa: S105  where the session keeps one that is being set up


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )

    def clean_code(self) -> str:
        return "".join(str(self.cleaned_data["code"]).split())


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """After the password: the code of the phone, or one of those kept for its loss."""
    person, goes_on = who_waits(request)
    if person is None:
        return redirect("cx_loop:login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_right(request, person, form):
        return enter(request, person, goes_on)
    status = 422 if form.is_bound else 200
    return render(request, "cx_loop/sign_on/code.html", {"form": form}, status=status)


@sensitive_post_parameters("code")
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """One's own second factor: whether there is one, a new one, its end."""
    user = request.user
    assert isinstance(user, User)
    has_one = second_factor.has_one(user)
    if settings.SECOND_FACTOR == "off" and not has_one:
        raise Http404
    if request.method != "POST":
        return _page(request, user, has_one, CodeForm())
    form = CodeForm(request.POST)
    if form.is_valid() and has_one and _is_right(request, user, form):
        second_factor.take_away(user=user, by=Actor(user=user), now=clock.now())
        messages.success(request, _("Your second factor has ended."))
        return redirect("cx_loop:second-factor")
    if form.is_valid() and not has_one and (codes := _set_up(request, user, form)):
        return render(request, "cx_loop/sign_on/factor.html", {"codes": codes})
    return _page(request, user, has_one, form)


def _set_up(request: HttpRequest, user: User, form: CodeForm) -> list[str] | None:
    secret, code = request.session.get(SECRET, ""), form.cleaned_data["code"]
    codes = second_factor.set_up(user=user, secret=secret, code=code, now=clock.now())
    if codes is None:
        form.add_error(
            "code", _("This code does not fit. Look whether the phone's clock is right.")
        )
        return None
    request.session.pop(SECRET, None)
    request.session.pop(FACTOR_IS_DUE, None)
    return codes


def _page(request: HttpRequest, user: User, has_one: bool, form: CodeForm) -> HttpResponse:
    page: dict[str, Any] = {"form": form, "has_one": has_one, "codes": []}
    page["must"] = settings.SECOND_FACTOR == "required"
    if not has_one:
        secret = request.session.setdefault(SECRET, second_factor.new_secret())
        picture = b64encode(second_factor.picture_of(secret, user).encode()).decode("ascii")
        groups = (secret[at : at + 4] for at in range(0, len(secret), 4))
        page |= {"secret": " ".join(groups), "picture": f"data:image/svg+xml;base64,{picture}"}
    status = 422 if form.is_bound else 200
    return render(request, "cx_loop/sign_on/factor.html", page, status=status)


def _is_right(request: HttpRequest, person: User, form: CodeForm) -> bool:
    """Counted like passwords: a million codes are tried within hours otherwise."""
    address = f"code {request.META.get('REMOTE_ADDR', '')}"
    if not throttle.may_try(person.email, address):
        form.add_error("code", _("Too many tries. Wait 15 minutes, then try again."))
        return False
    if second_factor.fits(person, form.cleaned_data["code"]):
        throttle.forget(person.email, address)
        return True
    throttle.note_failure(person.email, address)
    form.add_error("code", _("This code does not fit. Look whether the phone's clock is right."))
    return False
