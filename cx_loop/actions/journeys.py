"""Admins begin a journey, name it anew, and take one off that has nothing left on it."""

from datetime import datetime

from django.db import transaction

from cx_loop.actions.configure import edit
from cx_loop.actions.errors import Forbidden, Invalid
from cx_loop.actions.journey_map import (
    Names,
    checked_name,
    held_journey,
    may_draw,
    new_key,
    tell,
)
from cx_loop.models import Actor, Journey, Stage, Touchpoint, Viewpoint


@transaction.atomic
def add_journey(*, name: Names, stage: Names, by: Actor, now: datetime) -> Journey:
    """Behind the others, with its first stage (a name); keys are made of the names.

    Raises Forbidden, Invalid.
    """
    if not may_draw(by):
        raise Forbidden
    made = Journey.objects.create(
        key=new_key(Journey, "", name, "journey"),
        name=checked_name(name),
        position=close_ranks(),
    )
    first = Stage.objects.create(
        key=new_key(Stage, "", stage, "stage"), name=checked_name(stage), journey=made
    )
    tell(made, "created", [], made, by=by, now=now)
    tell(first, "created", [], made, by=by, now=now)
    return made


@transaction.atomic
def rename_journey(*, journey: str, name: Names, by: Actor, now: datetime) -> Journey:
    """Raises Forbidden, NotFound, Invalid."""
    found = held_journey(journey, by)
    found.name = checked_name(name)
    found.save(update_fields=["name"])
    tell(found, "changed", ["name"], found, by=by, now=now)
    return found


@transaction.atomic
def retire_journey(*, journey: str, by: Actor, now: datetime) -> None:
    """With its stages and viewpoints; only an empty one, otherwise its touchpoints would be
    nowhere. Raises Forbidden, NotFound, Invalid, and edit.Needed by what still refers to it."""
    # first, as a file does: otherwise the two could wait for each other
    edit.lock_configuration()
    found = held_journey(journey, by)
    if Touchpoint.objects.in_force().filter(stage__journey=found).exists():
        raise Invalid(("journey", "touchpoints_left", "Take its touchpoints off the map first."))
    for view in Viewpoint.objects.in_force().filter(journey=found):
        edit.retire(kind="viewpoint", key=view.key, by=by, now=now)
    for stage in found.stages.filter(retired_at=None):
        edit.retire(kind="stage", key=stage.key, by=by, now=now)
    edit.retire(kind="journey", key=found.key, by=by, now=now)
    close_ranks()


def close_ranks() -> int:
    """How many are in force; numbered without gaps, otherwise their file would change them."""
    rows = list(Journey.objects.filter(retired_at=None).order_by("position", "key"))
    for position, each in enumerate(rows):
        if each.position != position:
            each.position = position
            each.save(update_fields=["position"])
    return len(rows)
