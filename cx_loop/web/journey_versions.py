"""The versions of a journey map: what each changed, and how an earlier one is brought back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cx_loop import clock
from cx_loop.actions.errors import Invalid, NotFound
from cx_loop.actions.journey_map import may_draw
from cx_loop.actions.journey_restore import restore_version
from cx_loop.logic.blueprint import changes_between
from cx_loop.models import (
    Actor,
    Department,
    JourneyVersion,
    Stage,
    Touchpoint,
    User,
    departments_of,
    in_language,
)
from cx_loop.reads.journeys import form_of_map, journeys_seen
from cx_loop.web.journey_words import say_change

SHOWN = 30  # versions of a page


@dataclass(frozen=True, slots=True)
class Version:
    version: JourneyVersion
    said: list[str]


@login_required
@require_safe
def versions(request: HttpRequest, key: str) -> HttpResponse:
    """What was changed on the map, by whom and when: to who sees the whole of it."""
    assert isinstance(request.user, User)
    found = get_object_or_404(journeys_seen(request.user), key=key)
    if departments_of(request.user) is not None:
        raise Http404
    rows = JourneyVersion.objects.filter(journey=found).select_related("user", "key")
    newest = list(rows.order_by("-number")[: SHOWN + 1])
    names = _names()
    page = {
        "now": clock.now(),
        "journey": found,
        "may_restore": may_draw(Actor(request.user)),
        "versions": [
            Version(each, _said(before.form if before else None, each.form, names))
            for each, before in zip(newest[:SHOWN], [*newest[1:], None], strict=False)
        ],
    }
    return render(request, "cx_loop/journeys/versions.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """What would be different on the map if it were as it was then; a POST makes it so."""
    assert isinstance(request.user, User)
    found, by = get_object_or_404(journeys_seen(request.user), key=key), Actor(request.user)
    if not may_draw(by):
        raise PermissionDenied
    version = get_object_or_404(JourneyVersion, journey=found, number=number)
    if request.method == "POST":
        try:
            restore_version(journey=key, number=number, by=by, now=clock.now())
        except NotFound:
            raise Http404 from None
        except Invalid:
            messages.warning(request, _("The map is as it was then."))
        else:
            messages.success(request, _("The map is as it was then, as a new version."))
        return redirect("cx_loop:journey-versions", key=key)
    page = {
        "now": clock.now(),
        "journey": found,
        "version": version,
        "said": _said(form_of_map(found), version.form, _names()),
    }
    return render(request, "cx_loop/journeys/restore.html", page)


def _said(before: Mapping[str, Any] | None, after: Mapping[str, Any], names: Any) -> list[str]:
    if before is None:
        return [_("The map as it was first kept.")]
    return [say_change(change, names) for change in changes_between(before, after)]


def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for table in (Department, Stage, Touchpoint):
        rows = table._default_manager.order_by("key").values_list("key", "name")
        found |= {key: in_language(name) or key for key, name in rows}
    return found
