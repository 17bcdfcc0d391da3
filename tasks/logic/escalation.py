"""When a task is pushed up, and to whom: the ladders of one policy.

The *response* ladder runs from opening until somebody accepts. The *progress* ladder, where the
policy has one, begins when an accepted task has stood still for its time, and is over when it
moves. The *resolution* ladder starts over when the task passes its due time, accepted or not.
Only one step is planned at a time and each leaves its own grace, so that after a downtime a lead
is still asked before the director. After the last step of a ladder nobody is left to ask: the
task is unattended.

A *decision* that waits for a person has its own deadlines, and goes from lead to director.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from cx_loop.logic.working_time import Span, WorkingHours, add_working, working_between
from tasks.logic.pauses import Pause, shifted
from tasks.logic.policies import LEVELS, Policy

Ladder = Literal["response", "progress", "resolution", "decision"]
Fired = tuple[Ladder, datetime]

MIN_GAP = Span(1, "h")  # least working time between two steps fired late
DECIDE_WITHIN = Span(3, "d")  # a question nobody answers goes up a level
_DECIDERS = ("lead", "director")


@dataclass(frozen=True)
class Progress:
    """What has been fired in this episode.

    seq            steps fired, over all ladders: the next step's number in the episode
    rungs          steps fired in each ladder; of that of progress since the task last moved
    last_fired_at  when the last of them was fired
    """

    seq: int = 0
    rungs: Mapping[Ladder, int] = field(default_factory=dict)
    last_fired_at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """The next push: `planned_at` by the policy, `fire_at` not before the one before had grace.

    `is_last`: nobody is left to be asked after it.
    """

    seq: int
    ladder: Ladder
    rung: int
    to: str
    planned_at: datetime
    fire_at: datetime
    is_last: bool = False

    @property
    def level(self) -> int:
        return LEVELS[self.to]

    def late_by(self, now: datetime) -> timedelta:
        """How long after its plan it fires; nought when on time."""
        return max(now - self.planned_at, timedelta())


@dataclass(frozen=True)
class Clock:
    """Where a round stands: what its ladders are counted from. All times are aware.

    opened_at   of the episode
    respond_by  as counted, without pauses: a step planned within the time to respond is never
                later than this, whatever calendar came after
    due_at      with its pauses
    accepted    stops the response ladder
    moved_at    when somebody last moved an accepted task, or it will go on after a hold
    silences    in which no ladder runs
    """

    opened_at: datetime
    due_at: datetime
    accepted: bool
    respond_by: datetime | None = None
    moved_at: datetime | None = None
    silences: Sequence[Pause] = ()


def progress_of(fired: Sequence[Fired], moved_at: datetime | None = None) -> Progress:
    """Progress from the steps fired in this episode, oldest first."""
    rungs = Counter(
        ladder for ladder, at in fired if ladder != "progress" or moved_at is None or at > moved_at
    )
    return Progress(len(fired), rungs, fired[-1][1] if fired else None)


def next_step(
    policy: Policy, progress: Progress, clock: Clock, hours: WorkingHours, now: datetime
) -> Step | None:
    """The next push of an unfinished task, which may already be late; None when none is left."""
    if now < clock.due_at and not progress.rungs.get("resolution"):
        step = _before_due(policy, progress, clock, hours)
        if step is not None and step.fire_at < clock.due_at:
            return step
    return _step(policy, progress, "resolution", clock.due_at, clock, hours)


def decision_step(progress: Progress, asked_until: datetime) -> Step:
    """Who is asked next about a question nobody answered by its deadline: lead, then director.

    From the director on nobody is left; he is reminded as long as it waits.
    """
    rung = progress.rungs.get("decision", 0)
    to = _DECIDERS[min(rung, len(_DECIDERS) - 1)]
    last = rung >= len(_DECIDERS) - 1
    return Step(progress.seq, "decision", rung, to, asked_until, asked_until, last)


def _before_due(
    policy: Policy, progress: Progress, clock: Clock, hours: WorkingHours
) -> Step | None:
    if not clock.accepted:
        return _step(policy, progress, "response", clock.opened_at, clock, hours)
    if policy.progress_within is None or clock.moved_at is None:
        return None
    still = add_working(clock.moved_at, policy.progress_within, hours)
    still = shifted(still, clock.moved_at, clock.silences, hours)
    return _step(policy, progress, "progress", still, clock, hours)


def _step(
    policy: Policy,
    progress: Progress,
    ladder: Ladder,
    start: datetime,
    clock: Clock,
    hours: WorkingHours,
) -> Step | None:
    rung = progress.rungs.get(ladder, 0)
    if rung >= policy.rungs:
        return None
    to = policy.steps[min(rung, len(policy.steps) - 1)].to
    last = progress.last_fired_at
    repeats = rung >= len(policy.steps)
    # a repeat counts from the step before it, every other step from the start of its ladder
    counted_from = last if repeats and last is not None else start
    planned = _planned(policy, progress, ladder, rung, start, hours)
    if ladder == "response" and clock.respond_by is not None and _is_to_respond(policy, rung):
        planned = min(planned, clock.respond_by)
    planned = fire_at = shifted(planned, counted_from, clock.silences, hours)
    if last is not None and rung > 0:
        grace = _grace_until(policy, last, rung, start, hours)
        fire_at = max(planned, shifted(grace, last, clock.silences, hours))
    is_last = rung == policy.rungs - 1
    return Step(progress.seq, ladder, rung, to, planned, fire_at, is_last)


def _is_to_respond(policy: Policy, rung: int) -> bool:
    """Whether the step is planned within the time somebody has to respond."""
    steps, within = policy.steps, policy.respond_within.plain
    return rung < len(steps) and steps[rung].after.plain <= within


def _planned(
    policy: Policy,
    progress: Progress,
    ladder: Ladder,
    rung: int,
    start: datetime,
    hours: WorkingHours,
) -> datetime:
    """Response: `after` from opening. Others: at their start, then as far apart as the steps."""
    if rung >= len(policy.steps):
        assert policy.repeat is not None
        return add_working(progress.last_fired_at or start, policy.repeat, hours)
    reached = add_working(start, policy.steps[rung].after, hours)
    if ladder == "response":
        return reached
    first = add_working(start, policy.steps[0].after, hours)
    return _advance(start, working_between(first, reached, hours), hours)


def _grace_until(
    policy: Policy, last: datetime, rung: int, start: datetime, hours: WorkingHours
) -> datetime:
    """An hour of working time after the step before, or their own distance when that is less."""
    grace = add_working(last, MIN_GAP, hours)
    if rung >= len(policy.steps):
        return grace
    before = add_working(start, policy.steps[rung - 1].after, hours)
    reached = add_working(start, policy.steps[rung].after, hours)
    return min(grace, _advance(last, working_between(before, reached, hours), hours))


def _advance(start: datetime, worked: timedelta, hours: WorkingHours) -> datetime:
    return add_working(start, Span(round(worked.total_seconds() / 60), "m"), hours)
