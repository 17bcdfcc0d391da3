""" "You said, we mended": a page of a journey that everybody may read, and its switch."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import (
    get_supported_language_variant,
    parse_accept_lang_header,
)
from django.views.decorators.http import require_http_methods, require_safe

from cx_loop import clock
from cx_loop.actions import journey_map
from cx_loop.actions.errors import Forbidden
from cx_loop.models import Actor, Journey, Organization, User
from cx_loop.reads.journeys import journeys_seen
from tasks.reads.mended import SHOWN, public_journey, released_for

KEPT = 300  # seconds a browser or a proxy may show it without asking again
LANGUAGES = dict(settings.LANGUAGES)


@require_safe
def public(request: HttpRequest, key: str, language: str = "") -> HttpResponse:
    """The sentences that leads released; the same for everybody, without a cookie or a script."""
    journey = public_journey(key)
    if journey is None or (language and language not in LANGUAGES):
        raise Http404
    spoken = language or _asked_for(request)
    with translation.override(spoken):
        page = {
            "journey": journey,
            "organization": Organization.current(),
            "rows": list(released_for(journey)[:SHOWN]),
            "others": [(code, name) for code, name in _names() if code != spoken],
        }
        # without the request: nothing of who reads it can stand on it
        response = HttpResponse(render_to_string("tasks/mended_public.html", page))
    response.headers["Content-Language"] = spoken
    response.headers["Cache-Control"] = f"public, max-age={KEPT}"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mended(request: HttpRequest, key: str) -> HttpResponse:
    """What is public about a journey; admins switch the page on and off."""
    assert isinstance(request.user, User)
    journey = get_object_or_404(journeys_seen(request.user), key=key)
    by = Actor(request.user)
    if request.method == "POST":
        return _switch(request, journey, by)
    page = {
        "journey": journey,
        "rows": list(released_for(journey)[:SHOWN]),
        "may_switch": journey_map.may_draw(by),
        "address": settings.PUBLIC_URL + reverse("tasks:mended-public", args=[journey.key]),
        "now": clock.now(),
    }
    return render(request, "tasks/mended.html", page)


def mended_of_journey(journey: Journey) -> list[tuple[str, str]]:
    """The link on the page where the journey is drawn."""
    return [(_("You said, we mended"), reverse("tasks:mended", args=[journey.key]))]


def _switch(request: HttpRequest, journey: Journey, by: Actor) -> HttpResponse:
    on = request.POST.get("on") == "yes"
    try:
        journey_map.set_public_page(journey=journey.key, public=on, by=by, now=clock.now())
    except Forbidden:
        messages.error(request, _("An admin switches the page on and off."))
        return redirect("tasks:mended", key=journey.key)
    said = _("The page is public now.") if on else _("The page is hidden from now on.")
    messages.success(request, said)
    return redirect("tasks:mended", key=journey.key)


def _asked_for(request: HttpRequest) -> str:
    """By the browser's header alone: a cookie would make the page another for each reader."""
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    usual = Organization.current().languages[:1]
    return usual[0] if usual and usual[0] in LANGUAGES else settings.LANGUAGE_CODE


def _names() -> list[tuple[str, str]]:
    """Each language in its own words."""
    return [(code, translation.get_language_info(code)["name_local"]) for code in LANGUAGES]
