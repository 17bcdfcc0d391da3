"""Admins write viewpoints of a map: personas, and the journey as it should be.

What a file would say is what is written, so that pages and files agree.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from cx_loop.actions.configure.people import invite
from cx_loop.actions.configure.viewpoints import form_of_viewpoint, stop_form, write_form
from cx_loop.actions.errors import Forbidden, Invalid, NotFound
from cx_loop.actions.journey_map import may_draw
from cx_loop.actions.journey_versions import keep_version
from cx_loop.logic.blueprint import LANES
from cx_loop.logic.moments import HIGHEST
from cx_loop.models import Actor, Journey, Segment, Stage, Touchpoint, User, Viewpoint, record

LONGEST = 200  # characters of a text


@transaction.atomic
def add_viewpoint(
    *, journey: Journey, name: Mapping[str, str], to_be: bool, by: Actor, now: datetime
) -> Viewpoint:
    """Behind those there are, saying nothing yet. Raises Forbidden, Invalid."""
    _check(by)
    names = _texts(name)
    if not names:
        raise Invalid(("name", "required", "Give it a name."))
    wanted = slugify(names.get("en", ""))[:60] or "viewpoint"
    key, number = wanted, 1
    while Viewpoint.objects.filter(key=key).exists():
        number += 1
        key = f"{wanted}-{number}"
    position = Viewpoint.objects.filter(journey=journey).count()
    made = Viewpoint.objects.create(
        key=key, name=names, journey=journey, to_be=to_be, position=position
    )
    _tell(made, "created", by=by, now=now)
    return made


@transaction.atomic
def change_viewpoint(
    *, viewpoint: Viewpoint, said: Mapping[str, Any], by: Actor, now: datetime
) -> Viewpoint:
    """What is not said stays; `said`: name, who (texts), to_be, segment (key), reviewer (an
    address, '' for nobody), and `stops`, each {"touchpoint"} or {"stage", "name"}, with felt,
    words, dropped and blueprint. Lanes that a stop does not speak of stay as they are. Raises
    Forbidden, Invalid, NotFound (a touchpoint or stage of another journey)."""
    _check(by)
    before = form_of_viewpoint(viewpoint)
    form = dict(before)
    form |= {name: _texts(said[name]) for name in ("name", "who") if name in said}
    form |= {name: said[name] for name in ("to_be", "segment") if name in said}
    if "stops" in said:
        form["stops"] = _stops(before["stops"], said["stops"])
    if "reviewer" in said:
        form.pop("reviewer", None)
        if reviewer := _reviewer(said["reviewer"]):
            form["reviewer"] = reviewer.email
    _check_form(viewpoint.journey, form)
    saved = write_form(viewpoint.key, form)
    _tell(saved, "changed", by=by, now=now)
    return saved


@transaction.atomic
def change_lanes(
    *, viewpoint: Viewpoint, stop: Mapping[str, Any], by: Actor, now: datetime
) -> Viewpoint:
    """What happens in the lanes of one stop: {"touchpoint"} or {"stage", "name"}, with a blueprint;
    of a touchpoint it has said nothing of, it does from now on. Raises as `change_viewpoint`."""
    _check(by)
    before = form_of_viewpoint(viewpoint)
    lanes = _lanes(stop["blueprint"])
    at = _place_of(stop)
    others: list[dict[str, Any]] = [dict(each) for each in before["stops"]]
    mine = next((each for each in others if _place_of(each) == at), None)
    if mine is None:
        if not stop.get("touchpoint"):
            raise NotFound
        mine = {"touchpoint": stop["touchpoint"]}
        others.append(mine)
    mine["blueprint"] = lanes
    stops = [said for each in others if set(said := stop_form(**each)) - {"touchpoint"}]
    form = {**before, "stops": stops}
    _check_form(viewpoint.journey, form)
    saved = write_form(viewpoint.key, form)
    _tell(saved, "changed", by=by, now=now)
    return saved


@transaction.atomic
def retire_viewpoint(*, viewpoint: Viewpoint, by: Actor, now: datetime) -> Viewpoint:
    """Taken off the map and kept. Raises Forbidden."""
    _check(by)
    viewpoint.retired_at = now
    viewpoint.save(update_fields=["retired_at"])
    _tell(viewpoint, "retired", by=by, now=now)
    return viewpoint


def _stops(before: Sequence[Mapping[str, Any]], said: Sequence[Mapping[str, Any]]) -> list[Any]:
    """As said, with the lanes from before where nothing is said of them; without what says
    nothing: that is none of the viewpoint's."""
    kept = {_place_of(stop): stop.get("blueprint") for stop in before}
    found = []
    for stop in said:
        texts = {name: _texts(stop.get(name) or {}) for name in ("name", "words")}
        plain = {name: stop.get(name) for name in ("touchpoint", "stage", "felt", "dropped")}
        lanes = _lanes(stop["blueprint"]) if "blueprint" in stop else None
        whole = {**plain, **texts}
        whole["blueprint"] = kept.get(_place_of(whole)) if lanes is None else lanes
        found.append(stop_form(**whole))
    return [stop for stop in found if set(stop) - {"touchpoint"}]


