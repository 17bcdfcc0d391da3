"""When a task is pushed up, and to whom: two ladders of one policy.

The *response* ladder runs from opening until somebody accepts. The *resolution* ladder starts
over when the task passes its due time, accepted or not. Only one step is planned at a time and
each leaves its own grace, so that after a downtime a lead is still asked before the director.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from cx_loop.logic.working_time import (
    Span,
    WorkingHours,
    add_working,
    parse_span,
    working_between,
)
from tasks.logic.pauses import Pause, shifted

Ladder = Literal["response", "resolution"]

SEVERITIES = ("warning", "critical")
LEVELS = {"staff": 0, "lead": 1, "director": 2}
MIN_GAP = Span(1, "h")  # least working time between two steps fired late
_LONGEST_REPEAT = 100


class PolicyError(ValueError):
    """An escalation policy that cannot be used: the field (a dotted path) and a sentence."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


@dataclass(frozen=True)
class PolicyStep:
    """`after` is working time since opening."""

    after: Span
    to: str


@dataclass(frozen=True)
class Policy:
    """One item of `escalation`; `repeat` goes on to the last step's recipient, `most` times."""

    key: str
    severities: tuple[str, ...]
    respond_within: Span
    resolve_within: Span
    steps: tuple[PolicyStep, ...]
    repeat: Span | None = None
    most: int = 0


DEFAULT_POLICY = Policy(
    key="default",
    severities=SEVERITIES,
    respond_within=Span(4, "h"),
    resolve_within=Span(14, "d"),
    steps=(PolicyStep(Span(4, "h"), "lead"), PolicyStep(Span(8, "h"), "director")),
    repeat=Span(24, "h"),
    most=5,
)


@dataclass(frozen=True)
class Progress:
    """What has been fired in this episode.

    seq            steps fired, over both ladders: the next step's number in the episode
    ladder, rung   where the last step stood: steps fired in that ladder
    last_fired_at  when it was fired
    """

    seq: int = 0
    ladder: Ladder = "response"
    rung: int = 0
    last_fired_at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """The next push: `planned_at` by the policy, `fire_at` not before the one before had grace."""

    seq: int
    ladder: Ladder
    rung: int
    to: str
    planned_at: datetime
    fire_at: datetime

    @property
    def level(self) -> int:
        return LEVELS[self.to]

    def late_by(self, now: datetime) -> timedelta:
        """How long after its plan it fires; nought when on time."""
        return max(now - self.planned_at, timedelta())


def parse_policy(raw: Mapping[str, Any]) -> Policy:
    """The policy written as YAML. Raises PolicyError with the field and a sentence."""
    _refuse_unknown(raw, ("key", "when", "respond_within", "resolve_within", "steps"), "")
    key = raw.get("key")
    if not isinstance(key, str) or not key:
        raise PolicyError("key", "A policy needs a key.")
    steps = raw.get("steps", [])
    if not isinstance(steps, Sequence) or isinstance(steps, str):
        raise PolicyError("steps", "Steps are a list such as [{after: 4h, to: lead}].")
    repeats = [
        at for at, step in enumerate(steps) if isinstance(step, Mapping) and "repeat" in step
    ]
    if repeats and (repeats != [len(steps) - 1] or len(steps) == 1):
        raise PolicyError(f"steps[{repeats[0]}]", "A repeat stands last, after a step to repeat.")
    pushes = steps[:-1] if repeats else steps
    repeat, most = _parse_repeat(steps[-1], len(steps) - 1) if repeats else (None, 0)
    return Policy(
        key=key,
        severities=_parse_severities(raw.get("when", {})),
        respond_within=_span(raw.get("respond_within", "4h"), "respond_within"),
        resolve_within=_span(raw.get("resolve_within", "14d"), "resolve_within"),
        steps=_parse_steps(pushes),
        repeat=repeat,
        most=most,
    )


def policy_for(policies: Iterable[Policy], severity: str) -> Policy:
    """The first policy made for the severity, else the default one."""
    return next((policy for policy in policies if severity in policy.severities), DEFAULT_POLICY)


def progress_of(ladders: Sequence[Ladder], last_fired_at: datetime | None) -> Progress:
    """Progress from the ladders of the steps fired in this episode, oldest first."""
    if not ladders:
        return Progress()
    return Progress(len(ladders), ladders[-1], ladders.count(ladders[-1]), last_fired_at)


