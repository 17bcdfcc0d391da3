"""The one way in, whatever somebody showed at the door."""

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from cx_loop import clock
from cx_loop.actions import second_factor
from cx_loop.actions.people import choose_language
from cx_loop.models import User
from cx_loop.ui.slots import first_steps
from cx_loop.web.middleware import FACTOR_IS_DUE

WAITS = "second_factor"  # in the session: who has shown a password, and where they are going
PATIENCE = 10 * 60  # seconds


def enter_by_password(request: HttpRequest, user: User, goes_on: str) -> HttpResponse:
    """In, or on to the second factor: a link for a new password alone must not get around it."""
    if second_factor.has_one(user):
        at = clock.now().timestamp()
        request.session[WAITS] = {"person": user.pk, "at": at, "next": goes_on}
        return redirect("cx_loop:login-code")
    response = enter(request, user, goes_on)
    if settings.SECOND_FACTOR == "required":
        request.session[FACTOR_IS_DUE] = True
    return response


def enter(request: HttpRequest, user: User, goes_on: str) -> HttpResponse:
    request.session.pop(WAITS, None)
    begins_at = first_steps(user)
    if begins_at and user.last_login is None:
        # made by the first start, before anybody could say a language
        choose_language(user=user, language=get_language() or user.language)
    login(request, user)
    address = own_address(request, goes_on)
    return redirect((address == "/" and begins_at) or address)


def who_waits(request: HttpRequest) -> tuple[User | None, str]:
    """Who has shown a password in the last ten minutes, and where they are going."""
    waits = request.session.get(WAITS)
    if not waits or clock.now().timestamp() - waits["at"] > PATIENCE:
        return None, "/"
    return User.objects.filter(pk=waits["person"], is_active=True).first(), waits["next"]


def own_address(request: HttpRequest, wanted: str) -> str:
    """The wanted page when it is ours; otherwise a link could send a reader anywhere."""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else "/"
