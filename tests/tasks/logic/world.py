"""A small company to verify fixes in: daily answers with weekdays, drift and shared shocks."""

from datetime import date, timedelta

import numpy as np

from tasks.logic.measures import Day, Measure
from tasks.logic.plan import Plan

ALERT = date(2024, 3, 4)  # a Monday
TOP_BOX = Measure("share", line=3)
CONTROL_OFFSETS = (-0.06, 0.0, 0.04, -0.10)

_WEEKDAY_LOGIT = (0.03, 0.03, 0.03, 0.03, 0.03, -0.08, -0.12)
_WEEKDAY_VOLUME = (1.10, 1.05, 1.0, 1.0, 1.05, 0.9, 0.9)


def on(offset: int) -> date:
    """That many days after the alert."""
    return ALERT + timedelta(days=offset)


def plan_of(fixed_after: int = 15, **changes) -> Plan:
    """A fix of a top-box share, where 80 % is normal."""
    facts = {
        "measure": TOP_BOX,
        "higher_is_better": True,
        "alert_day": ALERT,
        "fix_day": on(fixed_after),
        "trigger_from": on(-6),
        "reference": 80.0,
    }
    return Plan(**facts | changes)


def share_days(first: int, last: int, hits: float, n: int = 40) -> list[Day]:
    """The same answers every day, `hits` of `n`, from one offset to another inclusive."""
    return [Day(on(at), n, hits, hits) for at in range(first, last + 1)]


def simulated(rng, *, n_per_day: float, change, offsets=(0.0, *CONTROL_OFFSETS), first=-140):
    """Days of one touchpoint and of its controls, 12 weeks past the alert.

    change(offset) is added to the logit of the first touchpoint only. CSAT 82 %, own AR(1) day
    effects (phi .4, sd .15) and a shock common to all (phi .9, sd .08).
    """
    length = 84 - first
    shared = _ar1(rng, length, 0.9, 0.08)
    arms = []
    for arm, offset in enumerate(offsets):
        own = _ar1(rng, length, 0.4, 0.15)
        days = []
        for step in range(length):
            at = first + step
            weekday = on(at).weekday()
            logit = np.log(0.82 / 0.18) + offset + _WEEKDAY_LOGIT[weekday]
            logit += own[step] + shared[step] + (change(at) if arm == 0 else 0.0)
            n = int(rng.poisson(n_per_day * _WEEKDAY_VOLUME[weekday]))
            hits = float(rng.binomial(n, 1 / (1 + np.exp(-logit))))
            days.append(Day(on(at), n, hits, hits))
        arms.append(days)
    return arms[0], arms[1:]


def _ar1(rng, length: int, phi: float, sd: float):
    values = np.empty(length)
    values[0] = rng.normal(0, sd)
    for step in range(1, length):
        values[step] = phi * values[step - 1] + rng.normal(0, sd * np.sqrt(1 - phi**2))
    return values
