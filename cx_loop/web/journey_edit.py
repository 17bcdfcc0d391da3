"""Drawing a journey map: admins add, move and describe; its reviewer says it still holds."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cx_loop import clock
from cx_loop.actions import journey_map
from cx_loop.actions.bring_back import Missing, bring_back_touchpoint
from cx_loop.actions.errors import Forbidden, Invalid, NotFound
from cx_loop.actions.reviews import review as say_reviewed
from cx_loop.actions.touchpoints import give_to
from cx_loop.logic.blueprint import LANES
from cx_loop.models import (
    Actor,
    Department,
    Journey,
    Stage,
    Touchpoint,
    User,
    Viewpoint,
)
from cx_loop.reads.journeys import journeys_seen, map_of
from cx_loop.reads.trail import trail_of
from cx_loop.ui.dimensions import keys_of, value_names
from cx_loop.ui.moments import LANE_NAMES, MOMENT_TYPES
from cx_loop.ui.slots import pages_of_journey
from cx_loop.web.setting_forms import languages_in_order

Row = TypeVar("Row", Stage, Touchpoint)
Said = QueryDict
MOST_OFF = 50  # touchpoints off the map that are listed


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """The map to be drawn on; `do` of a POST says what."""
    assert isinstance(request.user, User)
    found = get_object_or_404(journeys_seen(request.user), key=key)
    by = Actor(request.user)
    if not journey_map.may_draw(by):
        raise PermissionDenied
    if request.method == "POST":
        return _do(request, found, by)
    plan = map_of(found, request.user)
    off = Touchpoint.objects.filter(stage__journey=found).exclude(retired_at=None)
    at = next((each for each in plan.touchpoints if each.key == request.GET.get("at")), None)
    page = {
        "journey": found,
        "stages": plan.stages,
        "languages": languages_in_order(),
        "departments": list(Department.objects.in_force().order_by("key")),
        "at": at,
        "form": _form(at) if at else None,
        "others": pages_of_journey(found),
        "has_stops": bool(plan.touchpoints),
        "off": list(off.order_by("-retired_at", "key")[:MOST_OFF]),
        "trail": trail_of("journey", found.pk),
        "now": clock.now(),
    }
    return render(request, "cx_loop/journeys/edit.html", page)


@login_required
@require_POST
def review(request: HttpRequest, key: str) -> HttpResponse:
    """The map, or the viewpoint named, still says what is so."""
    assert isinstance(request.user, User)
    found = get_object_or_404(journeys_seen(request.user), key=key)
    view = request.POST.get("view", "")
    of: Journey | Viewpoint = found
    if view:
        of = get_object_or_404(Viewpoint.objects.in_force().filter(journey=found), key=view)
    try:
        say_reviewed(of=of, by=Actor(request.user), now=clock.now())
    except Forbidden:
        raise PermissionDenied from None
    messages.success(request, _("Reviewed today. Thank you."))
    return redirect(reverse("cx_loop:journey", args=[key]) + (f"?view={view}" if view else ""))


def _do(request: HttpRequest, journey: Journey, by: Actor) -> HttpResponse:
    do = _DOES.get(request.POST.get("do", ""))
    if do is None:
        raise Http404
    at = ""
    try:
        at = do(request.POST, journey, by, clock.now())
    except NotFound:
        raise Http404 from None
    except Invalid as refusal:
        messages.warning(request, say_invalid(refusal))
    except Missing as missing:
        messages.warning(request, say_missing(missing))
    else:
        messages.success(request, _("The map is changed."))
    page = reverse("cx_loop:journey-edit", args=[journey.key])
    return redirect(f"{page}#{at}" if at else page)


def say_invalid(refusal: Invalid) -> str:
    said = _refusals()
    return " ".join(
        said.get(f"{field}_{code}") or said[code] for field, code, _m in refusal.problems
    )


def say_missing(missing: Missing) -> str:
    words = {"what": ", ".join(missing.names)}
    return (
        _("It cannot come back without %(what)s, which is retired. Bring that back first.") % words
    )


def _refusals() -> dict[str, str]:
    return {
        "required": _("Give it a name."),
        "name_too_long": _("A name has at most 200 characters."),
        "channels_too_long": _("A channel has at most 80 characters."),
        "blueprint_too_long": _("What happens in a lane is said in at most 200 characters."),
        "taken": _("Something has this key already."),
        "invalid_choice": _("Choose one of the list."),
        "department_unknown": _("Choose a department."),
        "stage_unknown": _("Choose a stage of the same journey."),
        "not_empty": _("Move its touchpoints away first."),
        "touchpoints_left": _("Take its touchpoints off the map first."),
    }


def _add_stage(said: Said, journey: Journey, by: Actor, now: datetime) -> str:
    made = journey_map.add_stage(journey=journey.key, name=name_in(said), by=by, now=now)
    return f"stage-{made.key}"


def _add_touchpoint(said: Said, journey: Journey, by: Actor, now: datetime) -> str:
    stage = _own_stage(said, journey)
    made = journey_map.add_touchpoint(
        stage=stage.key, name=name_in(said), owner=_word(said, "owner"), by=by, now=now
    )
    return f"stop-{made.key}"


def _move(said: Said, journey: Journey, by: Actor, now: datetime) -> str:
    stop = _own_touchpoint(said, journey)
    stage, _colon, place = _word(said, "to").rpartition(":")
    journey_map.move_touchpoint(
        touchpoint=stop.key, stage=stage, place=_place(place), by=by, now=now
    )
    return f"stop-{stop.key}"


def _move_stage(said: Said, journey: Journey, by: Actor, now: datetime) -> str:
    stage = _own_stage(said, journey)
    journey_map.move_stage(stage=stage.key, place=_place(_word(said, "to")), by=by, now=now)
    return f"stage-{stage.key}"


def _rename_stage(said: Said, journey: Journey, by: Actor, now: datetime) -> str:
    stage = _own_stage(said, journey)
    journey_map.rename_stage(stage=stage.key, name=name_in(said), by=by, now=now)
    return f"stage-{stage.key}"


def _describe(said: Said, journey: Journey, by: Actor, now: datetime) -> str:
    stop = _own_touchpoint(said, journey)
    journey_map.describe_touchpoint(
        touchpoint=stop.key,
        said={
            "name": name_in(said),
            "channels": keys_of("channel", _word(said, "channels", 2_000)),
            "front_stage": "front_stage" in said,
            "moment_of_truth": "moment_of_truth" in said,
            "moment_type": _word(said, "moment_type"),
            "support": sorted(set(said.getlist("support"))),
            "blueprint": {lane: name_in(said, f"lane-{lane}-") for lane in LANES},
        },
        by=by,
        now=now,
    )
    return f"stop-{stop.key}"


def _give(said: Said, journey: Journey, by: Actor, now: datetime) -> str:
    stop = _own_touchpoint(said, journey)
    to = Department.objects.in_force().filter(key=_word(said, "department")).first()
    if to is None:
        raise Invalid(("department", "department_unknown", ""))
    reason = _("The touchpoint has another owner.")
    with_tasks = "with_tasks" in said
    give_to(touchpoint=stop, to=to, by=by, now=now, with_tasks=with_tasks, reason=reason)
    return f"stop-{stop.key}"


def _retire(said: Said, journey: Journey, by: Actor, now: datetime) -> str:
    stop = _own_touchpoint(said, journey)
    journey_map.retire_touchpoint(touchpoint=stop.key, by=by, now=now)
    return f"stage-{stop.stage.key}"


def _put_back(said: Said, journey: Journey, by: Actor, now: datetime) -> str:
    stop = bring_back_touchpoint(
        journey=journey.key,
        touchpoint=_word(said, "touchpoint"),
        stage=_word(said, "stage"),
        by=by,
        now=now,
    )
    return f"stop-{stop.key}"


def _retire_stage(said: Said, journey: Journey, by: Actor, now: datetime) -> str:
    journey_map.retire_stage(stage=_own_stage(said, journey).key, by=by, now=now)
    return ""


_DOES: dict[str, Callable[[Said, Journey, Actor, datetime], str]] = {
    "add-stage": _add_stage,
    "add-touchpoint": _add_touchpoint,
    "move": _move,
    "move-stage": _move_stage,
    "rename-stage": _rename_stage,
    "describe": _describe,
    "put-back": _put_back,
    "give": _give,
    "retire": _retire,
    "retire-stage": _retire_stage,
}


def _form(stop: Touchpoint) -> dict[str, Any]:
    """What the form of a touchpoint begins with: names and lanes a text per language."""
    helps = {each.key for each in stop.support.all()}
    return {
        "names": [(code, label, stop.name.get(code, "")) for code, label in languages_in_order()],
        "channels": value_names().all_of("channel", stop.channels),
        "types": [(key, str(label)) for key, label in MOMENT_TYPES.items()],
        "helps": helps,
        "lanes": [
            (
                lane,
                str(LANE_NAMES[lane]),
                [
                    (code, label, stop.blueprint.get(lane, {}).get(code, ""))
                    for code, label in languages_in_order()
                ],
            )
            for lane in LANES
        ],
    }


def _own_stage(said: Said, journey: Journey) -> Stage:
    rows = Stage.objects.filter(journey=journey, retired_at=None)
    return _found(rows.filter(key=_word(said, "stage")).first())


def _own_touchpoint(said: Said, journey: Journey) -> Touchpoint:
    rows = Touchpoint.objects.in_force().filter(stage__journey=journey)
    rows = rows.select_related("stage__journey", "owner")
    return _found(rows.filter(key=_word(said, "touchpoint")).first())


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row


def name_in(said: Said, prefix: str = "name-") -> dict[str, str]:
    return {code: _word(said, f"{prefix}{code}", 1_000) for code, _label in settings.LANGUAGES}


def _word(said: Said, name: str, longest: int = 200) -> str:
    return said.get(name, "").replace("\x00", "")[:longest]


def _place(raw: str) -> int:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 5 else 0
