"""What a verification could prove, said before the work starts.

    smallest = (c_K + z_power) SE,  SE^2 = D [v/n_e + v/n_b + v_C/n_Ce + v_C/n_Cb]
    n_e      = v_e / (delta^2 / (D (c + z_power)^2) - v_b/n_b);  never, where the bracket is <= 0
    chance   = Phi((delta - c SE_0) / SE)

c is the bound of the look (`spending`, as a t quantile of D's degrees of freedom), z_power the
normal quantile of the power wanted, SE_0 the error where nothing has changed. Without it people
are asked for what no amount of waiting can show: at eight answers a day a repair of six points is
proven in one case of six. Sources: Fleiss, Levin & Paik 2003, chapter 4; Jennison & Turnbull 2000.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import inf, sqrt
from typing import Any

from scipy.special import ndtr, ndtri, stdtrit

from cx_loop.logic.dispersion import variance_over
from tasks.logic.evidence import Controls
from tasks.logic.measures import Day
from tasks.logic.noise import lived, noise_of
from tasks.logic.plan import Plan, history_days
from tasks.logic.spending import bounds, information_fractions

POWER = 0.8
BASELINE_DAYS = 14  # what a fix usually leaves between alert and repair; the plan needs seven


@dataclass(frozen=True)
class Outlook:
    """What can be expected of a verification, in the measure's unit.

    smallest  the smallest change proven in four of five cases by the last look
    sooner    the same by the last regular look, before the extension
    gap       how far the window that fired was short of the target; extreme, so rather too large
    days      from the fix until that gap would be proven, settling included; None: never
    chance    that a complete repair is proven by the last look
    per_day   answers (exposure) a day over the weeks before
    """

    smallest: float
    sooner: float
    gap: float | None
    days: int | None
    chance: float | None
    per_day: float

    @property
    def is_provable(self) -> bool | None:
        """None where no target is known."""
        return None if self.gap is None else self.days is not None

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"provable": self.is_provable}


def outlook(
    plan: Plan,
    *,
    history: Sequence[Day],
    controls: Controls | None = None,
    baseline: int = BASELINE_DAYS,
    fallen_to: float | None = None,
) -> Outlook | None:
    """What the plan could prove with volume and variance as they were in the eight weeks before.

    baseline: days expected between alert and fix. fallen_to: what the rule saw when it fired, in
    the measure's unit; else the days of its window say. None without a measure, or without answers
    to tell the variance from.
    """
    past = history_days(plan).of(history)
    n = sum(day.n for day in past)
    if plan.measure is None or n <= 0:
        return None
    others = history_days(plan).of(controls.days) if controls else []
    factor, days = plan.measure.factor, len(lived(past, plan.measure))
    arms = [(factor**2 * variance_over(past, plan.measure), n / days)]
    if sum(day.n for day in others) > 0:
        volume = sum(day.n for day in others) / len(lived(others, plan.measure))
        arms.append((factor**2 * variance_over(others, plan.measure), volume))
    if not sum(variance for variance, _ in arms) < inf:
        return None
    noise = noise_of(plan, history=past, controls=others)
    fractions = information_fractions(baseline, plan.all_looks)
    reach = [float(stdtrit(noise.df, ndtr(bound))) for bound in bounds(fractions, plan.alpha)]
    errors = [_error(arms, noise.dispersion, baseline, look) for look in plan.all_looks]
    provable = [(at + float(ndtri(POWER))) * error for at, error in zip(reach, errors, strict=True)]
    gap = _gap(plan, history, fallen_to)
    return Outlook(
        smallest=provable[-1],
        sooner=provable[len(plan.looks) - 1],
        gap=gap,
        days=None if gap is None else _first(plan, provable, gap),
        chance=None
        if gap is None
        else chance(gap, bound=reach[-1], null_error=errors[-1], error=errors[-1]),
        per_day=n / days,
    )


def chance(change: float, *, bound: float, null_error: float, error: float) -> float:
    """Probability that a change is beyond the upper bound (Fleiss, Levin & Paik 2003, 4.14).

    null_error: standard error if nothing had changed (two shares: from both pooled); error: as it
    is with the change.
    """
    return float(ndtr((change - bound * null_error) / error))


def answers_needed(
    change: float,
    *,
    after: float,
    before: float,
    n_before: float | None = None,
    dispersion: float = 1.0,
    alpha: float = 0.05,
    power: float = POWER,
) -> float:
    """Answers after the fix that prove a change at one look, one-sided; inf where none are enough.

    after, before: variance of one answer in each arm, in squared units of the change; n_before:
    answers of the baseline, None: as many as after.
    """
    quantiles = float(ndtri(1 - alpha) + ndtri(power))
    allowed = change**2 / (dispersion * quantiles**2)
    if n_before is None:
        return (after + before) / allowed
    left = allowed - before / n_before
    return after / left if left > 0 else inf


def _error(arms: Sequence[tuple[float, float]], spread: float, before: int, after: int) -> float:
    """Standard error of the difference of arms given as (variance, answers a day)."""
    return sqrt(sum(spread * v / (a_day * days) for v, a_day in arms for days in (before, after)))


def _first(plan: Plan, provable: Sequence[float], gap: float) -> int | None:
    """Days from the fix to the first look that shows the gap."""
    looks = zip(plan.all_looks, provable, strict=True)
    return next((plan.settle + days for days, least in looks if least <= gap), None)


def _gap(plan: Plan, days: Sequence[Day], fallen_to: float | None) -> float | None:
    """How far the window that fired was short of the target; None where it was not short."""
    fired = [day for day in days if plan.trigger_from <= day.date <= plan.alert_day]
    n = sum(day.n for day in fired)
    if plan.measure is None or plan.reference is None:
        return None
    if fallen_to is None:
        if n <= 0:
            return None
        fallen_to = plan.measure.factor * sum(day.total for day in fired) / n
    short = plan.sign * (plan.reference - fallen_to)
    return short if short > 0 else None
