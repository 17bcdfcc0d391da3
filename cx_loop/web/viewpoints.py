"""Personas of a journey and its to-be version, written by admins on one page."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
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
from cx_loop.actions.configure.viewpoints import form_of_viewpoint
from cx_loop.actions.errors import Invalid, NotFound
from cx_loop.actions.journey_map import may_draw
from cx_loop.logic.blueprint import LANES
from cx_loop.models import Actor, Journey, Segment, User, Viewpoint, in_language
from cx_loop.reads.journeys import Map, journeys_seen, map_of
from cx_loop.ui.moments import LANE_NAMES
from cx_loop.web.setting_forms import languages_in_order

Texts = list[tuple[str, str, str]]  # code, name and text of each language
Said = Mapping[str, Any]  # a viewpoint or a stop of it, as the action takes it


@dataclass(frozen=True, slots=True)
class StopRow:
    """`key`: of a touchpoint; '' for one to come, of the stage `stage`. `lanes`: how many
    differ."""

    id: str
    key: str
    stage: str
    name: str
    names: Texts
    felt: str
    words: Texts
    dropped: bool
    lanes: int


@dataclass(frozen=True, slots=True)
class Lane:
    """`here`: what the map says of it, for comparison."""

    key: str
    name: str
    texts: Texts
    here: str


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
    view = _view(plan, request.GET.get("view", ""))
    return _page(request, journey, plan, view, form_of_viewpoint(view) if view else {})


def _page(
    request: HttpRequest,
    journey: Journey,
    plan: Map,
    view: Viewpoint | None,
    said: Said,
    *,
    wrong: str = "",
    added: Mapping[str, str] | None = None,
) -> HttpResponse:
    """`said`: what the form of `view` shows, in force or as typed; `wrong`: why it is refused.

    `added`: the names typed for a new one that is refused.
    """
    segments = Segment.objects.filter(retired_at=None).order_by("position", "key")
    rows = list(_rows(plan, said.get("stops", ()))) if view else []
    at = next((row for row in rows if row.id == request.GET.get("at")), None)
    page = {
        "journey": journey,
        "viewpoints": plan.viewpoints,
        "view": view,
        "said": {"to_be": False, "segment": "", "reviewer": "", **said},
        "wrong": wrong,
        "new_names": _texts(added or {}),
        "names": _texts(said.get("name", {})),
        "who": _texts(said.get("who", {})),
        "segments": [(each.key, in_language(each.name) or each.key) for each in segments],
        "rows": rows,
        "stages": [(each.key, in_language(each.name) or each.key) for each, _ in plan.stages],
        "at": at,
        "lanes": _lanes(plan, said, at) if at else [],
    }
    template = "cx_loop/journeys/viewpoints.html"
    return render(request, template, page, status=422 if wrong else 200)


def _do(request: HttpRequest, journey: Journey, plan: Map) -> HttpResponse:
    said, by, now = request.POST, Actor(request.user), clock.now()  # type: ignore[arg-type]
    do, view = said.get("do", ""), _view(plan, said.get("view", ""))
    if do not in {"add", "change", "lanes", "retire"} or (do != "add" and view is None):
        raise Http404
    typed = _said(said, plan) if do == "change" else {}
    try:
        if view is None or do == "add":
            name, to_be = _said_texts(said, "name"), "to_be" in said
            view = actions.add_viewpoint(journey=journey, name=name, to_be=to_be, by=by, now=now)
        elif do == "change":
            view = actions.change_viewpoint(viewpoint=view, said=typed, by=by, now=now)
        elif do == "lanes":
            stop = _said_lanes(said, plan, view)
            view = actions.change_lanes(viewpoint=view, stop=stop, by=by, now=now)
        else:
            actions.retire_viewpoint(viewpoint=view, by=by, now=now)
            view = None
    except NotFound:
        raise Http404 from None
    except Invalid as refusal:
        wrong = " ".join(_refusals()[code] for _f, code, _m in refusal.problems)
        names = _said_texts(said, "name") if do == "add" else None
        shown = _with_lanes(form_of_viewpoint(view) if view else {}, typed)
        return _page(request, journey, plan, view, shown, wrong=wrong, added=names)
    messages.success(request, _("The map is changed."))
    page = reverse("cx_loop:journey-viewpoints", args=[journey.key])
    return redirect(f"{page}?view={view.key}" if view else page)


def _with_lanes(form: Said, typed: Said) -> Said:
    """What was typed, with the lanes in force, which are not typed with the rest."""
    if not typed:
        return form
    lanes = {stop.get("touchpoint"): stop.get("blueprint") for stop in form["stops"]}
    stops = [{**stop, "blueprint": lanes.get(stop.get("touchpoint"))} for stop in typed["stops"]]
    return {**typed, "stops": stops}


def _refusals() -> dict[str, str]:
    return {
        "required": _("Give it a name."),
        "too_long": _("A text has at most 200 characters."),
        "segment_unknown": _("Choose one of the list."),
        "out_of_scale": _("Felt is between −5 and +5."),
        "person_unknown": _("There is nobody with this address."),
    }


def _view(plan: Map, key: str) -> Viewpoint | None:
    return next((each for each in plan.viewpoints if each.key == key), None)


def _rows(plan: Map, stops: Sequence[Said]) -> Iterator[StopRow]:
    said = {stop["touchpoint"]: stop for stop in stops if stop.get("touchpoint")}
    for each in plan.touchpoints:
        name = in_language(each.name) or each.key
        yield _row(f"at-{each.key}", each.key, name, said.get(each.key, {}))
    to_come = [stop for stop in stops if not stop.get("touchpoint")]
    for number, stop in enumerate(to_come):
        yield _row(f"come-{number}", "", in_language(stop.get("name", {})), stop)
    yield _row("come-new", "", "", {})


def _row(id: str, key: str, name: str, stop: Said) -> StopRow:
    felt = stop.get("felt")
    return StopRow(
        id=id,
        key=key,
        stage=stop.get("stage") or "",
        name=name,
        names=_texts(stop.get("name", {})),
        felt=f"{felt:g}" if isinstance(felt, float | int) else str(felt or ""),
        words=_texts(stop.get("words", {})),
        dropped=bool(stop.get("dropped")),
        lanes=len(stop.get("blueprint") or {}),
    )


def _lanes(plan: Map, said: Said, at: StopRow) -> list[Lane]:
    stop = _stop_at(said.get("stops", ()), at.id) or {}
    lanes = stop.get("blueprint") or {}
    blueprints = {each.key: each.blueprint for each in plan.touchpoints}
    here: Mapping[str, dict[str, str]] = blueprints.get(at.key, {})
    return [
        Lane(
            key=lane,
            name=str(LANE_NAMES[lane]),
            texts=_texts(lanes.get(lane, {})),
            here=in_language(here.get(lane, {})),
        )
        for lane in LANES
    ]


def _stop_at(stops: Sequence[Said], id: str) -> Said | None:
    """The stop of a row of the page, as the viewpoint has it."""
    if id.startswith("at-"):
        return next((each for each in stops if each.get("touchpoint") == id[3:]), None)
    to_come = [each for each in stops if not each.get("touchpoint")]
    number = id.removeprefix("come-")
    plain = number.isascii() and number.isdigit() and len(number) < 4
    return to_come[int(number)] if plain and int(number) < len(to_come) else None


def _texts(names: Mapping[str, str]) -> Texts:
    return [(code, str(label), names.get(code, "")) for code, label in languages_in_order()]


def _said(said: QueryDict, plan: Map) -> dict[str, Any]:
    return {
        "name": _said_texts(said, "name"),
        "who": _said_texts(said, "who"),
        "to_be": "to_be" in said,
        "segment": _word(said, "segment"),
        "reviewer": _word(said, "reviewer"),
        "stops": list(_said_stops(said, plan)),
    }


def _said_lanes(said: QueryDict, plan: Map, view: Viewpoint) -> dict[str, Any]:
    """The lanes of one stop. Raises NotFound where the page shows none such."""
    at = _word(said, "at")
    stop: Said | None = _stop_at(form_of_viewpoint(view)["stops"], at)
    if stop is None and at[3:] in {each.key for each in plan.touchpoints}:
        stop = {"touchpoint": at[3:]}
    if stop is None:
        raise NotFound
    return {**stop, "blueprint": {lane: _said_texts(said, f"lane-{lane}") for lane in LANES}}


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
    """`felt` as typed where it is no number, for the action to refuse and the page to show."""
    typed: Any = _word(said, f"{row}-felt")
    with suppress(ValueError):
        typed = float(typed) if typed else None
    return {"felt": typed, "words": _said_texts(said, f"{row}-words")}


def _said_texts(said: QueryDict, name: str) -> dict[str, str]:
    return {code: _word(said, f"{name}-{code}") for code, _label in settings.LANGUAGES}


def _word(said: QueryDict, name: str) -> str:
    return said.get(name, "").replace("\x00", "").strip()[:1_000]
