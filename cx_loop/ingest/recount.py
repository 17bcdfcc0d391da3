"""Rollups from the raw observations, month by month: to check them, or to make them anew.

A month whose raw observations retention has dropped is left as it is: its rollups are all that
is left of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from cx_loop.ingest import partitions
from cx_loop.models import DroppedMonth
from cx_loop.models.fold import SEAM

# hours below the seam of their series, and days that lie below it whole
_RECOUNTED = f"""
    WITH raw AS (
        SELECT series_id, date_bin('5 minutes', occurred_at, 'epoch') AS bucket, bin,
               count(*)::integer AS n, sum(value) AS total, sum(value * value) AS squares,
               sum(exposure) AS exposure
        FROM cx_loop_observation WHERE occurred_at >= %(start)s AND occurred_at < %(end)s
        GROUP BY 1, 2, 3
    ), folded AS (
        SELECT raw.*, {SEAM} AS seam FROM raw CROSS JOIN cx_loop_fold AS fold
    )
    SELECT series_id, 5::smallint AS grain, bucket, bin, n, total, squares, exposure FROM raw
    UNION ALL
    SELECT series_id, 60::smallint, date_bin('1 hour', bucket, 'epoch'), bin, sum(n)::integer,
           sum(total), sum(squares), sum(exposure)
    FROM folded WHERE bucket < seam GROUP BY 1, 3, 4
    UNION ALL
    SELECT series_id, 1440::smallint, date_bin('1 day', bucket, 'epoch'), bin, sum(n)::integer,
           sum(total), sum(squares), sum(exposure)
    FROM folded WHERE bucket < date_bin('1 day', seam, 'epoch') GROUP BY 1, 3, 4
"""  # noqa: S608

# sums of floats depend on their order, so they may differ in the last digits
_DIFFERENT = f"""
SELECT count(*) FROM ({_RECOUNTED}) AS raw
FULL JOIN (
    SELECT * FROM cx_loop_rollup WHERE bucket >= %(start)s AND bucket < %(end)s AND n > 0
) AS stored USING (series_id, grain, bucket, bin)
WHERE raw.n IS DISTINCT FROM stored.n
   OR abs(raw.total - stored.total) > 1e-9 * greatest(1, raw.squares)
   OR abs(raw.squares - stored.squares) > 1e-9 * greatest(1, raw.squares)
   OR abs(raw.exposure - stored.exposure) > 1e-9 * greatest(1, raw.exposure)
"""  # noqa: S608

# every rollup of [start, end) that the raw observations make; there must be none yet
REBUILT = f"""
INSERT INTO cx_loop_rollup (series_id, grain, bucket, bin, n, total, squares, exposure)
{_RECOUNTED}
"""


@dataclass(frozen=True, slots=True)
class Month:
    start: datetime
    different: int  # rollup rows that are not what the raw observations say
    rows: int  # written; 0 when only checked


def recount(*, rebuild: bool, newest: int = 0) -> Iterator[Month]:
    """Compare each month that has raw observations (or the `newest` so many), and with `rebuild`
    write it anew."""
    dropped = set(DroppedMonth.objects.values_list("month", flat=True))
    months = [bounds for bounds in partitions.months() if bounds[0] not in dropped]
    for start, end in months[-newest:]:
        bounds = {"start": start, "end": end}
        with transaction.atomic(), connection.cursor() as cursor:
            # senders and folds wait, otherwise what they add would be counted once or twice
            cursor.execute("LOCK TABLE cx_loop_rollup IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute(_DIFFERENT, bounds)
            different = cursor.fetchone()[0]
            rows = 0
            if rebuild and different:
                cursor.execute(
                    "DELETE FROM cx_loop_rollup WHERE bucket >= %(start)s AND bucket < %(end)s",
                    bounds,
                )
                cursor.execute(REBUILT, bounds)
                rows = cursor.rowcount
        yield Month(start, different, rows)