def _is_on_scale(felt: object) -> bool:
    # a NaN is not on it either
    return isinstance(felt, int | float) and abs(felt) <= HIGHEST


def _place_of(stop: Mapping[str, Any]) -> str:
    """What tells a stop from the others: its touchpoint, or the name of what is to come."""
    place = stop.get("touchpoint")
    return place or str(sorted(_texts(stop.get("name") or {}).items()))


def _lanes(said: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    if set(said) - set(LANES):
        raise Invalid(("blueprint", "lane_unknown", f"Lanes are {', '.join(LANES)}."))
    found = {lane: _texts(said[lane]) for lane in LANES if lane in said}
    return {lane: texts for lane, texts in found.items() if texts}


def _check(by: Actor) -> None:
    if not may_draw(by):
        raise Forbidden


def _check_form(journey: Journey, form: Mapping[str, Any]) -> None:
    if not form["name"]:
        raise Invalid(("name", "required", "Give it a name."))
    if form["segment"] and not Segment.objects.filter(key=form["segment"]).exists():
        raise Invalid(("segment", "segment_unknown", "There is no such segment."))
    stops: Sequence[Mapping[str, Any]] = form["stops"]
    places = {stop["touchpoint"] for stop in stops if "touchpoint" in stop}
    stages = {stop["stage"] for stop in stops if "stage" in stop}
    if Touchpoint.objects.filter(stage__journey=journey, key__in=places).count() != len(places):
        raise NotFound
    if Stage.objects.filter(journey=journey, key__in=stages).count() != len(stages):
        raise NotFound
    if any("touchpoint" not in stop and not ("stage" in stop and "name" in stop) for stop in stops):
        raise Invalid(("stops", "nowhere", "Name its touchpoint, or a stage and a name."))
    if any("touchpoint" in stop and ("stage" in stop or "name" in stop) for stop in stops):
        raise Invalid(("stops", "on_the_map", "A touchpoint has its stage and name on the map."))
    if len(places) != sum("touchpoint" in stop for stop in stops):
        raise Invalid(("stops", "twice", "A touchpoint is spoken of once."))
    if any(stop.get("dropped") and "touchpoint" not in stop for stop in stops):
        raise Invalid(("stops", "to_come", "What is still to come cannot be dropped."))
    if not all(_is_on_scale(stop.get("felt", 0)) for stop in stops):
        raise Invalid(("felt", "out_of_scale", "Between −5 and 5."))


def _reviewer(email: str) -> User | None:
    """Somebody there is: a reviewer is not invited by a slip of the keyboard."""
    wanted = email.strip().lower()
    if not wanted:
        return None
    if not User.objects.filter(email=wanted, is_active=True).exists():
        raise Invalid(("reviewer", "person_unknown", "There is nobody with this address."))
    return invite(email=wanted)


def _texts(said: Mapping[str, str]) -> dict[str, str]:
    found = {language: text.strip() for language, text in said.items() if text.strip()}
    if any(len(text) > LONGEST for text in found.values()):
        raise Invalid(("name", "too_long", f"At most {LONGEST} characters."))
    return found


def _tell(viewpoint: Viewpoint, change: str, *, by: Actor, now: datetime) -> None:
    keep_version(journey=viewpoint.journey, by=by, now=now)
    params = {"change": change, "key": viewpoint.key, "fields": []}
    record(
        verb="configured",
        subject="viewpoint",
        subject_id=viewpoint.pk,
        by=by,
        now=now,
        params=params,
    )
