"""From touched series to decisions. One idempotent function with three callers.

`drain(now)` runs in the request right after commit when few series were touched, in a job for
large batches, and in the sweep. It takes marks, evaluates the groups that watch these series and
the groups whose edge has passed, and writes what changed, in one transaction: a crash rolls all
of it back, and the marks are found again.

Where nothing opens that is four statements, each prepared: take and lock, the windows, the newest
decisions and alerts, and the writing of all that is new.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from alerts.actions.cases import Asked, Case, case_of
from alerts.actions.drifts import know_drifts
from alerts.actions.follow import follow_decisions
from alerts.actions.journal import keep_late, newest_asked, newest_of, words_of, write
from alerts.actions.lateness import look_again
from alerts.actions.marks import put_back_marks, take_marks
from alerts.actions.noise import know_noise
from alerts.actions.standing import Locked, lock_due
from alerts.actions.statements import GROUPS_AT_ONCE, MARKS_AT_ONCE
from alerts.logic.evaluate import decide, fail, needs_edge
from cx_loop.logic.totals import Totals
from cx_loop.models.prepared import in_few_trips
from cx_loop.reads import totals_of_windows

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Drained:
    groups: int
    more: bool  # whether something due may be left


def drain(*, now: datetime, series_ids: Collection[int] | None = None) -> Drained:
    """Evaluate what is due at `now`, as much as goes well into one transaction.

    With `series_ids` only what touched these series: a request waits for its own groups, and
    leaves the marks of others and passed edges to the sweep.
    """
    try:
        return _drained(now, series_ids, apart=False)
    except Exception:
        # whatever it was, nothing of it is left; now what fails is kept away from the rest
        log.info("a drain is done again, group by group", exc_info=True)
        return _drained(now, series_ids, apart=True)


def _drained(now: datetime, series_ids: Collection[int] | None, *, apart: bool) -> Drained:
    """`apart`: each alert and each task in a savepoint, four round trips more for each."""
    with transaction.atomic() if apart else in_few_trips():
        marks, locked = take_marks(now, series_ids)
        if series_ids is None:
            locked += lock_due(now, besides=[each.standing.group_id for each in locked])
        cases = [case_of(each, now) for each in locked]
        if cases:
            _judge(cases, now, apart=apart)
            if late := _not_seen_yet(cases):
                put_back_marks(late)
    full = marks == MARKS_AT_ONCE or len(cases) >= GROUPS_AT_ONCE
    return Drained(len(cases), full or any(case.is_behind for case in cases))


def drain_all(*, now: datetime) -> int:
    """Drain until nothing is left that is due at `now`. Returns the number of evaluated groups."""
    total = 0
    more = True
    while more:
        drained = drain(now=now)
        total, more = total + drained.groups, drained.more
    return total


def _not_seen_yet(cases: list[Case]) -> dict[int, Locked]:
    """Series whose groups are not caught up: what arrived on them has not been looked at."""
    return {
        series: case.locked
        for case in cases
        if case.touched and case.is_behind
        for series in case.series
    }


def _judge(cases: list[Case], now: datetime, *, apart: bool) -> None:
    """Decide, let the alerts follow, and write what is new."""
    asked = newest_asked(case.group_id for case in cases)  # travels with the windows
    _decide_all(cases, now)
    keep_late([(case.standing, case.late) for case in cases if case.late])
    newest = newest_of(asked)
    said = [
        row
        for case in cases
        if case.decisions
        for row in words_of(case.standing, newest[case.group_id].said, case.decisions)
    ]
    alerts = {group: found.alert for group, found in newest.items() if found.alert}
    settled = follow_decisions(cases, alerts, now, apart=apart)
    write(said, [case.standing for case in settled if case.has_moved])


def _decide_all(cases: list[Case], now: datetime) -> None:
    """Read every window of every case in one query, then judge each case edge by edge."""
    wanted = {
        asked: case.locked.parts[asked[1]]
        for case in cases
        for edge in (*case.touched_again, *case.edges)
        for asked in case.asked_at(edge)
    }
    totals = totals_of_windows([(asked, series, *asked[2]) for asked, series in wanted.items()])
    know_noise(cases)
    know_drifts(cases)
    for case in cases:
        if case.touched_again:
            look_again(case, totals)
        _decide_edges(case, totals, now)


def _decide_edges(case: Case, totals: dict[Asked, Totals], now: datetime) -> None:
    state = case.standing.judged
    asleep = False
    for edge in case.edges:
        provisional = edge == case.coming
        if asleep and not provisional and not case.is_awake_at(edge):
            continue  # live, it would not have been looked at either
        try:
            windows = case.windows_at(edge, totals)
            moment = now if provisional else None
            decision = decide(case.spec, windows, state, provisional=provisional, now=moment)
        except Exception:
            log.exception("rule %s could not be evaluated", case.standing.version_id)
            decision = fail(state, edge)
            windows = []
        state = decision.state
        case.decisions.append((edge, decision, provisional))
        if not provisional:
            holds_data = bool(windows) and windows[0].n > 0
            asleep = not needs_edge(case.spec, state, holds_data)
            case.standing.last_edge = edge
            case.standing.next_edge = None if asleep else case.frame.edge_after(edge)
    if case.coming is not None:
        case.standing.next_edge = case.coming
    elif case.wakes_at is not None:
        case.standing.next_edge = case.standing.next_edge or case.wakes_at
    case.standing.keep(state)
