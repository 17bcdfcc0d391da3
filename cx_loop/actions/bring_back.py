"""What was taken off comes back: a whole journey, or one of its touchpoints."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from cx_loop.actions.configure import edit
from cx_loop.actions.configure.journeys import JOURNEY, STAGE, TOUCHPOINT
from cx_loop.actions.configure.kinds import Kind
from cx_loop.actions.configure.standards import STANDARD
from cx_loop.actions.configure.viewpoints import VIEWPOINT
from cx_loop.actions.errors import Forbidden, Invalid, NotFound
from cx_loop.actions.journey_map import held_journey, may_draw
from cx_loop.actions.journey_versions import keep_version
from cx_loop.actions.journeys import close_ranks
from cx_loop.events import touchpoints_changed
from cx_loop.logic.configuration.differences import Change
from cx_loop.models import (
    Actor,
    Journey,
    ServiceStandard,
    Stage,
    Touchpoint,
    Viewpoint,
    in_language,
)

Inside = Stage | Touchpoint | ServiceStandard | Viewpoint
Gone = Journey | Inside


class Missing(Exception):
    """It cannot come back: what it needs, by name, is retired itself."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


@transaction.atomic
def bring_back_journey(*, journey: str, by: Actor, now: datetime) -> Journey:
    """As the last one, with what went in the same moment: its stages and viewpoints, and where a
    file took all of it off, its touchpoints and standards. Raises Forbidden, NotFound where it is
    not retired, Missing."""
    if not may_draw(by):
        raise Forbidden
    # first, as a file does: otherwise the two could wait for each other
    edit.lock_configuration()
    rows = Journey.objects.select_for_update(of=("self",)).exclude(retired_at=None)
    found = rows.filter(key=journey).first()
    if found is None:
        raise NotFound
    back = list(_gone_with(found))
    _must_have_what_they_need(each for _kind, each in back)
    found.position = close_ranks()
    found.save(update_fields=["position"])
    for kind, each in [(JOURNEY, found), *back]:
        each.retired_at = None
        each.save(update_fields=["retired_at"])
        _tell(kind, each, by, now)
    keep_version(journey=found, by=by, now=now)
    touchpoints_changed(now=now)
    return found


@transaction.atomic
def bring_back_touchpoint(
    *, journey: str, touchpoint: str, stage: str, by: Actor, now: datetime
) -> Touchpoint:
    """On the map again, at the end of a stage in force of its journey (keys). Raises Forbidden,
    NotFound where it is not off the map, Invalid, Missing."""
    held = held_journey(journey, by)
    gone = Touchpoint.objects.filter(stage__journey=held).exclude(retired_at=None)
    found = gone.select_related("owner").filter(key=touchpoint).first()
    if found is None:
        raise NotFound
    place = Stage.objects.filter(key=stage, retired_at=None, journey=held).first()
    if place is None:
        raise Invalid(("stage", "stage_unknown", "Choose a stage of the same journey."))
    _must_have_what_they_need([found])
    found.position = Touchpoint.objects.in_force().filter(stage=place).count()
    found.stage, found.retired_at = place, None
    found.save(update_fields=["stage", "position", "retired_at"])
    _tell(TOUCHPOINT, found, by, now)
    keep_version(journey=held, by=by, now=now)
    touchpoints_changed(now=now)
    return found


def _gone_with(journey: Journey) -> Iterable[tuple[Kind, Gone]]:
    inside: tuple[tuple[Kind, type[Inside], str], ...] = (
        (STAGE, Stage, "journey"),
        (TOUCHPOINT, Touchpoint, "stage__journey"),
        (STANDARD, ServiceStandard, "touchpoint__stage__journey"),
        (VIEWPOINT, Viewpoint, "journey"),
    )
    for kind, table, path in inside:
        gone = {path: journey, "retired_at": journey.retired_at}
        for each in table._default_manager.filter(**gone).order_by("pk"):
            yield kind, each


def _must_have_what_they_need(back: Iterable[Gone]) -> None:
    """The owners of touchpoints and the metrics of standards are in force, or Missing."""
    needed = {getattr(each, "owner", None) or getattr(each, "metric", None) for each in back}
    gone = [each for each in needed if each is not None and each.retired_at is not None]
    if gone:
        raise Missing(sorted(in_language(each.name) or each.key for each in gone))


def _tell(kind: Kind, back: Gone, by: Actor, now: datetime) -> None:
    change = Change("~", kind.name, back.key, {"retired": (True, False)})
    edit.leave_trail(kind, change, back, by=by, now=now)
