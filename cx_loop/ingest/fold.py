"""Folding fine rollups into hours and days, behind a seam that trails the present.

Intake writes one grain only; what is added below the seam afterwards (late, corrected, taken
out) it writes into all three. So hours and days are exact below the seam and empty above it, at
every commit, and a reader takes the fine rows for the rest.

The seam moves in slices, each a transaction: an hour, or a day when far behind, of a run of
series. Meanwhile intake waits, so a slice is kept short by how many rows the one before wrote.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from cx_loop.models import Fold

LAG = timedelta(hours=2)  # what arrives within it costs one row instead of three
SLICES = 100  # of one call
_LOCK = 5_871_202  # the one of cx_loop_hold_fold: senders share it, a slice has it alone
SERIES = 500  # of the first slice of a call; then as many as take about a tenth of a second
_FEWEST, _MOST = 20, 5_000
_ENOUGH = 5_000  # rows a slice may write

_BEGINNING = """
SELECT min(first.bucket) FROM cx_loop_series AS series
CROSS JOIN LATERAL (
    SELECT bucket FROM cx_loop_rollup WHERE series_id = series.id AND grain = 5
    ORDER BY bucket LIMIT 1
) AS first
"""

_LAST = """
SELECT max(id), count(*) FROM (
    SELECT id FROM cx_loop_series WHERE id > %(after)s ORDER BY id LIMIT %(many)s
) AS next
"""

# in the order in which a window reads them: a month of one series is a page or two a day
_FOLD = """
INSERT INTO cx_loop_rollup (series_id, grain, bucket, bin, n, total, squares, exposure)
SELECT series.id, %(to)s, part.* FROM cx_loop_series AS series
CROSS JOIN LATERAL (
    SELECT date_bin(%(to)s * interval '1 minute', bucket, 'epoch') AS whole, bin,
           sum(n)::integer, sum(total), sum(squares), sum(exposure)
    FROM cx_loop_rollup
    WHERE series_id = series.id AND grain = %(from)s
      AND bucket >= %(since)s AND bucket < %(until)s AND n > 0
    GROUP BY 1, 2
) AS part
WHERE series.id > %(after)s AND series.id <= %(last)s
ORDER BY series.id, part.whole, part.bin
"""


def fold(*, now: datetime, slices: int = SLICES, series: int = SERIES) -> int:
    """Move the seam towards two hours before `now` (aware); never back. How many slices it took.

    Idempotent, and safe to run anywhere, by several at once. Gives up, until it is called again,
    where a sender's transaction keeps it waiting: other senders wait behind it.
    """
    goal = _floor(now - LAG, timedelta(hours=1))
    for done in range(slices):
        try:
            rows = _slice(goal, series)
        except OperationalError as problem:
            if isinstance(problem.__cause__, LockNotAvailable):
                return done
            raise
        if rows is None:
            return done
        if rows > _ENOUGH:
            series = max(_FEWEST, series // 2)
        elif rows < _ENOUGH // 4:
            series = min(_MOST, series * 2)
    return slices


def _slice(goal: datetime, many: int) -> int | None:
    """Fold the next `many` series; how many rows that made, or None: there is nothing to fold."""
    at = Fold.objects.first() or _begun(goal)
    if not at.through and at.folded_until >= goal:
        return None
    until = at.folding_until if at.through else min(goal, _midnight_after(at.folded_until))
    with connection.cursor() as cursor:
        cursor.execute(_LAST, {"after": at.through, "many": many})
        last, found = cursor.fetchone()
    end = found < many
    bounds = {"since": at.folded_until, "until": until, "after": at.through}
    with transaction.atomic(), connection.cursor() as cursor:
        _hold(cursor)
        if not Fold.objects.filter(folded_until=at.folded_until, through=at.through).exists():
            return 0  # somebody else did
        # the last slice has no end: a series may have been made since
        bounds["last"] = 2**62 if end else last
        rows = _folded(cursor, bounds)
        Fold.objects.update(
            folded_until=until if end else at.folded_until,
            folding_until=until,
            through=0 if end else last,
        )
    return rows


def _folded(cursor: Any, bounds: dict[str, Any]) -> int:
    cursor.execute(_FOLD, {**bounds, "from": 5, "to": 60})
    rows: int = cursor.rowcount
    day = timedelta(days=1)
    if bounds["until"] == _floor(bounds["until"], day):
        since = bounds["until"] - day
        cursor.execute(_FOLD, {**bounds, "since": since, "from": 60, "to": 1440})
        rows += cursor.rowcount
    return rows


def _begun(goal: datetime) -> Fold:
    """The seam below everything there is, or at the goal where there is nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        _hold(cursor)
        cursor.execute(_BEGINNING)
        (first,) = cursor.fetchone()
        seam = goal if first is None else min(goal, _floor(first, timedelta(days=1)))
        return Fold.objects.get_or_create(defaults={"folded_until": seam, "folding_until": seam})[0]


def _hold(cursor: Any) -> None:
    """Alone with the rollups until the commit. The table first, as senders lock it first;
    otherwise a recount that waits for them could wait for us, and they for us too."""
    cursor.execute("SET LOCAL lock_timeout = '250ms'")
    cursor.execute("LOCK TABLE cx_loop_rollup IN ROW EXCLUSIVE MODE")
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


def _midnight_after(moment: datetime) -> datetime:
    day = timedelta(days=1)
    return _floor(moment, day) + day


def _floor(moment: datetime, step: timedelta) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + (moment - epoch) // step * step
