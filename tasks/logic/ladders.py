"""An escalation policy on a line of time: who is asked when, if nothing is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cx_loop.logic.working_time import WorkingHours
from tasks.logic.deadlines import clocks
from tasks.logic.escalation import Clock, Progress, next_step
from tasks.logic.policies import Policy

Point = Literal["opened", "respond", "asked", "due"]
MOST = 30  # of one ladder: repeats go on and on


@dataclass(frozen=True, slots=True)
class Mark:
    """What happens at a moment (UTC). `to`: who is asked, staff, lead or director.

    `is_repeat`: asked before; `is_last`: nobody is left to be asked after it.
    """

    point: Point
    at: datetime
    to: str = ""
    is_repeat: bool = False
    is_last: bool = False


def untouched(policy: Policy, hours: WorkingHours, opened_at: datetime) -> list[Mark]:
    """The line of a task that nobody ever takes up, by the code that escalates tasks."""
    counted = clocks(opened_at, policy, hours)
    due_at, respond_by = counted.due_at, counted.respond_by
    clock = Clock(opened_at, due_at, accepted=False, respond_by=respond_by)
    marks = [
        Mark("opened", opened_at.astimezone(UTC)),
        Mark("respond", respond_by),
        Mark("due", due_at),
        *_asked(policy, hours, clock),
    ]
    order = ("opened", "respond", "due", "asked")
    return sorted(marks, key=lambda mark: (mark.at, order.index(mark.point)))


def _asked(policy: Policy, hours: WorkingHours, clock: Clock) -> Iterator[Mark]:
    rungs: dict[str, int] = {}
    fired, last = 0, None
    while fired < MOST:
        progress = Progress(fired, dict(rungs), last)  # type: ignore[arg-type]
        step = next_step(policy, progress, clock, hours, last or clock.opened_at)
        if step is None:
            return
        yield Mark("asked", step.fire_at, step.to, step.rung >= len(policy.steps), step.is_last)
        rungs[step.ladder] = rungs.get(step.ladder, 0) + 1
        fired, last = fired + 1, step.fire_at
