"""The intervals people are shown: of each arm, and of what changed between them; two-sided, 95 %.

Counts and n are divided by the overdispersion first, as everywhere. They decide nothing: the
bounds of a verdict are stricter at early looks and take out what moved everywhere (`evidence`).
"""

from typing import Any

from cx_loop.logic.differences import Ends, newcombe, nps_change, rate_change, welch
from cx_loop.logic.intervals import mean_t, nps_adjusted_wald, poisson, wilson
from tasks.logic.estimates import Arm

METHODS = {
    "share": "newcombe",
    "nps": "adjusted_wald_mover",
    "mean": "welch",
    "rate": "poisson_mover",
    "count": "poisson_mover",
}


def arm_shown(arm: Arm, spread: float) -> dict[str, Any]:
    """`Arm.as_json` with its interval, where there is one."""
    found = arm_interval(arm, spread)
    return arm.as_json() if found is None else arm.as_json() | {"interval": _rounded(found)}


def arm_interval(arm: Arm, spread: float) -> Ends | None:
    """Wilson 1927; adjusted Wald, Rocks 2016; Student's t; exact Poisson, Garwood 1936."""
    n, total = arm.n / spread, arm.total / spread
    if n <= 0:
        return None
    if arm.measure.kind == "share":
        found = wilson(total, n)
    elif arm.measure.kind == "nps":
        found = nps_adjusted_wald(*_of_nps(arm, spread))
    elif arm.measure.kind == "mean":
        if n <= 1:
            return None
        found = mean_t(arm.total / arm.n, arm.variance**0.5, n)
    else:
        low, high = poisson(total)
        found = low / n, high / n
    return _in_unit(found, arm)


def change_shown(before: Arm, after: Arm, spread: float) -> dict[str, Any] | None:
    """After minus before, raw (more is positive, better or not), with its interval and method.

    Newcombe 1998; Rocks 2016 with MOVER; Welch 1947; MOVER of exact Poisson intervals, which holds
    for a handful of events too. None where an arm has none.
    """
    if before.value is None or after.value is None:
        return None
    kind = before.measure.kind
    n, n_before = after.n / spread, before.n / spread
    total, total_before = after.total / spread, before.total / spread
    if kind == "mean" and min(n, n_before) <= 1:
        return None
    if kind == "share":
        found = newcombe(total, n, total_before, n_before)
    elif kind == "nps":
        found = nps_change(_of_nps(after, spread), _of_nps(before, spread))
    elif kind == "mean":
        found = welch((after.value, after.variance, n), (before.value, before.variance, n_before))
    else:
        found = rate_change(total, n, total_before, n_before)
    return {
        "value": round(after.value - before.value, 6),
        "interval": _rounded(_in_unit(found, before)),
        "method": METHODS[kind],
    }


def _of_nps(arm: Arm, spread: float) -> tuple[float, float, float]:
    """Promoters, detractors and answers: their difference and their sum are what is kept."""
    promoters, detractors = (arm.squares + arm.total) / 2, (arm.squares - arm.total) / 2
    return promoters / spread, detractors / spread, arm.n / spread


def _in_unit(ends: Ends, arm: Arm) -> Ends:
    factor = arm.measure.factor
    return ends[0] * factor, ends[1] * factor


def _rounded(ends: Ends) -> list[float]:
    return [round(end, 6) for end in ends]
