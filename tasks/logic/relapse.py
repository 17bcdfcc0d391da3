"""Does a fix that worked still hold? Asked each night of the watch, on its last 14 days.

    line    = (theta_b + theta_e) / 2 + C_L - (C_b + C_e) / 2
    SE^2    = D [v_L/n_L + v_CL/n_CL]
    relapse : sgn (L - line) + t_7^-1(.95) SE < 0

L is the level of the last 14 days, b the problem (the baseline of the verdict), e what the fix had
reached (its evaluation), C the controls of the verdict, pooled, in the same days. So what moves all
alike is no relapse; without the controls it is, and more answers only make that surer
(`docs/methods.md`, "Relapse").
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scipy.special import stdtrit

from tasks.logic.estimates import DEFAULT_DF, Arm, arm_of, standard_error
from tasks.logic.evidence import enough
from tasks.logic.measures import Day
from tasks.logic.plan import Plan, after_days, baseline_days

RELAPSE_DAYS = 14


@dataclass(frozen=True)
class Proven:
    """What a verdict was drawn from, that its watch holds the days against.

    others  controls pooled, in the days of the baseline and of the evaluation; None: had none
    """

    before: Arm
    after: Arm
    others: tuple[Arm, Arm] | None
    dispersion: float


@dataclass(frozen=True)
class Relapse:
    """What the days of a watch say, in the measure's unit.

    line    the midpoint between the problem and what the fix had reached, moved as others moved
    bound   one-sided 95 % bound of the level on the good side; None: too few answers to tell
    moved   how far the line was moved with the controls; None: there are none
    """

    relapsed: bool
    line: float
    value: float | None = None
    n: float = 0
    bound: float | None = None
    moved: float | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def proven_of(
    plan: Plan,
    *,
    look: int,
    days: Sequence[Day],
    controls: Sequence[Day] | None,
    dispersion: float,
) -> Proven | None:
    """What the look (0-based) that decided was taken on; None where an arm had no answers."""
    if plan.measure is None:
        return None
    periods = baseline_days(plan), after_days(plan, look)
    before, after = (arm_of(period.of(days), plan.measure) for period in periods)
    if before.value is None or after.value is None:
        return None
    pair = [arm_of(period.of(controls or ()), plan.measure) for period in periods]
    others = (pair[0], pair[1]) if all(enough(arm, plan) for arm in pair) else None
    return Proven(before, after, others, dispersion)


def relapse_of(
    plan: Plan, proven: Proven, *, recent: Sequence[Day], others: Sequence[Day] = ()
) -> Relapse:
    """Whether the last 14 of the recent days lie nearer to the problem than to the success.

    `others`: the controls of the verdict, pooled, in the same days; too few answers there, and
    the level stands alone.
    """
    before, after = proven.before, proven.after
    assert before.value is not None
    assert after.value is not None
    line = (before.value + after.value) / 2
    level = _last(recent, before)
    if not enough(level, plan):
        return Relapse(False, line, level.value, level.n)
    assert level.value is not None
    parts = [(proven.dispersion * level.variance, level.n)]
    moved, theirs = _moved(plan, proven, others)
    if theirs is not None:
        line += moved or 0.0
        parts.append((proven.dispersion * theirs.variance, theirs.n))
    bound = level.value + plan.sign * float(stdtrit(DEFAULT_DF, 0.95)) * standard_error(*parts)
    return Relapse(plan.sign * (bound - line) < 0, line, level.value, level.n, bound, moved)


def _moved(plan: Plan, proven: Proven, others: Sequence[Day]) -> tuple[float | None, Arm | None]:
    """How far the controls lie from their own midpoint now, and on what that rests."""
    if proven.others is None:
        return None, None
    before, after = proven.others
    now = _last(others, before)
    if not enough(now, plan):
        return None, None
    assert now.value is not None
    assert before.value is not None
    assert after.value is not None
    return now.value - (before.value + after.value) / 2, now


def _last(days: Sequence[Day], like: Arm) -> Arm:
    return arm_of(sorted(days, key=lambda day: day.date)[-RELAPSE_DAYS:], like.measure)
