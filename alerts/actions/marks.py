"""The marks that intake leaves on touched series, taken by whoever evaluates."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from alerts.actions.groups import watch_series
from alerts.models import SeriesSeen
from cx_loop.models import DirtyMark

MARKS_AT_ONCE = 5_000

TAKE_MARKS = """
DELETE FROM cx_loop_dirtymark WHERE id IN (
    SELECT id FROM cx_loop_dirtymark WHERE marked_at <= %s
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING series_id, marked_at,
    EXISTS (SELECT FROM alerts_seriesseen AS s WHERE s.series_id = cx_loop_dirtymark.series_id)
"""


def take_marks(now: datetime) -> tuple[int, dict[int, datetime]]:
    """How many marks nobody else had taken, and series -> when it was first touched."""
    touched: dict[int, datetime] = {}
    with connection.cursor() as cursor:
        cursor.execute(TAKE_MARKS, [now, MARKS_AT_ONCE])
        marks = cursor.fetchall()
    for series, marked_at, _seen in marks:
        touched[series] = min(marked_at, touched.get(series, marked_at))
    if fresh := sorted({series for series, _, seen in marks if not seen}):
        watch_series(series_ids=fresh, now=min(touched.values()))
        SeriesSeen.objects.bulk_create(
            [SeriesSeen(series_id=series) for series in fresh], ignore_conflicts=True
        )
    return len(marks), touched


def put_back_marks(late: Mapping[int, datetime]) -> None:
    """The next drain takes these series again: their groups are not caught up yet.

    Otherwise a quiet group, whose old edges hold nothing, would go to sleep over what arrived.
    """
    DirtyMark.objects.bulk_create(
        DirtyMark(series_id=series, since=at, until=at, marked_at=at)
        for series, at in sorted(late.items())
    )
