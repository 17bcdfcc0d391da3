"""The clocks of a task, and the one moment at which the sweep must look at it next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cx_loop.logic.working_time import WorkingHours, add_working
from tasks.logic.pauses import Pause, shifted
from tasks.logic.policies import Policy

RECHECK = timedelta(days=1)


@dataclass(frozen=True)
class Clocks:
    """When somebody must have accepted, and when the fix must have been submitted (both UTC)."""

    respond_by: datetime
    due_at: datetime


def clocks(opened_at: datetime, policy: Policy, hours: WorkingHours) -> Clocks:
    """Both deadlines of an episode opened then, in the department's working time."""
    return Clocks(
        respond_by=add_working(opened_at, policy.respond_within, hours),
        due_at=add_working(opened_at, policy.resolve_within, hours),
    )


def tightened(current: Clocks, opened_at: datetime, policy: Policy, hours: WorkingHours) -> Clocks:
    """The deadlines in another calendar or by another policy, never later than they were.

    Both are counted without pauses. The clocks keep their start; otherwise handing a task over,
    or a rise of its severity, would be a way to win time.
    """
    fresh = clocks(opened_at, policy, hours)
    return Clocks(
        respond_by=min(current.respond_by, fresh.respond_by),
        due_at=min(current.due_at, fresh.due_at),
    )


def paused(
    counted: Clocks,
    opened_at: datetime,
    hours: WorkingHours,
    *,
    silences: Sequence[Pause],
    holds: Sequence[Pause],
) -> Clocks:
    """The clocks of a round with its pauses: a silence stops both, a hold only the second.

    Whoever holds a task has answered already.
    """
    return Clocks(
        respond_by=shifted(counted.respond_by, opened_at, silences, hours),
        due_at=shifted(counted.due_at, opened_at, [*silences, *holds], hours),
    )


def next_due(
    state: str,
    *,
    now: datetime,
    escalate_at: datetime | None = None,
    hold_until: datetime | None = None,
    next_look_at: datetime | None = None,
    due_at: datetime | None = None,
    silenced_until: datetime | None = None,
) -> datetime | None:
    """The earliest deadline the state has; None only for a closed task.

    A silenced task's other deadlines lie past the silence, so it wakes when that ends. A due time
    already passed is not a deadline any more (its escalation is). An unclosed task without any
    deadline is looked at again in a day, otherwise it could be forgotten for good.
    """
    if state == "closed":
        return None
    upcoming = due_at if due_at is not None and due_at > now else None
    if state == "verifying":
        deadlines = [next_look_at, silenced_until]
    elif state == "on_hold":
        deadlines = [hold_until, escalate_at, upcoming, silenced_until]
    else:
        deadlines = [escalate_at, upcoming, silenced_until]
    return min((at for at in deadlines if at is not None), default=now + RECHECK)
