"""Personas of a journey and its to-be version, written by admins on one page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cx_loop import clock
from cx_loop.actions import viewpoints as actions
from cx_loop.actions.errors import Invalid, NotFound
from cx_loop.actions.journey_map import may_draw
from cx_loop.models import (
    Actor,
    Journey,
    Segment,
    User,
    Viewpoint,
    ViewpointStop,
    in_language,
)
from cx_loop.reads.journeys import Map, journeys_seen, map_of, stops_of

Texts = list[tuple[str, str, str]]  # code, name and text of each language


@dataclass(frozen=True, slots=True)
class StopRow:
    """`key`: of a touchpoint; '' for one to come, of the stage `stage`."""

    id: str
    key: str
    stage: str
    name: str
    names: Texts
    felt: str
    words: Texts
    dropped: bool


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def viewpoints(request: HttpRequest, key: str) -> HttpResponse:
    assert isinstance(request.user, User)
    journey = get_object_or_404(journeys_seen(request.user), key=key)
    if not may_draw(Actor(request.user)):
        raise PermissionDenied
    plan = map_of(journey, request.user)
    if request.method == "POST":
        return _do(request, journey, plan)
    view = next((each for each in plan.viewpoints if each.key == request.GET.get("view")), None)
    segments = Segment.objects.filter(retired_at=None).order_by("position", "key")
    page = {
        "journey": journey,
        "viewpoints": plan.viewpoints,
        "languages": settings.LANGUAGES,
        "view": view,
        "names": _texts(view.name) if view else [],
        "who": _texts(view.who) if view else [],
        "segments": [(each.key, in_language(each.name) or each.key) for each in segments],
        "rows": list(_rows(plan, view)) if view else [],
        "stages": [(each.key, in_language(each.name) or each.key) for each, _ in plan.stages],
    }
    return render(request, "cx_loop/journeys/viewpoints.html", page)


def _do(request: HttpRequest, journey: Journey, plan: Map) -> HttpResponse:
    said, by, now = request.POST, Actor(request.user), clock.now()  # type: ignore[arg-type]
    do, view = said.get("do", ""), said.get("view", "")
    found = next((each for each in plan.viewpoints if each.key == view), None)
    if do not in {"add", "change", "retire"} or (do != "add" and found is None):
        raise Http404
    try:
        if found is None or do == "add":
            name, to_be = _said_texts(said, "name"), "to_be" in said
            made = actions.add_viewpoint(journey=journey, name=name, to_be=to_be, by=by, now=now)
            view = made.key
        elif do == "change":
            actions.change_viewpoint(viewpoint=found, said=_said(said, plan), by=by, now=now)
        else:
            actions.retire_viewpoint(viewpoint=found, by=by, now=now)
            view = ""
    except NotFound:
        raise Http404 from None
    except Invalid as refusal:
        messages.warning(request, " ".join(_refusals()[code] for _f, code, _m in refusal.problems))
    else:
        messages.success(request, _("The map is changed."))
    page = reverse("cx_loop:journey-viewpoints", args=[journey.key])
    return redirect(f"{page}?view={view}" if view else page)


def _refusals() -> dict[str, str]:
    return {
        "required": _("Give it a name."),
        "too_long": _("That is too long."),
        "segment_unknown": _("Choose one of the list."),
        "out_of_scale": _("Between −5 and +5."),
        "person_unknown": _("There is nobody with this address."),
    }


def _rows(plan: Map, view: Viewpoint) -> Iterator[StopRow]:
    stops = stops_of([view])[view.pk]
    said = {stop.touchpoint_id: stop for stop in stops if stop.touchpoint_id}
    for each in plan.touchpoints:
        name = in_language(each.name) or each.key
        yield _row(f"at-{each.key}", each.key, "", name, said.get(each.pk))
    for stop in stops:
        if stop.stage is not None:
            yield _row(f"come-{stop.pk}", "", stop.stage.key, in_language(stop.name), stop)
    yield _row("come-new", "", "", "", None)


def _row(id: str, key: str, stage: str, name: str, stop: ViewpointStop | None) -> StopRow:
    return StopRow(
        id=id,
        key=key,
        stage=stage,
        name=name,
        names=_texts(stop.name if stop else {}),
        felt="" if stop is None or stop.felt is None else f"{stop.felt:g}",
        words=_texts(stop.words if stop else {}),
        dropped=bool(stop and stop.dropped),
    )


def _texts(names: dict[str, str]) -> Texts:
    return [(code, str(label), names.get(code, "")) for code, label in settings.LANGUAGES]


def _said(said: QueryDict, plan: Map) -> dict[str, Any]:
    return {
        "name": _said_texts(said, "name"),
        "who": _said_texts(said, "who"),
        "to_be": "to_be" in said,
        "segment": _word(said, "segment"),
        "reviewer": _word(said, "reviewer"),
        "stops": list(_said_stops(said, plan)),
    }


def _said_stops(said: QueryDict, plan: Map) -> Iterator[dict[str, Any]]:
    for each in plan.touchpoints:
        row = f"at-{each.key}"
        yield {"touchpoint": each.key, **_said_of(said, row), "dropped": f"{row}-dropped" in said}
    for name in said.getlist("come"):
        row = name.replace("\x00", "")[:40]
        names = _said_texts(said, f"{row}-name")
        if any(text.strip() for text in names.values()):
            yield {"stage": _word(said, f"{row}-stage"), "name": names, **_said_of(said, row)}


def _said_of(said: QueryDict, row: str) -> dict[str, Any]:
    try:
        felt = float(_word(said, f"{row}-felt")) if _word(said, f"{row}-felt") else None
    except ValueError:
        raise Invalid(("felt", "out_of_scale", "")) from None
    if felt is not None and not -5 <= felt <= 5:
        raise Invalid(("felt", "out_of_scale", ""))
    return {"felt": felt, "words": _said_texts(said, f"{row}-words")}


def _said_texts(said: QueryDict, name: str) -> dict[str, str]:
    return {code: _word(said, f"{name}-{code}") for code, _label in settings.LANGUAGES}


def _word(said: QueryDict, name: str) -> str:
    return said.get(name, "").replace("\x00", "").strip()[:1_000]
