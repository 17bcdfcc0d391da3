"""What drives overall satisfaction, worked out once a day: it reads answers one by one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from cx_loop.logic.importance import Drivers, Floats, drivers_of
from cx_loop.models import (
    Journey,
    JourneyDrivers,
    Metric,
    MomentWeights,
    Segment,
    Series,
    Touchpoint,
)
from cx_loop.models.prepared import array
from cx_loop.reads.moments import experience_metric, touchpoints_of

LOOKS_BACK = timedelta(days=90)
MOST_CUSTOMERS = 5_000  # the latest, of all and of each segment; ranks have long settled

# a customer is of the segment of the latest answer; each segment keeps its own latest customers,
# otherwise a rare one would be crowded out
_OVERALL = """
SELECT customer, said, segment, place, within FROM (
    SELECT customer, said, segment,
           row_number() OVER (ORDER BY latest DESC, customer) AS place,
           row_number() OVER (PARTITION BY segment ORDER BY latest DESC, customer) AS within
    FROM (
        SELECT link.customer, avg(said.value) AS said, max(said.occurred_at) AS latest,
               (array_agg(series.segment ORDER BY said.occurred_at DESC))[1] AS segment
        FROM cx_loop_observation AS said
        JOIN cx_loop_customerlink AS link USING (digest)
        JOIN cx_loop_series AS series ON series.id = said.series_id
        WHERE said.series_id = ANY(%(series)s::bigint[])
          AND said.occurred_at >= %(since)s AND said.occurred_at < %(until)s
        GROUP BY link.customer
    ) AS customers
) AS placed
WHERE place <= %(most)s OR within <= %(most)s
ORDER BY place
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


def _weigh(journey: Journey, metric: Metric, *, now: datetime) -> bool:
    stops, since = touchpoints_of(journey), now - LOOKS_BACK
    said = _answers(journey, stops, metric, since, now)
    # one seed a journey, otherwise ranks would wander from day to day without news
    found = drivers_of(*said.of_all(), seed=journey.pk)
    parts = {
        key: drivers_of(*said.of(key), seed=journey.pk)
        for key in Segment.objects.filter(retired_at=None).values_list("key", flat=True)
    }
    JourneyDrivers.objects.update_or_create(
        journey=journey,
        defaults={
            "metric": metric,
            "weighed_at": now,
            "since": since,
            **_told(found, stops),
            "by_segment": {key: _told(each, stops) for key, each in parts.items() if each},
        },
    )
    return found is not None


def _told(found: Drivers | None, stops: tuple[Touchpoint, ...]) -> dict[str, Any]:
    if found is None:
        return {"n": 0, "r2": None, "shares": []}
    shares = [
        {
            "touchpoint": stops[place].key,
            "share": driver.share,
            "rank": driver.rank,
            "rank_low": driver.rank_low,
            "rank_high": driver.rank_high,
        }
        for place, driver in zip(found.used, found.drivers, strict=True)
    ]
    return {"n": found.n, "r2": found.r2, "shares": shares}


@dataclass(frozen=True, slots=True)
class _Answers:
    """One row a customer: `table` by touchpoint, NaN where one did not answer, and `overall`;
    of which segment, and the how-manieth of all and within the segment, the latest first."""

    table: Floats
    overall: Floats
    segment: NDArray[np.str_]
    place: NDArray[np.int64]
    within: NDArray[np.int64]

    def of_all(self) -> tuple[Floats, Floats]:
        return self._where(self.place <= MOST_CUSTOMERS)

    def of(self, segment: str) -> tuple[Floats, Floats]:
        return self._where((self.segment == segment) & (self.within <= MOST_CUSTOMERS))

    def _where(self, kept: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        return self.table[kept], self.overall[kept]


def _answers(
    journey: Journey,
    stops: tuple[Touchpoint, ...],
    metric: Metric,
    since: datetime,
    until: datetime,
) -> _Answers:
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
    return _Answers(
        table,
        np.array([each[1] for each in customers], dtype=np.float64),
        np.array([each[2] for each in customers], dtype=np.str_),
        np.array([each[3] for each in customers], dtype=np.int64),
        np.array([each[4] for each in customers], dtype=np.int64),
    )
