"""The percentile a rule watches, before and after: shown to people, never judged by."""

from typing import Any

from cx_loop.logic.bins import Scale, value_of
from cx_loop.logic.differences import percentile_change
from cx_loop.logic.scores import Aggregate, interval, value
from cx_loop.logic.totals import Totals
from cx_loop.models import Organization
from cx_loop.reads import totals_of_windows
from tasks.actions.series import scale_of
from tasks.logic.measures import Measure
from tasks.logic.plan import Plan, after_days, baseline_days, midnight
from tasks.models import Verification


def percentile_shown(
    running: Verification, plan: Plan, look: int, spread: float
) -> dict[str, Any] | None:
    """What a look on a rule over a percentile shows of it, in the unit of the metric; None for
    other rules, and where an arm is empty. n and counts are divided by `spread` first."""
    scale = scale_of(running)
    if plan.measure is None or plan.measure.at_line is None or scale is None:
        return None
    zone = Organization.current().zone
    periods = {"baseline": baseline_days(plan), "after": after_days(plan, look)}
    arms = totals_of_windows(
        (name, running.series, midnight(of.start, zone), midnight(of.end, zone))
        for name, of in periods.items()
        if of.days > 0
    )
    if len(arms) < len(periods) or any(arm.n <= 0 for arm in arms.values()):
        return None
    q = _percentile_of(plan.measure)
    before, later = (_counts(arms[name], scale, spread) for name in periods)
    change = percentile_change(later, before, q / 100)
    shown = {name: _arm(arms[name], q, scale, spread) for name in periods}
    return {
        "q": q,
        **shown,
        "change": {
            "value": round(shown["after"]["value"] - shown["baseline"]["value"], 6),
            "interval": [round(end, 6) for end in change],
            "method": "bootstrap",
        },
    }


def _percentile_of(measure: Measure) -> int:
    assert measure.at_line is not None
    return round(100 - measure.at_line if measure.above else measure.at_line)


def _arm(totals: Totals, q: int, scale: Scale, spread: float) -> dict[str, Any]:
    aggregate = Aggregate("median" if q == 50 else f"p{q}")
    between = interval(totals, aggregate, scale, dispersion=spread)
    return {
        "value": value(totals, aggregate, scale),
        "interval": [between.low, between.high] if between is not None else None,
    }


def _counts(totals: Totals, scale: Scale, spread: float) -> dict[float, float]:
    counts: dict[float, float] = {}
    for bin, n in totals.bins.items():
        if n > 0:
            at = value_of(bin, scale)
            counts[at] = counts.get(at, 0.0) + n / spread
    return counts
