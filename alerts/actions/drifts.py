"""The days of groups whose rule follows drift: judged once each, when they are over.

Each night reads the days that are new, and the week before them, for what came late. Only while
a group is learning what is normal, its past is read.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.actions.cases import Case
from alerts.events import outcomes_of_work
from alerts.logic.drift import Standing
from alerts.logic.drifting import LATE_DAYS, drift_windows, learned_from
from alerts.logic.frames import MOMENT
from alerts.logic.noise import days_between, local_span
from alerts.models import Alert, DriftStanding
from cx_loop.reads import totals_of_windows

log = logging.getLogger(__name__)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Night:
    """The days of a case to be read from `first`, and judged from `since` to `last`."""

    case: Case
    standing: Standing
    first: date
    since: date
    last: date

    @property
    def days(self) -> list[date]:
        return days_between(self.first, self.last)

    @property
    def keep(self) -> date:
        return max(self.since - DAY, self.last - LATE_DAYS * DAY)


def know_drifts(cases: Sequence[Case]) -> None:
    """Give each case that follows drift the windows of its days: three queries for all."""
    asked = [case for case in cases if case.spec.drift and case.passed]
    if not asked:
        return
    kept = DriftStanding.objects.in_bulk([case.group_id for case in asked])
    nights = [_night(case, kept.get(case.group_id)) for case in asked]
    totals = totals_of_windows(
        ((night.case.group_id, day), night.case.own_series, *local_span(day, _zone(night)))
        for night in nights
        for day in night.days
    )
    settled = _settled(nights)
    rows = []
    for night in nights:
        case = night.case
        try:
            windows, standing = drift_windows(
                case.spec,
                case.scale,
                _zone(night),
                {day: totals[case.group_id, day] for day in night.days},
                since=night.since,
                standing=night.standing,
                keep=night.keep,
                settled=settled[case.group_id],
            )
        except Exception:
            log.exception("the drift of group %s could not be told", case.group_id)
            continue
        case.drifted = {window.edge: window for window in windows}
        rows.append(
            DriftStanding(
                group_id=case.group_id,
                version_id=case.standing.version_id,
                through=night.keep,
                standing=standing.as_json(),
            )
        )
    DriftStanding.objects.bulk_create(
        sorted(rows, key=lambda row: row.group_id),
        update_conflicts=True,
        unique_fields=["group"],
        update_fields=["version", "through", "standing"],
    )


def _night(case: Case, kept: DriftStanding | None) -> _Night:
    zone = case.frame.zone
    newest, last = (_day_before(edge, zone) for edge in (case.passed[0], case.passed[-1]))
    if kept is None or kept.version_id != case.standing.version_id:
        standing, since = Standing(), newest
    else:
        standing, since = Standing.from_json(kept.standing), kept.through + DAY
    since = min(since, newest)
    return _Night(case, standing, learned_from(standing, since), since, last)


def _settled(nights: Sequence[_Night]) -> Mapping[int, Collection[date]]:
    """Group -> the local days on which people decided what a drift had been."""
    zones = {night.case.group_id: _zone(night) for night in nights}
    alerts = Alert.objects.filter(group__in=list(zones)).order_by("pk")
    found: dict[int, set[date]] = defaultdict(set)
    rows = list(alerts.values_list("pk", "group", "closed_at", "cleared"))
    outcomes = outcomes_of_work([pk for pk, *_ in rows]) if rows else {}
    for pk, group, closed_at, cleared in rows:
        outcome = outcomes.get(pk)
        known = outcome is not None and outcome.resolution != "self_recovered"
        decided = [
            outcome.closed_at if outcome is not None and known else None,
            None if cleared else closed_at,
        ]
        found[group] |= {each.astimezone(zones[group]).date() for each in decided if each}
    return found


def _zone(night: _Night) -> ZoneInfo:
    return night.case.frame.zone


def _day_before(edge: datetime, zone: ZoneInfo) -> date:
    return (edge - MOMENT).astimezone(zone).date()
