"""A recovery rule tried on stored answers: whom it would have put on the lists, week by week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from cx_loop.models import FINE, Metric, Series, Touchpoint
from cx_loop.reads import totals_of_windows
from tasks.logic.recovery import Line

WEEKS = 4

# week 0 is the newest; the row of neither touchpoint nor week is of all together
_BEYOND = """
WITH beyond AS (
    SELECT series.touchpoint_id AS touchpoint,
           floor(extract(epoch FROM %(until)s - said.occurred_at) / 604800)::integer AS week,
           link.digest AS listed, link.customer, row.id AS already
    FROM cx_loop_observation AS said
    JOIN cx_loop_series AS series ON series.id = said.series_id
    LEFT JOIN cx_loop_customerlink AS link ON link.digest = said.digest
    LEFT JOIN tasks_recovery AS row ON row.digest = said.digest
    WHERE said.series_id = ANY(%(series)s::bigint[])
      AND said.occurred_at >= %(since)s AND said.occurred_at < %(until)s
      AND CASE WHEN %(low)s THEN said.value < %(at)s ELSE said.value > %(at)s END
)
SELECT touchpoint, week, count(listed), count(DISTINCT customer),
       count(*) - count(listed), count(already)
FROM beyond GROUP BY GROUPING SETS ((touchpoint), (week), ())
"""


@dataclass(frozen=True, slots=True)
class Beyond:
    """Of `n` answers: `listed` beyond the line, by `customers`; `unknown`: beyond it too, of nobody
    who can be told apart; `already`: on a list as it is."""

    n: int = 0
    listed: int = 0
    customers: int = 0
    unknown: int = 0
    already: int = 0


@dataclass(frozen=True, slots=True)
class Tried:
    """`places`: where answers were given, the most for the list first; `weeks`: listed, the newest
    week first."""

    all: Beyond
    places: list[tuple[Touchpoint, Beyond]]
    weeks: list[int]

    @property
    def a_week(self) -> float:
        return self.all.listed / WEEKS


def tried(metric: Metric, touchpoints: Sequence[str], line: Line, now: datetime) -> Tried:
    """The last four weeks at these touchpoints (keys; none: all), as the rule would have seen them.

    `line` is never inclusive. Four queries, however many there are.
    """
    until = datetime.fromtimestamp(now.timestamp() // (FINE * 60) * (FINE * 60), tz=now.tzinfo)
    since = until - timedelta(weeks=WEEKS)
    series = Series.objects.filter(metric=metric, touchpoint__retired_at=None)
    if touchpoints:
        series = series.filter(touchpoint__key__in=touchpoints)
    ids: dict[int, list[int]] = {}
    for pk, place in series.exclude(touchpoint=None).order_by("pk").values_list("pk", "touchpoint"):
        ids.setdefault(place, []).append(pk)
    totals = totals_of_windows((place, found, since, until) for place, found in ids.items())
    n = {place: found.n for place, found in totals.items() if found.n}
    every = [pk for found in ids.values() for pk in found]
    places, weeks, whole = _beyond(every, line, since, until)
    named = Touchpoint.objects.select_related("owner").in_bulk(list(n))
    rows = [(named[place], _with(places.get(place, ()), n[place])) for place in n]
    return Tried(
        all=_with(whole, sum(n.values())),
        places=sorted(rows, key=lambda row: (-row[1].listed, row[0].key)),
        weeks=[weeks.get(week, (0,))[0] for week in range(WEEKS)],
    )


Counts = tuple[int, ...]  # listed, customers, unknown, already


def _with(counts: Counts, n: int) -> Beyond:
    return Beyond(n, *counts)


def _beyond(
    series: list[int], line: Line, since: datetime, until: datetime
) -> tuple[dict[int, Counts], dict[int, Counts], Counts]:
    """By touchpoint, by week, and of all together."""
    asked: dict[str, Any] = {"series": series, "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_BEYOND, {**asked, "at": line.at, "low": line.low_is_bad})
        rows = cursor.fetchall()
    places = {row[0]: row[2:] for row in rows if row[0] is not None}
    weeks = {row[1]: row[2:] for row in rows if row[1] is not None}
    return places, weeks, next((row[2:] for row in rows if row[0] is None and row[1] is None), ())
