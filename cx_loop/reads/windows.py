"""What windows of series amount to: sums of rollup rows, at a cost that does not depend on how
many observations there are.

A window is the days it holds that are folded, before and after them hours, and the fine rows for
the rest (`models/fold.py`): how far things are folded is asked in the same statement, so both are
of one moment.

The plan of `totals_of_windows` is a nested loop: for each pair of window and series up to five
ranges of the rollups' primary key (series, grain, bucket, bin), summed by bin; a range that is
empty is not looked up. The lateral aggregate holds the planner to it; joined plainly, 200 windows
of two million rows were a scan of all of them.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import connection

from cx_loop.logic.totals import Totals
from cx_loop.models import COARSE, FINE
from cx_loop.models.fold import ROWS_OF_GRAIN, SEAM
from cx_loop.models.prepared import array, ask, moments

Key = TypeVar("Key", bound=Hashable)

_RANGE = """
        SELECT bin, n, total, squares, exposure FROM cx_loop_rollup
        WHERE series_id = cut.series_id AND grain = {grain} AND {since} < {until}
          AND bucket >= {since} AND bucket < {until} AND n > 0"""
# grain, and the names `cut` gives to both ends
_RANGES = (
    (5, "since", "first_hour_or_end"),
    (60, "first_hour", "first_day_or_hour"),
    (1440, "first_day", "last_day"),
    (60, "from_last_day", "last_hour"),
    (5, "from_last_hour", "until"),
)
_EVERY = "\n        UNION ALL".join(
    _RANGE.format(grain=grain, since=f"cut.{since}", until=f"cut.{until}")
    for grain, since, until in _RANGES
)

_WINDOWS = f"""
WITH asked AS MATERIALIZED (
    SELECT place, series_id, since, until,
           date_bin('1 hour', since + interval '55 minutes', 'epoch') AS first_hour,
           least(date_bin('1 hour', until, 'epoch'), coalesce({SEAM}, '-infinity')) AS last_hour
    FROM unnest(%(place)s::integer[], %(series)s::bigint[], %(since)s::timestamptz[],
                %(until)s::timestamptz[]) AS asked(place, series_id, since, until)
    LEFT JOIN cx_loop_fold AS fold ON true
), days AS MATERIALIZED (
    SELECT *, date_bin('1 day', first_hour + interval '23 hours', 'epoch') AS first_day,
           date_bin('1 day', last_hour, 'epoch') AS last_day
    FROM asked
), cut AS MATERIALIZED (
    SELECT *, CASE WHEN first_hour < last_hour THEN first_hour ELSE until END AS first_hour_or_end,
           CASE WHEN first_hour < last_hour THEN last_hour ELSE until END AS from_last_hour,
           CASE WHEN first_day < last_day THEN first_day ELSE last_hour END AS first_day_or_hour,
           CASE WHEN first_day < last_day THEN last_day ELSE last_hour END AS from_last_day
    FROM days
)
SELECT cut.place, part.bin,
       sum(part.n)::bigint, sum(part.total), sum(part.squares), sum(part.exposure)
FROM cut
CROSS JOIN LATERAL (
    SELECT bin, sum(n) AS n, sum(total) AS total, sum(squares) AS squares,
           sum(exposure) AS exposure
    FROM ({_EVERY}
    ) AS row
    GROUP BY bin
) AS part
GROUP BY 1, 2
"""  # noqa: S608

_POINTS = f"""
SELECT bucket, bin, sum(n), sum(total), sum(squares), sum(exposure)
FROM ({ROWS_OF_GRAIN}) AS row
GROUP BY 1, 2 ORDER BY 1
"""  # noqa: S608


def window_totals(series_ids: Sequence[int], start: datetime, end: datetime) -> Totals:
    """Totals of the series together in [start, end); see `totals_of_windows`."""
    return totals_of_windows([(0, series_ids, start, end)])[0]


def totals_of_windows(
    windows: Iterable[tuple[Key, Sequence[int], datetime, datetime]],
) -> dict[Key, Totals]:
    """Totals of many windows (key, series, start, end), half-open, in one query.

    Both ends aware and on a multiple of five minutes UTC, otherwise ValueError. A window without
    observations has empty totals.
    """
    asked = list(windows)
    rows: list[tuple[int, int, datetime, datetime]] = []
    for place, (_, series_ids, start, end) in enumerate(asked):
        _check_edges(start, end)
        rows += [(place, series_id, start, end) for series_id in series_ids]
    found = _of_windows(rows) if rows else {}
    return {key: found.get(place, Totals()) for place, (key, *_) in enumerate(asked)}


def daily_totals(
    series_ids: Sequence[int], zone: ZoneInfo, first_day: date, last_day: date
) -> dict[date, Totals]:
    """Totals of each local day from `first_day` to `last_day`, both included; [00:00, 24:00) in
    `zone`, so a day with a clock change has 23 or 25 hours."""
    return daily_totals_of([series_ids], zone, first_day, last_day)[0]


def daily_totals_of(
    sets: Sequence[Sequence[int]], zone: ZoneInfo, first_day: date, last_day: date
) -> list[dict[date, Totals]]:
    """`daily_totals` of each set of series, in one query."""
    days = [first_day + timedelta(days=offset) for offset in range((last_day - first_day).days + 1)]
    edges = [_midnight(day, zone) for day in (*days, last_day + timedelta(days=1))]
    found = totals_of_windows(
        ((place, day), series_ids, edges[at], edges[at + 1])
        for place, series_ids in enumerate(sets)
        for at, day in enumerate(days)
    )
    return [{day: found[place, day] for day in days} for place in range(len(sets))]


def series_points(
    series_ids: Sequence[int], start: datetime, end: datetime, grain: int = COARSE
) -> dict[datetime, Totals]:
    """Totals of each bucket of `grain` minutes (5 or 60) in [start, end) that holds observations,
    in order of time: what a chart draws. Both ends on its multiples."""
    asked: dict[str, Any] = {"series": list(series_ids), "grain": grain, "start": start, "end": end}
    with connection.cursor() as cursor:
        cursor.execute(_POINTS, asked)
        return _summed(cursor.fetchall())


def _check_edges(start: datetime, end: datetime) -> None:
    if start.timestamp() % (FINE * 60) or end.timestamp() % (FINE * 60):
        raise ValueError("A window begins and ends on a multiple of five minutes.")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _of_windows(rows: list[tuple[int, int, datetime, datetime]]) -> dict[int, Totals]:
    place, series, since, until = zip(*rows, strict=True)
    asked = {
        "place": array(place),
        "series": array(series),
        "since": moments(since),
        "until": moments(until),
    }
    return _summed(ask(_WINDOWS, asked))


def _summed(rows: Iterable[tuple[Any, ...]]) -> dict[Any, Totals]:
    """Rows of (group, bin, sums) as totals of each group."""
    parts: dict[Any, list[Totals]] = defaultdict(list)
    for group, bin, n, total, squares, exposure in rows:
        parts[group].append(Totals(n, total, squares, exposure, {bin: n}))
    return {group: Totals.combined(found) for group, found in parts.items()}
