"""The noise of groups whose rule asks for certainty, looked up once a week by each process."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice

from alerts.actions.cases import Case
from alerts.logic.certain import wanted
from alerts.logic.evaluate import windows_needed
from alerts.logic.noise import days_before, local_span, noise_of, week_of
from cx_loop.reads import totals_of_windows

MOST_KEPT = 20_000

Key = tuple[int, int, date]  # version, group, week

_kept: dict[Key, float] = {}


def know_noise(cases: Iterable[Case], edges: Iterable[datetime] | None = None) -> None:
    """Give each case the noise of its windows: one query for all that is not known yet.

    Of all edges a case is to be judged at, or of these.
    """
    missing: dict[Key, Case] = {}
    for case in cases:
        if not wanted(case.spec):
            continue
        for week in _weeks(case, edges):
            key = (case.standing.version_id, case.group_id, week)
            if key in _kept and not _has_changed(case, week):
                case.noise[week] = _kept[key]
            else:
                missing[key] = case
    if missing:
        _look(missing)


def _weeks(case: Case, edges: Iterable[datetime] | None) -> set[date]:
    judged = [*case.touched_again, *case.edges] if edges is None else edges
    back = windows_needed(case.spec)
    return {
        week_of(start, case.frame.zone)
        for edge in judged
        for start, _ in case.frame.spans(edge, back)
    }


def _has_changed(case: Case, week: date) -> bool:
    """Whether what has just arrived belongs to the weeks that were looked at."""
    first = case.locked.first
    return first is not None and week not in case.noise and week_of(first, case.frame.zone) < week


def _look(missing: dict[Key, Case]) -> None:
    asked = {
        (key[1], day): (case.own_series, *local_span(day, case.frame.zone))
        for key, case in missing.items()
        for day in days_before(key[2])
    }
    totals = totals_of_windows((ask, *window) for ask, window in asked.items())
    if len(_kept) > MOST_KEPT:
        for key in list(islice(_kept, MOST_KEPT // 2)):
            _kept.pop(key, None)
    for key, case in missing.items():
        _, group, week = key
        daily = {day: totals[group, day] for day in days_before(week)}
        _kept[key] = case.noise[week] = noise_of(case.spec, case.scale, week, daily)
