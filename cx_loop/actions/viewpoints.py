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
    """`said`: name, who (texts), to_be, segment (key), reviewer (an address, '' for nobody), and
    `stops`, each {"touchpoint"} or {"stage", "name"}, with felt, words and dropped. Lanes that a
    stop of a touchpoint speaks of stay as they are. Raises Forbidden, Invalid."""
    _check(by)
    before = form_of_viewpoint(viewpoint)
    lanes = {stop.get("touchpoint"): stop.get("blueprint") for stop in before["stops"]}
    come = {str(stop.get("name")): stop.get("blueprint") for stop in before["stops"]}
    form = {**before, "name": _texts(said["name"]), "who": _texts(said["who"])}
    form |= {"to_be": said["to_be"], "segment": said["segment"]}
    form["stops"] = [
        stop_form(
            touchpoint=stop.get("touchpoint"),
            stage=stop.get("stage"),
            name=_texts(stop.get("name", {})),
            felt=stop.get("felt"),
            words=_texts(stop.get("words", {})),
            blueprint=lanes.get(stop["touchpoint"])
            if stop.get("touchpoint")
            else come.get(str(_texts(stop.get("name", {})))),
            dropped=stop.get("dropped", False),
        )
        for stop in said["stops"]
    ]
    # a touchpoint of which nothing is said is none of the viewpoint's
    form["stops"] = [stop for stop in form["stops"] if set(stop) - {"touchpoint"}]
    form.pop("reviewer", None)
    if reviewer := _reviewer(said["reviewer"]):
        form["reviewer"] = reviewer.email
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
    if any(abs(stop.get("felt", 0)) > HIGHEST for stop in stops):
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
