"""How much days differ beyond chance, as a plan may know it; and what a young series says of it.

A series that has not lived eight weeks answers every question about its days too kindly: of five
days, weekday means leave nothing over. Its noise is read from day to day instead, before the alert
and up to the fix, and is never less than what is assumed of a series nobody knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cx_loop.logic.dispersion import (
    DEFAULT_DF,
    DEFAULT_DISPERSION,
    HISTORY_DAYS,
    WEEK,
    dispersion,
    variance_over,
)
from cx_loop.logic.measures import Day, Measure
from tasks.logic.plan import Plan, baseline_days, history_days

FEWEST_DAYS = 28  # with answers, of the eight weeks: as early warning asks


@dataclass(frozen=True, slots=True)
class Noise:
    dispersion: float
    df: int
    is_short: bool


def noise_of(
    plan: Plan, *, history: Sequence[Day], baseline: Sequence[Day] = (), controls: Sequence[Day]
) -> Noise:
    """D and its degrees of freedom.

    Eight weeks with 28 answered days: `dispersion`, with the weeks that have answers less one.
    Less: the days' own chi-squared per degree of freedom around the mean of their stretch (before
    the alert; until the fix), what the controls did taken out, at least 1.5, with 7.
    """
    assert plan.measure is not None
    before, until_fix = history_days(plan), baseline_days(plan)
    past = before.of(history)
    known = lived(past, plan.measure)
    if len(past) == HISTORY_DAYS and _answered(known) >= FEWEST_DAYS:
        spread, _ = dispersion(past, before.of(controls), plan.measure)
        return Noise(spread, _weeks(known) - 1, is_short=False)
    stretches = [known, lived(until_fix.of(baseline), plan.measure)]
    spread = day_dispersion(stretches, plan.measure, controls)
    return Noise(max(DEFAULT_DISPERSION, spread), DEFAULT_DF, is_short=True)


def lived(days: Sequence[Day], measure: Measure) -> list[Day]:
    """From the first day with answers on; of a count, which has no others, with events."""
    begun = (at for at, day in enumerate(days) if (day.total if measure.kind == "count" else day.n))
    return list(days[next(begun, len(days)) :])


def day_dispersion(
    stretches: Sequence[Sequence[Day]], measure: Measure, controls: Sequence[Day] = ()
) -> float:
    """Chi-squared per degree of freedom of days around the mean of their stretch, at least 1.

    r_t = (y_t - n_t m) - (n_t/n_Ct) (y_Ct - n_Ct m_C),  V_t = n_t v + (n_t/n_Ct)² n_Ct v_C
    """
    others = {day.date: day for day in controls if day.n > 0}
    chi, free = 0.0, 0
    for stretch in stretches:
        days = [day for day in stretch if day.n > 0]
        theirs = [others[day.date] for day in days if day.date in others]
        v, v_c = variance_over(days, measure), variance_over(theirs, measure)
        if len(days) < 2 or v <= 0:
            continue
        mean, mean_c = _mean(days), _mean(theirs)
        for day in days:
            residual, variance = day.total - day.n * mean, day.n * v
            if (other := others.get(day.date)) is not None:
                scale = day.n / other.n
                residual -= scale * (other.total - other.n * mean_c)
                variance += scale**2 * other.n * v_c
            chi += residual**2 / variance
        free += len(days) - 1
    return max(1.0, chi / free) if free else 1.0


def _mean(days: Sequence[Day]) -> float:
    n = sum(day.n for day in days)
    return sum(day.total for day in days) / n if n > 0 else 0.0


def _answered(days: Sequence[Day]) -> int:
    return sum(day.n > 0 for day in days)


def _weeks(days: Sequence[Day]) -> int:
    """How many of the eight have answers."""
    first = days[0].date
    return len({(day.date - first).days // WEEK for day in days if day.n > 0})
