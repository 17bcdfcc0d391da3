"""A day's drift as a window that a rule judges, and as plain facts for whoever is told of it."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from alerts.logic.baseline import LONGEST_LEARNING
from alerts.logic.conditions import Spec
from alerts.logic.drift import DriftDay, Standing, carry_on
from alerts.logic.history import Past
from alerts.logic.judge import Window
from alerts.logic.noise import local_span
from cx_loop.logic.bins import Scale
from cx_loop.logic.totals import Totals

LATE_DAYS = 7  # what comes so late is still taken in


def learned_from(standing: Standing, since: date) -> date:
    """The first day whose totals are needed to judge the days from `since` on."""
    if not standing.learning:
        return since
    oldest = since - timedelta(days=LONGEST_LEARNING)
    return oldest if standing.learning_from is None else min(standing.learning_from, since)


def drift_windows(
    spec: Spec,
    scale: Scale,
    zone: ZoneInfo,
    daily: dict[date, Totals],
    *,
    since: date,
    standing: Standing,
    keep: date,
    settled: Iterable[date] = (),
) -> tuple[list[Window], Standing]:
    """A window for each local day from `since` on; the rest as in `drift.carry_on`.

    The value of a window is the average in its own standard errors, which the rule's level knows
    the limit of; what people read is in its facts.
    """
    first = min(daily)
    totals = [daily[day] for day in sorted(daily)]
    days, kept = carry_on(
        standing,
        first,
        totals,
        spec.aggregate,
        scale,
        since=since,
        keep=keep,
        settled=frozenset(settled),
    )
    windows = [_window(day, daily[day.day].samples(scale.kind), zone) for day in days]
    return windows, kept


def past_of_drift(
    spec: Spec, scale: Scale, zone: ZoneInfo, daily: dict[date, Totals], *, since: date
) -> Past:
    """The days from `since` on as a history, as if the rule had begun there."""
    nothing = since - timedelta(days=1)
    windows, _ = drift_windows(
        spec, scale, zone, daily, since=since, standing=Standing(), keep=nothing
    )
    values = [np.nan if each.value is None else each.value for each in windows]
    told = [each.facts.get("value", np.nan) for each in windows]
    return Past(
        edges=[each.edge for each in windows],
        starts=[each.start for each in windows],
        before=np.arange(len(windows), dtype=np.int64) - 1,
        values=np.array(values, dtype=np.float64),
        n=np.array([each.n for each in windows], dtype=np.float64),
        told=np.array(told, dtype=np.float64),
    )


def _window(day: DriftDay, n: float, zone: ZoneInfo) -> Window:
    start, edge = local_span(day.day, zone)
    return Window(
        start=start,
        edge=edge,
        value=day.deviation,
        n=n,
        why=day.state if day.deviation is None else "",
        facts=_facts(day),
    )


def _facts(day: DriftDay) -> dict[str, Any]:
    if day.baseline is None or day.smoothed is None or day.deviation is None:
        return {}
    return {
        "value": day.smoothed,
        "interval": [day.low, day.high],
        "deviation": day.deviation,
        "drift": {
            "way": day.direction or ("up" if day.deviation > 0 else "down"),
            "from": day.baseline.level,
            "to": day.smoothed,
            "since": (day.since or day.day).isoformat(),
            "line": day.baseline.measure.line if day.baseline.measure.at_line else None,
        },
    }
