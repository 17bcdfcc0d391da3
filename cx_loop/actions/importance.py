"""What drives overall satisfaction, worked out once a day: it reads answers one by one."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.core.cache import cache
from django.db import connection

from cx_loop import clock
from cx_loop.logic.importance import Drivers, Floats, drivers_of
from cx_loop.models import Journey, JourneyDrivers, Metric, MomentWeights, Series, Touchpoint
from cx_loop.models.prepared import array
from cx_loop.reads.moments import experience_metric, touchpoints_of

A_DAY = timedelta(days=1)
LOOKS_BACK = timedelta(days=90)
MOST_CUSTOMERS = 5_000  # the latest; ranks have long settled

_OVERALL = """
SELECT link.customer, avg(said.value), max(said.occurred_at) AS latest
FROM cx_loop_observation AS said
JOIN cx_loop_customerlink AS link USING (digest)
WHERE said.series_id = ANY(%(series)s::bigint[])
  AND said.occurred_at >= %(since)s AND said.occurred_at < %(until)s
GROUP BY link.customer
ORDER BY latest DESC, link.customer
LIMIT %(most)s
"""
_BY_TOUCHPOINT = """
SELECT asked.place, series.touchpoint_id, avg(said.value)
FROM unnest(%(customers)s::uuid[]) WITH ORDINALITY AS asked(customer, place)
JOIN cx_loop_customerlink AS link ON link.customer = asked.customer
JOIN cx_loop_observation AS said ON said.digest = link.digest
JOIN cx_loop_series AS series ON series.id = said.series_id
WHERE said.series_id = ANY(%(series)s::bigint[])
  AND said.occurred_at >= %(since)s AND said.occurred_at < %(until)s
GROUP BY 1, 2
"""


def weigh_journeys(*, now: datetime) -> int:
    """Work out anew what drives each journey in force; how many have drivers.

    One row is one customer: the mean at each touchpoint, and on the journey itself.
    """
    metric = experience_metric(MomentWeights.current())
    if metric is None:
        return 0
    asked = Series.objects.filter(metric=metric, journey__retired_at=None).exclude(journey=None)
    journeys = Journey.objects.filter(pk__in=asked.values("journey")).order_by("pk")
    return sum(_weigh(journey, metric, now=now) for journey in journeys)


def weigh_daily(*, now: datetime) -> None:
    """For the engine, which has no timetable: once a day and at its start; never in virtual
    time."""
    if not clock.is_set() and cache.add("weighed", 1, timeout=A_DAY.total_seconds()):
        weigh_journeys(now=now)


def _weigh(journey: Journey, metric: Metric, *, now: datetime) -> bool:
    stops, since = touchpoints_of(journey), now - LOOKS_BACK
    table, overall = _answers(journey, stops, metric, since, now)
    # one seed a journey, otherwise ranks would wander from day to day without news
    found = drivers_of(table, overall, seed=journey.pk)
    JourneyDrivers.objects.update_or_create(
        journey=journey,
        defaults={
            "metric": metric,
            "weighed_at": now,
            "since": since,
            "n": found.n if found else 0,
            "r2": found.r2 if found else None,
            "shares": _told(found, stops) if found else [],
        },
    )
    return found is not None


def _told(found: Drivers, stops: tuple[Touchpoint, ...]) -> list[dict[str, object]]:
    return [
        {
            "touchpoint": stops[place].key,
            "share": driver.share,
            "rank": driver.rank,
            "rank_low": driver.rank_low,
            "rank_high": driver.rank_high,
        }
        for place, driver in zip(found.used, found.drivers, strict=True)
    ]


def _answers(
    journey: Journey,
    stops: tuple[Touchpoint, ...],
    metric: Metric,
    since: datetime,
    until: datetime,
) -> tuple[Floats, Floats]:
    """Customers × touchpoints, NaN where one did not answer, and what each said overall."""
    rows = Series.objects.filter(metric=metric).order_by("pk")
    on_journey = rows.filter(journey=journey).values_list("pk", flat=True)
    at_stops = rows.filter(touchpoint__in=[each.pk for each in stops]).values_list("pk", flat=True)
    asked: dict[str, Any] = {"since": since, "until": until, "most": MOST_CUSTOMERS}
    with connection.cursor() as cursor:
        cursor.execute(_OVERALL, {**asked, "series": array(on_journey)})
        customers = cursor.fetchall()
        said = {**asked, "series": array(at_stops), "customers": [each[0] for each in customers]}
        cursor.execute(_BY_TOUCHPOINT, said)
        answers = cursor.fetchall()
    column = {stop.pk: place for place, stop in enumerate(stops)}
    table = np.full((len(customers), len(stops)), np.nan)
    for place, touchpoint, value in answers:
        table[place - 1, column[touchpoint]] = value
    return table, np.array([each[1] for each in customers], dtype=np.float64)
