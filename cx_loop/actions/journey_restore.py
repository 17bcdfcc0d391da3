"""An earlier version of a journey map comes back, as a new version: nothing of between is lost."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from cx_loop.actions.configure.people import invite
from cx_loop.actions.configure.viewpoints import stop_form, write_form
from cx_loop.actions.errors import Invalid, NotFound
from cx_loop.actions.journey_map import held_journey
from cx_loop.actions.journey_versions import keep_version
from cx_loop.actions.touchpoints import change_owner
from cx_loop.events import touchpoints_changed
from cx_loop.logic.configuration.differences import digest
from cx_loop.models import (
    Actor,
    Department,
    Journey,
    JourneyVersion,
    Stage,
    Touchpoint,
    User,
    Viewpoint,
    record,
)
from cx_loop.reads.journeys import OWN, form_of_map

Form = Mapping[str, Any]


@transaction.atomic
def restore_version(*, journey: str, number: int, by: Actor, now: datetime) -> JourneyVersion:
    """The map as version `number` has it: what came since goes off the map, what went comes back.

    Owners change for new alerts; open tasks stay where they are. A touchpoint that a file has
    moved to another journey stays there, and a department out of force gets nothing. Raises
    Forbidden, NotFound, Invalid (the map is as it was then).
    """
    found = held_journey(journey, by)
    version = JourneyVersion.objects.filter(journey=found, number=number).first()
    if version is None:
        raise NotFound
    form = version.form
    if digest(form) == digest(form_of_map(found)):
        raise Invalid(("number", "as_it_is", "The map is as it was then."))
    _restore_stages(found, form)
    _restore_touchpoints(found, form, by=by, now=now)
    used = Touchpoint.objects.in_force().filter(stage__journey=found).values("stage")
    off = Stage.objects.filter(journey=found, retired_at=None).exclude(key__in=form["stage"])
    off.exclude(pk__in=used).update(retired_at=now)
    _restore_viewpoints(found, form, now=now)
    found.name, found.reviewer = form["journey"]["name"], _person(form["journey"]["reviewer"])
    found.save(update_fields=["name", "reviewer"])
    touchpoints_changed(now=now)
    params = {"change": "restored", "key": found.key, "fields": [], "version": number}
    record(verb="configured", subject="journey", subject_id=found.pk, by=by, now=now, params=params)
    made = keep_version(journey=found, by=by, now=now)
    if made is None:
        # what differs lies in another journey, or in a department out of force
        raise Invalid(("number", "as_it_is", "The map is as it was then."))
    return made


def _restore_stages(journey: Journey, form: Form) -> None:
    rows = Stage.objects.filter(journey=journey)
    for position, key in enumerate(form["journey"]["order"]):
        name = form["stage"][key]["name"]
        rows.filter(key=key).update(name=name, position=position, retired_at=None)


def _restore_touchpoints(journey: Journey, form: Form, *, by: Actor, now: datetime) -> None:
    departments = {each.key: each for each in Department.objects.in_force()}
    stages = {each.key: each for each in Stage.objects.filter(journey=journey)}
    rows = Touchpoint.objects.filter(stage__journey=journey).select_related("owner", "stage")
    here = {each.key: each for each in rows}
    order = [
        (stages[stage], position, key)
        for stage, said in form["stage"].items()
        for position, key in enumerate(said["order"])
        if stage in stages and key in here
    ]
    for stage, position, key in order:
        stop, said = here.pop(key), form["touchpoint"][key]
        for name in OWN:
            setattr(stop, name, said[name])
        stop.stage, stop.position, stop.retired_at = stage, position, None
        stop.save(update_fields=[*OWN, "stage", "position", "retired_at"])
        stop.support.set([departments[each] for each in said["support"] if each in departments])
        if said["owner"] in departments:
            change_owner(touchpoint=stop, to=departments[said["owner"]], by=by, now=now)
    left = [each.pk for each in here.values()]
    Touchpoint.objects.in_force().filter(pk__in=left).update(retired_at=now)


def _restore_viewpoints(journey: Journey, form: Form, *, now: datetime) -> None:
    stages = set(Stage.objects.filter(journey=journey).values_list("key", flat=True))
    rows = Touchpoint.objects.filter(stage__journey=journey)
    places = {None, *rows.values_list("key", flat=True)}
    for position, (key, said) in enumerate(form["viewpoint"].items()):
        if not Viewpoint.objects.filter(key=key, journey=journey).exists():
            continue
        reviewer = _person(said["reviewer"])
        stops = [
            stop_form(**stop)
            for stop in said["stops"]
            if stop["touchpoint"] in places and (stop["stage"] in stages or stop["touchpoint"])
        ]
        plain = {name: said[name] for name in ("name", "who", "to_be", "segment")}
        form_of = {**plain, "journey": journey.key, "position": position, "stops": stops}
        write_form(key, {**form_of, **({"reviewer": reviewer.email} if reviewer else {})})
    gone = Viewpoint.objects.filter(journey=journey, retired_at=None)
    gone.exclude(key__in=form["viewpoint"]).update(retired_at=now)


def _person(email: str) -> User | None:
    """Who reviewed it then, if they are still there."""
    if not email or not User.objects.filter(email=email, is_active=True).exists():
        return None
    return invite(email=email)
