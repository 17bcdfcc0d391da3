"""How much the days of groups differ, and which drops drift saw that a rule did not."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.logic.conditions import Spec, spec_from_json
from alerts.logic.confidence import overdispersion
from alerts.logic.drift import Standing, drift
from alerts.models import Alert, DriftStanding, Rule
from alerts.reads.pages import local_day
from cx_loop.logic.dispersion import HISTORY_DAYS
from cx_loop.logic.scores import Aggregate
from cx_loop.logic.totals import Totals
from cx_loop.models import Metric, Organization
from cx_loop.reads import totals_of_windows
from cx_loop.ui.charts import Point

MOST_GROUPS = 50
SHOWN = 42  # days
SMOOTHED_BEFORE = 28
HEARD = timedelta(days=7)  # an alert that comes so long after a drift has not missed it


def dispersions(
    asked: Mapping[int, tuple[Spec, Metric, date]], members: Mapping[int, Sequence[int]]
) -> dict[int, float]:
    """Group -> how many of its answers say as much as one independent one, from the eight weeks
    before a day: one query for all."""
    zone = Organization.current().zone
    spans = {group: day - timedelta(days=HISTORY_DAYS) for group, (_, _, day) in asked.items()}
    daily = daily_totals_of(spans, members, HISTORY_DAYS, zone)
    return {
        group: overdispersion(
            spans[group], daily[group], spec.aggregate, metric.scale, window=timedelta(days=7)
        )
        for group, (spec, metric, _) in asked.items()
    }


def missed_drops(
    rule: Rule, members: Mapping[int, Sequence[int]], *, since: datetime, now: datetime
) -> int | None:
    """Drifts for the worse that began in the period while no alert of the group was open, nor
    opened within a week; None for a rule that follows drift itself, or watches too many groups.
    """
    if rule.current is None or not 0 < len(members) <= MOST_GROUPS:
        return None
    spec, metric = spec_from_json(rule.current.spec), rule.current.metric
    if spec.drift:
        return None
    zone = Organization.current().zone
    began = local_day(since, zone)
    first = began - timedelta(days=HISTORY_DAYS)
    days = (local_day(now, zone) - first).days  # today is not over
    daily = daily_totals_of(dict.fromkeys(members, first), members, days, zone)
    heard = _heard(members, since=since)
    missed = 0
    for group, totals in daily.items():
        for day in drift(first, totals, spec.aggregate, metric.scale):
            news = day.signal and day.day >= began and day.worse(metric.higher_is_better)
            missed += bool(news) and not _was_heard(heard.get(group, []), day.day, zone)
    return missed


def drift_points(
    group: int,
    series: Sequence[int],
    metric: Metric,
    aggregate: Aggregate,
    *,
    zone: ZoneInfo,
    now: datetime,
) -> list[Point]:
    """The smoothed value of each of the last local days that are over, between its limits; none
    while the group is learning. It is smoothed from four weeks before: older days weigh nothing.
    """
    kept = DriftStanding.objects.filter(group=group).first()
    baseline = None if kept is None else Standing.from_json(kept.standing).baseline
    if baseline is None:
        return []
    today = local_day(now, zone)
    shown = today - timedelta(days=SHOWN)
    first = max(baseline.end + timedelta(days=1), shown - timedelta(days=SMOOTHED_BEFORE))
    daily = daily_totals_of({group: first}, {group: series}, (today - first).days, zone)
    days = drift(first, daily[group], aggregate, metric.scale, baseline=baseline)
    return [
        Point(day=day.day, value=day.smoothed, n=day.n, low=day.low, high=day.high)
        for day in days
        if day.day >= shown
    ]


def daily_totals_of(
    firsts: Mapping[int, date], members: Mapping[int, Sequence[int]], days: int, zone: ZoneInfo
) -> dict[int, list[Totals]]:
    """Group -> totals of so many local days from its first on."""
    spans = [
        ((group, place), members[group], *_span(first + timedelta(days=place), zone))
        for group, first in firsts.items()
        for place in range(days)
    ]
    found = totals_of_windows(spans)
    return {group: [found[group, place] for place in range(days)] for group in firsts}


def _heard(
    members: Mapping[int, Sequence[int]], *, since: datetime
) -> dict[int, list[tuple[datetime, datetime | None]]]:
    found: dict[int, list[tuple[datetime, datetime | None]]] = {}
    rows = Alert.objects.filter(group__in=members).order_by("pk")
    columns = rows.values_list("group", "opened_at", "closed_at")
    for group, opened_at, closed_at in columns:
        if closed_at is None or closed_at >= since - HEARD:
            found.setdefault(group, []).append((opened_at, closed_at))
    return found


def _was_heard(
    alerts: Sequence[tuple[datetime, datetime | None]], day: date, zone: ZoneInfo
) -> bool:
    start, end = _span(day, zone)
    return any(
        opened <= end + HEARD and (closed is None or closed >= start) for opened, closed in alerts
    )


def _span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time(), tzinfo=zone)
    return start, datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
