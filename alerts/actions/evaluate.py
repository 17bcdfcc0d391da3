"""From touched series to decisions. One idempotent function with three callers.

`drain(now)` runs in the request right after commit when few series were touched, in a job for
large batches, and in the sweep. It takes marks, evaluates the groups that watch these series and
the groups whose edge has passed, and writes what changed, in one transaction: a crash rolls all
of it back, and the marks are found again.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef

from alerts.actions.alerts import change_severity, open_alert, resolve
from alerts.actions.journal import write_evaluations, write_states
from alerts.actions.marks import MARKS_AT_ONCE, put_back_marks, take_marks
from alerts.logic.conditions import Spec, edge_after, edges_between, spec_from_json
from alerts.logic.edges import edge_step
from alerts.logic.evaluate import (
    Decision,
    State,
    Window,
    decide,
    fail,
    needs_edge,
    windows_needed,
)
from alerts.models import Alert, GroupSeries, RuleState, RuleVersion
from cx_loop.logic.bins import Scale
from cx_loop.logic.scores import value
from cx_loop.logic.totals import Totals
from cx_loop.models import Metric
from cx_loop.reads import totals_of_windows

log = logging.getLogger(__name__)

GROUPS_AT_ONCE = 1_000
EDGES_AT_ONCE = 200  # a long downtime is caught up in several drains
JUDGED = ("firing", "recovering")
EMPTY = Totals()


@dataclass(slots=True)
class Case:
    """A group under evaluation: where it stands, its edges to judge, and what was decided."""

    row: RuleState
    spec: Spec
    scale: Scale
    series: list[int]
    touched: datetime | None = None  # when its oldest mark was left
    passed: list[datetime] = field(default_factory=list)
    coming: datetime | None = None  # edge of a provisional evaluation
    decisions: list[tuple[datetime, Decision, bool]] = field(default_factory=list)

    @property
    def is_behind(self) -> bool:
        return len(self.passed) == EDGES_AT_ONCE

    def is_awake_at(self, edge: datetime) -> bool:
        """Whether something had arrived before an edge."""
        return self.touched is not None and self.touched < edge

    @property
    def ever_fires(self) -> bool:
        return any(decision.state.level for _, decision, _ in self.decisions)

    @property
    def edges(self) -> list[datetime]:
        return [*self.passed, *([self.coming] if self.coming else [])]


@dataclass(frozen=True, slots=True)
class Drained:
    groups: int
    more: bool  # whether something due may be left


def drain(*, now: datetime, only_touched: bool = False) -> Drained:
    """Evaluate what is due at `now`, as much as goes well into one transaction.

    `only_touched` leaves passed edges to the sweep: a request waits for its own groups only.
    """
    with transaction.atomic():
        marks, touched = take_marks(now)
        rows = _lock_states(touched, now, only_touched=only_touched)
        cases = _prepare(rows, touched, now)
        if cases:
            _decide_all(cases, now)
            write_evaluations([(case.row, case.decisions) for case in cases])
            _apply(cases, now)
            put_back_marks(_not_seen_yet(cases))
    full = marks == MARKS_AT_ONCE or len(rows) >= GROUPS_AT_ONCE
    return Drained(len(cases), full or any(case.is_behind for case in cases))


def drain_all(*, now: datetime) -> int:
    """Drain until nothing is left that is due at `now`. Returns the number of evaluated groups."""
    total = 0
    more = True
    while more:
        drained = drain(now=now)
        total, more = total + drained.groups, drained.more
    return total


def _not_seen_yet(cases: list[Case]) -> dict[int, datetime]:
    """Series whose groups are not caught up: what arrived on them has not been looked at."""
    return {
        series: case.touched
        for case in cases
        if case.touched and case.is_behind
        for series in case.series
    }


def _lock_states(
    touched: dict[int, datetime], now: datetime, *, only_touched: bool
) -> list[RuleState]:
    """Touched groups are waited for, otherwise their mark would be lost; due ones are skipped."""
    rows: dict[int, RuleState] = {}
    members = GroupSeries.objects.filter(group=OuterRef("group")).order_by("series_id")
    base = RuleState.objects.annotate(members=ArraySubquery(members.values("series_id")))
    if touched:
        groups = GroupSeries.objects.filter(series__in=touched).values("group")
        locked = base.filter(group__in=groups).order_by("group_id").select_for_update()
        rows.update((row.group_id, row) for row in locked)
    if only_touched:
        return list(rows.values())
    due = base.due(now).exclude(group__in=rows).order_by("next_edge", "group_id")
    skipping = due.select_for_update(skip_locked=True)
    rows.update((row.group_id, row) for row in skipping[:GROUPS_AT_ONCE])
    return list(rows.values())


def _prepare(rows: list[RuleState], touched: dict[int, datetime], now: datetime) -> list[Case]:
    metrics = Metric.objects.in_bulk({_meaning(row.version_id)[1] for row in rows})
    cases = []
    for row in rows:
        spec, metric = _meaning(row.version_id)
        members: list[int] = row.members  # type: ignore[attr-defined]
        case = Case(row, spec, metrics[metric].scale, members)
        marks = [touched[series] for series in case.series if series in touched]
        case.touched = min(marks, default=None)
        first = row.next_edge
        if first is None and case.touched:
            first = edge_after(case.touched, spec.window)
        if first is not None:
            missed = edges_between(first - edge_step(spec.window), now, spec.window)
            case.passed = list(islice(missed, EDGES_AT_ONCE))
        if case.touched and not case.is_behind:
            # another drain with a later clock may have passed this edge already
            passed = row.last_edge + edge_step(spec.window) if row.last_edge else now
            case.coming = max(edge_after(now, spec.window), passed)
        cases.append(case)
    return cases


@lru_cache(maxsize=10_000)
def _meaning(version: int) -> tuple[Spec, int]:
    """What a version of a rule says, and its metric: versions never change."""
    found = RuleVersion.objects.get(pk=version)
    return spec_from_json(found.spec), found.metric_id


def _decide_all(cases: list[Case], now: datetime) -> None:
    """Read every window of every case in one query, then judge each case edge by edge."""
    wanted = {}
    for case in cases:
        for edge in case.edges:
            for back in range(windows_needed(case.spec)):
                end = edge - back * case.spec.window
                wanted[(case.row.group_id, end)] = (case.series, end - case.spec.window, end)
    totals = totals_of_windows([(key, *window) for key, window in wanted.items()])
    for case in cases:
        _decide_edges(case, totals, now)


def _decide_edges(case: Case, totals: dict[tuple[int, datetime], Totals], now: datetime) -> None:
    state = _state_of(case.row)
    asleep = False
    for edge in case.edges:
        provisional = edge == case.coming
        if asleep and not provisional and not case.is_awake_at(edge):
            continue  # live, it would not have been looked at either
        try:
            windows = [
                _window(case, edge - back * case.spec.window, totals)
                for back in range(windows_needed(case.spec))
            ]
            moment = now if provisional else None
            decision = decide(case.spec, windows, state, provisional=provisional, now=moment)
        except Exception:
            log.exception("rule %s could not be evaluated", case.row.version_id)
            decision = fail(state, edge)
            windows = []
        state = decision.state
        case.decisions.append((edge, decision, provisional))
        if not provisional:
            holds_data = bool(windows) and windows[0].n > 0
            asleep = not needs_edge(case.spec, state, holds_data)
            case.row.last_edge = edge
            case.row.next_edge = None if asleep else edge + edge_step(case.spec.window)
    if case.coming is not None:
        case.row.next_edge = case.coming
    _keep_state(case.row, state)


def _window(case: Case, end: datetime, totals: dict[tuple[int, datetime], Totals]) -> Window:
    found = totals.get((case.row.group_id, end), EMPTY)
    return Window(
        start=end - case.spec.window,
        edge=end,
        value=value(found, case.spec.aggregate, case.scale),
        n=found.samples(case.scale.kind),
    )


def _state_of(row: RuleState) -> State:
    return State(row.state, row.level, row.since, row.muted, row.last_data_at)


def _keep_state(row: RuleState, state: State) -> None:
    row.state, row.level, row.since = state.state, state.level, state.since
    row.muted, row.last_data_at = state.muted, state.last_data_at


def _apply(cases: list[Case], now: datetime) -> None:
    groups = [case.row.group_id for case in cases]
    unresolved = {
        alert.group_id: alert for alert in Alert.objects.unresolved().filter(group__in=groups)
    }
    settled = []
    for case in cases:
        alert = unresolved.get(case.row.group_id)
        try:
            if alert is not None or case.ever_fires:
                with transaction.atomic():
                    _follow_decisions(case, alert, now)
            settled.append(case.row)
        except Exception:
            log.exception(
                "group %s could not be settled; its next edge tries again", case.row.group_id
            )
            RuleState.objects.filter(pk=case.row.pk).update(
                next_edge=edge_after(now, case.spec.window)
            )
    write_states(settled)


def _follow_decisions(case: Case, alert: Alert | None, now: datetime) -> None:
    """Let the alert follow the state, edge by edge; the database allows one unresolved a group."""
    for edge, decision, _provisional in case.decisions:
        level = decision.state.level
        reading, n = decision.params.get("value"), decision.params.get("n", 0)
        if alert is None and level is not None and not decision.state.muted:
            alert = open_alert(
                group=case.row.group,
                version=case.row.version,
                severity=level,
                edge=edge,
                value=reading,
                n=n,
                now=now,
            )
        elif alert is not None and level is None:
            resolve(alert=alert, now=now, cleared=True)
            alert = None
        elif alert is not None and level is not None:
            if decision.verdict in JUDGED and reading != alert.last_value:
                _keep_peak(case, alert, reading, n)
            if level != alert.severity:
                change_severity(alert=alert, severity=level, now=now)


def _keep_peak(case: Case, alert: Alert, reading: float | None, n: float) -> None:
    """Remember the newest value and the worst one."""
    upward = case.spec.levels[0].operator.endswith("above")
    worst = [value for value in (alert.peak, reading) if value is not None]
    alert.peak = (max(worst) if upward else min(worst)) if worst else None
    alert.last_value, alert.last_n = reading, n
    alert.save(update_fields=["peak", "last_value", "last_n"])
