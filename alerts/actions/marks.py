"""The marks that intake leaves on touched series, taken by whoever evaluates."""

from collections.abc import Collection, Mapping
from datetime import datetime

from alerts.actions import statements
from alerts.actions.groups import watch_series
from alerts.actions.standing import Locked, lock_touched, locked_of
from alerts.models import SeriesSeen
from cx_loop.models import DirtyMark
from cx_loop.models.prepared import array, ask


def take_marks(
    now: datetime, series_ids: Collection[int] | None = None
) -> tuple[int, list[Locked]]:
    """How many marks nobody else had taken, and the groups that watch what they are on, locked.

    Of all series, or of these alone. A series met for the first time is brought under the rules
    that watch its touchpoint.
    """
    if series_ids is None:
        rows = ask(statements.TAKE_ALL, {"now": now})
    else:
        rows = ask(statements.TAKE_THESE, {"now": now, "series": array(series_ids)})
    marks, series, touched, first, last, fresh, *_ = rows[0]
    if not marks:
        return 0, []
    if not fresh:
        return marks, locked_of([row[6:] for row in rows if row[7] is not None])
    watch_series(series_ids=sorted(fresh), now=min(touched))
    SeriesSeen.objects.bulk_create(
        [SeriesSeen(series_id=each) for each in sorted(fresh)], ignore_conflicts=True
    )
    return marks, lock_touched(series, touched, first, last)


def put_back_marks(late: Mapping[int, Locked]) -> None:
    """The next drain takes these series again: the group beside each is not caught up yet.

    Otherwise a quiet group, whose old edges hold nothing, would go to sleep over what arrived.
    """
    DirtyMark.objects.bulk_create(
        DirtyMark(series_id=series, since=group.first, until=group.last, marked_at=group.touched)
        for series, group in sorted(late.items(), key=lambda item: item[0])
        if group.first and group.last and group.touched
    )
