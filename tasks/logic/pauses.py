"""Times in which a task's clocks stand still, and how far they move its deadlines.

A pause has a planned end from the moment it begins, so a deadline always says when it will fall
if everything goes as planned; ending a pause early gives the rest of it back. Deadlines are moved
by the *working time* inside the pause: a week-end that was silenced anyway costs nobody anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cx_loop.logic.working_time import WorkingHours, advance, working_between

LONGEST_HOLD = timedelta(days=30)  # of one round, all its holds together


@dataclass(frozen=True, order=True)
class Pause:
    """The clocks stand still in [since, until), both aware."""

    since: datetime
    until: datetime


def merged(pauses: Iterable[Pause]) -> list[Pause]:
    """In order and without overlaps: what is paused twice is paused once."""
    found: list[Pause] = []
    for pause in sorted(each for each in pauses if each.since < each.until):
        if found and pause.since <= found[-1].until:
            found[-1] = Pause(found[-1].since, max(found[-1].until, pause.until))
        else:
            found.append(pause)
    return found


def shifted(
    at: datetime, start: datetime, pauses: Iterable[Pause], hours: WorkingHours
) -> datetime:
    """A deadline counted from `start`, moved later by what was paused before it was reached.

    The working time left when a pause begins is the working time left when it ends. A deadline
    that has passed before a pause begins is not moved by it: what is late stays late.
    """
    for pause in merged(pauses):
        since = max(pause.since, start)
        if pause.until <= since or at < since:
            continue
        moved = advance(at, working_between(since, pause.until, hours), hours)
        # a deadline may lie outside hours; it must not fall into the pause all the same
        at = max(moved, pause.until)
    return at


def worked(
    start: datetime,
    end: datetime,
    pauses: Iterable[Pause],
    hours: WorkingHours,
    *,
    due: datetime | None = None,
) -> timedelta:
    """Working time from `start` to `end` without what was paused in between, as the clocks count.

    `due`: the deadline, counted without pauses. What is paused when it has run out is not taken
    out, otherwise a task could be late and its length within the limit.
    """
    length = working_between(start, end, hours)
    for pause in merged(pauses):
        since, until = max(pause.since, start), min(pause.until, end)
        if since >= until or (due is not None and due < since):
            continue
        length -= working_between(since, until, hours)
        due = None if due is None else shifted(due, start, [pause], hours)
    return length


def hold_ends(since: datetime, until: datetime, held: Iterable[Pause]) -> datetime:
    """Until when a hold stops the clock: its end, or when the round has been held long enough."""
    spent = sum((each.until - each.since for each in merged(held)), timedelta())
    return min(until, since + max(LONGEST_HOLD - spent, timedelta()))
