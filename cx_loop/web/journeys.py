"""Journey maps: the list of them, and one with its curve, blueprint and what to mend first."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cx_loop import clock
from cx_loop.actions.moment_cards import works_at
from cx_loop.actions.reviews import may_review
from cx_loop.models import (
    Actor,
    Journey,
    MomentCard,
    Touchpoint,
    User,
    Viewpoint,
    ViewpointStop,
    in_language,
    once,
)
from cx_loop.reads.journeys import Map, journeys_seen, map_of, stops_of
from cx_loop.reads.moments import Moments, moments_of
from cx_loop.ui.dimensions import value_names
from cx_loop.ui.moments import MOMENT_TYPES
from cx_loop.ui.slots import WorkAt, work_at
from cx_loop.web.card_form import CardForm, say_card
from cx_loop.web.journey_figures import (
    basis_of,
    line_names,
    matrix_of,
    ranking,
    remembered,
    scores_of,
    segment_names,
)
from cx_loop.web.journey_map import Shown, drawn

MOST_CARDS = 30  # of a page
MOST_RETIRED = 50
LONGEST = 366  # days


@dataclass(frozen=True, slots=True)
class JourneyRow:
    journey: Journey
    name: str
    touchpoints: int
    alerts: int
    severity: int
    tasks: int


@login_required
@require_safe
def journeys(request: HttpRequest) -> HttpResponse:
    """The journeys the reader sees something of."""
    assert isinstance(request.user, User)
    found = list(journeys_seen(request.user).order_by("position", "key"))
    places = _touchpoints_by_journey(request.user, found)
    work = work_at([each for stops in places.values() for each in stops], request.user)
    rows = [_row(each, places.get(each.pk, []), work) for each in found]
    may_edit = request.user.is_superuser
    gone = Journey.objects.exclude(retired_at=None).order_by("-retired_at", "key")[:MOST_RETIRED]
    page = {
        "rows": rows,
        "may_edit": may_edit,
        "gone": list(gone) if may_edit else [],
        "now": once("now", clock.now),
    }
    return render(request, "cx_loop/journeys/list.html", page)


@login_required
@require_safe
def journey(request: HttpRequest, key: str) -> HttpResponse:
    return shown_map(request, key)


def shown_map(
    request: HttpRequest, key: str, *, card_form: CardForm | None = None, status: int = 200
) -> HttpResponse:
    """The page, or the part beside the map; `card_form`: a card that could not be kept."""
    assert isinstance(request.user, User)
    found = get_object_or_404(journeys_seen(request.user), key=key)
    plan = map_of(found, request.user)
    shown = _shown(plan, request.GET)
    told = moments_of(found, request.user, now=once("now", clock.now), days=_days(request.GET))
    work = work_at(list(plan.touchpoints), request.user)
    page = _side(plan, told, shown, work) | {"may_edit": request.user.is_superuser}
    part = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    if part:
        response = render(request, "cx_loop/journeys/side.html", page)
    else:
        of, by = shown.viewpoint or found, Actor(request.user)
        page["may_review"] = may_review(of, by)
        page |= _page(plan, told, shown, work) | _cards(plan, told, request.user, card_form)
        response = render(request, "cx_loop/journeys/map.html", page, status=status)
    # otherwise the back button would show a part as if it were the page
    patch_vary_headers(response, ("HX-Request",))
    return response


def _touchpoints_by_journey(user: User, found: list[Journey]) -> dict[int, list[Touchpoint]]:
    seen = Touchpoint.objects.in_force().visible_to(user).filter(stage__journey__in=found)
    places: dict[int, list[Touchpoint]] = {}
    for stop in seen.select_related("stage"):
        places.setdefault(stop.stage.journey_id, []).append(stop)
    return places


def _row(found: Journey, stops: list[Touchpoint], work: dict[int, WorkAt]) -> JourneyRow:
    here = [work[stop.pk] for stop in stops if stop.pk in work]
    return JourneyRow(
        journey=found,
        name=in_language(found.name) or found.key,
        touchpoints=len(stops),
        alerts=sum(each.alerts for each in here),
        severity=min((each.severity for each in here if each.severity), default=0),
        tasks=sum(each.tasks for each in here),
    )


def _shown(plan: Map, given: QueryDict) -> Shown:
    """What was asked for, as far as it makes sense; what does not is left out."""
    views = {each.key: each for each in plan.viewpoints}
    viewpoint = views.get(given.get("view", ""))
    at = given.get("at", "")
    at = at if any(each.key == at for each in plan.touchpoints) else ""
    by_measured = given.get("by") == "measured"
    days = _days(given)
    query = {
        "view": viewpoint.key if viewpoint else "",
        "by": "measured" if by_measured else "",
        "segment": given.get("segment", "")[:80],
        "days": str(days) if days else "",
        "at": at,
    }
    return Shown(viewpoint, _stops(plan, viewpoint), by_measured, at, query)


def _stops(plan: Map, viewpoint: Viewpoint | None) -> list[ViewpointStop]:
    if viewpoint is None:
        return []
    seen = {None, *(each.pk for each in plan.touchpoints)}  # None: one still to come
    return [stop for stop in stops_of([viewpoint])[viewpoint.pk] if stop.touchpoint_id in seen]


def _days(given: QueryDict) -> int | None:
    raw = given.get("days", "")
    is_whole = raw.isascii() and raw.isdigit() and len(raw) <= 3
    return int(raw) if is_whole and 1 <= int(raw) <= LONGEST else None


def _page(plan: Map, told: Moments | None, shown: Shown, work: dict[int, WorkAt]) -> dict[str, Any]:
    page: dict[str, Any] = {
        "map": plan,
        "journey": plan.journey,
        "reviewed": shown.viewpoint or plan.journey,
        "viewpoint": shown.viewpoint,
        "views": _views(plan, shown),
        "readings": _readings(shown),
        "drawn": drawn(plan, told, shown, work),
        "told": told,
        "remembered": remembered(told, by_measured=shown.by_measured) if told else [],
    }
    return page | (_mend(told, shown) if told else {"ranking": []})


def _views(plan: Map, shown: Shown) -> list[tuple[str, str, bool]]:
    """(name, address, is it shown) of the map as it is and each viewpoint."""
    views = [(_("As it is"), shown.address(view=""), shown.viewpoint is None)]
    for each in plan.viewpoints:
        name = in_language(each.name) or each.key
        label = _("To be: %(name)s") % {"name": name} if each.to_be else name
        views.append((label, shown.address(view=each.key), each == shown.viewpoint))
    return views


def _readings(shown: Shown) -> list[tuple[str, str, bool]]:
    return [
        (_("Felt against expectation"), shown.address(by=""), not shown.by_measured),
        (_("Measured satisfaction"), shown.address(by="measured"), shown.by_measured),
    ]


def _mend(told: Moments, shown: Shown) -> dict[str, Any]:
    """What to mend first, for one segment or for all."""
    names = line_names(told)
    asked: str | None = shown.query["segment"]
    segment = asked if asked and asked in names else None
    tabs = [
        (label, shown.address(segment=key or "") + "#mend", key == segment)
        for key, label in names.items()
        if key != ""
    ]
    return {
        "ranking": ranking(told, segment),
        "matrix": matrix_of(told, segment, _("Importance and performance")),
        "segment_tabs": tabs,
        "basis": basis_of(told, segment),
    }


def _cards(plan: Map, told: Moments | None, user: User, bound: CardForm | None) -> dict[str, Any]:
    """Lived moments, those that people put first on top; and the form of who may write one."""
    seen = MomentCard.objects.in_force().filter(touchpoint__in=plan.touchpoints)
    cards = list(seen.select_related("touchpoint")[:MOST_CARDS])
    mine = works_at([each.pk for each in plan.touchpoints], Actor(user))
    places = [each for each in plan.touchpoints if each.pk in mine]
    neutral = told.weights.neutral if told else 1.0
    names = segment_names()
    return {
        "cards": [
            say_card(card, names, neutral, may_retire=card.touchpoint_id in mine) for card in cards
        ],
        "card_form": bound or (CardForm(touchpoints=places) if places else None),
    }


def _side(plan: Map, told: Moments | None, shown: Shown, work: dict[int, WorkAt]) -> dict[str, Any]:
    """The touchpoint at the side of the map, where one is chosen."""
    stop = next((each for each in plan.touchpoints if each.key == shown.at), None)
    if stop is None:
        return {"side": None}
    cards = MomentCard.objects.in_force().filter(touchpoint=stop)
    return {
        "side": stop,
        "side_channels": value_names().all_of("channel", stop.channels),
        "side_type": MOMENT_TYPES.get(stop.moment_type, ""),
        "side_work": work.get(stop.pk),
        "side_readings": [
            (_("Felt against expectation"), scores_of(told, stop, by_measured=False)),
            (_("Measured satisfaction"), scores_of(told, stop, by_measured=True)),
        ],
        "side_support": [in_language(each.name) or each.key for each in stop.support.all()],
        "side_cards": list(cards[:5]),
        "close": shown.address(at=""),
    }