def next_step(
    policy: Policy,
    progress: Progress,
    *,
    opened_at: datetime,
    due_at: datetime,
    accepted: bool,
    hours: WorkingHours,
    now: datetime,
    silences: Sequence[Pause] = (),
) -> Step | None:
    """The next push of an unfinished task, which may already be late; None when there is none left.

    opened_at: of the episode. accepted: stops the response ladder. due_at: with its pauses.
    silences: in which neither ladder runs. All times are aware.
    """
    on_response = progress.ladder == "response"
    if on_response and not accepted and now < due_at:
        step = _step(policy, progress, "response", progress.rung, opened_at, hours, silences)
        if step is not None and step.fire_at < due_at:
            return step
    rung = 0 if on_response else progress.rung
    return _step(policy, progress, "resolution", rung, due_at, hours, silences)


def _step(
    policy: Policy,
    progress: Progress,
    ladder: Ladder,
    rung: int,
    start: datetime,
    hours: WorkingHours,
    silences: Sequence[Pause],
) -> Step | None:
    if not policy.steps or rung >= len(policy.steps) + policy.most:
        return None
    to = policy.steps[min(rung, len(policy.steps) - 1)].to
    last = progress.last_fired_at
    repeats = rung >= len(policy.steps)
    # a repeat counts from the step before it, every other step from the start of its ladder
    counted_from = last if repeats and last is not None else start
    planned = _planned(policy, progress, ladder, rung, start, hours)
    planned = fire_at = shifted(planned, counted_from, silences, hours)
    if last is not None and rung > 0:
        grace = _grace_until(policy, last, rung, start, hours)
        fire_at = max(planned, shifted(grace, last, silences, hours))
    return Step(progress.seq, ladder, rung, to, planned, fire_at)


def _planned(
    policy: Policy,
    progress: Progress,
    ladder: Ladder,
    rung: int,
    start: datetime,
    hours: WorkingHours,
) -> datetime:
    """Response: `after` from opening. Resolution: at due time, then as far apart as the steps."""
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


def _parse_severities(when: object) -> tuple[str, ...]:
    if not isinstance(when, Mapping):
        raise PolicyError("when", "Write when: {severity: [warning, critical]}.")
    _refuse_unknown(when, ("severity",), "when.")
    given = when.get("severity", list(SEVERITIES))
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, Sequence) or not names or set(names) - set(SEVERITIES):
        raise PolicyError("when.severity", "Severities are warning and critical.")
    return tuple(names)


def _parse_steps(raw: Sequence[Any]) -> tuple[PolicyStep, ...]:
    steps: list[PolicyStep] = []
    for at, item in enumerate(raw):
        field = f"steps[{at}]"
        if not isinstance(item, Mapping):
            raise PolicyError(field, "A step is {after: 4h, to: lead}.")
        _refuse_unknown(item, ("after", "to"), f"{field}.")
        step = PolicyStep(_span(item.get("after"), f"{field}.after"), str(item.get("to")))
        if step.to not in LEVELS:
            known = ", ".join(LEVELS)
            raise PolicyError(f"{field}.to", f"{step.to!r} is not one of: {known}.")
        if steps and step.after.plain <= steps[-1].after.plain:
            raise PolicyError(f"{field}.after", "Each step comes later than the one before it.")
        steps.append(step)
    return tuple(steps)


def _parse_repeat(raw: Mapping[str, Any], at: int) -> tuple[Span, int]:
    _refuse_unknown(raw, ("repeat", "max"), f"steps[{at}].")
    most = raw.get("max", DEFAULT_POLICY.most)
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= _LONGEST_REPEAT:
        raise PolicyError(f"steps[{at}].max", f"Repeat 1 to {_LONGEST_REPEAT} times.")
    return _span(raw["repeat"], f"steps[{at}].repeat"), most


def _span(raw: object, field: str) -> Span:
    try:
        span = parse_span(raw)  # type: ignore[arg-type]
    except ValueError as error:
        raise PolicyError(field, str(error)) from None
    if not span.amount:
        raise PolicyError(field, "This must be longer than nothing.")
    return span


def _refuse_unknown(raw: Mapping[str, Any], known: tuple[str, ...], path: str) -> None:
    for name in raw:
        if name not in known:
            raise PolicyError(f"{path}{name}", f"Unknown key; known: {', '.join(known)}.")
