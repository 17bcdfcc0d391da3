"""How a touchpoint stands: each metric over some weeks, by day, and by segment and week.

The same queries however many metrics, segments and rules there are.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists

from alerts.models import Alert, Group, RuleVersion
from alerts.reads.pages import aggregate_of
from alerts.reads.rules import watched_states
from cx_loop.logic.scores import Aggregate, Interval, Totals, default_aggregate, interval, value
from cx_loop.models import Metric, Series, Touchpoint, User
from cx_loop.reads import totals_of_windows
from cx_loop.ui.charts import Point

WEEK, WEEKS = 7, 8  # days; weeks of a segment, today's the last
MOST_ALERTS = 30  # of a chart


@dataclass(frozen=True, slots=True)
class Told:
    """An aggregate of some days: None where nothing arrived."""

    value: float | None
    n: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class SegmentStanding:
    """One segment ('' those without): all its weeks together, and each, the oldest first."""

    segment: str
    together: Told
    weeks: list[Told]


@dataclass(frozen=True, slots=True)
class Standing:
    """A metric of a touchpoint: its last seven days in one figure, the days, the segments (empty
    where nobody tells them apart), and the versions of the rules that watch it."""

    metric: Metric
    aggregate: Aggregate
    value: float | None
    n: float
    interval: Interval | None
    points: list[Point]
    segments: list[SegmentStanding]
    rules: list[RuleVersion]


def standings(
    touchpoint: Touchpoint, *, zone: ZoneInfo, today: date, days: int = WEEK * WEEKS
) -> list[Standing]:
    """Every metric in the order of its key; `days` local days, today the last of them."""
    metrics: dict[int, Metric] = {}
    series: dict[tuple[int, str], list[int]] = defaultdict(list)
    rows = Series.objects.filter(touchpoint=touchpoint).select_related("metric").order_by("pk")
    for row in rows:
        metrics[row.metric_id] = row.metric
        series[row.metric_id, row.segment].append(row.pk)
    dates = [today - timedelta(days=back) for back in reversed(range(days))]
    totals = totals_of_windows(
        ((key, day), found, *_span(day, zone)) for key, found in series.items() for day in dates
    )
    watched = _rules_watching(touchpoint)
    return [
        _standing(
            metric,
            {
                segment: [totals[(metric.pk, segment), day] for day in dates]
                for of, segment in series
                if of == metric.pk
            },
            dates,
            watched.get(metric.pk, []),
        )
        for metric in sorted(metrics.values(), key=lambda metric: metric.key)
    ]


def alerts_since(viewer: User, touchpoint: Touchpoint, since: datetime) -> list[Alert]:
    """The newest that opened there since a moment, whatever became of them."""
    seen = Alert.objects.all().visible_to(viewer).filter(touchpoint=touchpoint)
    seen = seen.filter(opened_at__gte=since).select_related("version")
    return list(seen.order_by("-opened_at", "-id")[:MOST_ALERTS])


def _standing(
    metric: Metric,
    parts: Mapping[str, list[Totals]],
    dates: list[date],
    rules: list[RuleVersion],
) -> Standing:
    aggregate = default_aggregate(metric.kind)
    by_day = [Totals.combined(day) for day in zip(*parts.values(), strict=True)]
    week = _told(by_day[-WEEK:], metric, aggregate)
    tells_apart = any(each.n for name, days in parts.items() if name for each in days)
    return Standing(
        metric=metric,
        aggregate=aggregate,
        value=week.value,
        n=week.n,
        interval=week.interval,
        points=[
            _point(day, [found], metric, aggregate)
            for day, found in zip(dates, by_day, strict=True)
        ],
        segments=[
            _segment(name, days, metric, aggregate)
            for name, days in parts.items()
            if any(each.n for each in days)
        ]
        if tells_apart
        else [],
        # a line of another aggregate would say nothing about this chart
        rules=[each for each in rules if aggregate_of(each.spec) == aggregate],
    )


def _segment(
    name: str, days: list[Totals], metric: Metric, aggregate: Aggregate
) -> SegmentStanding:
    weeks = [days[max(0, end - WEEK) : end] for end in range(len(days), 0, -WEEK)][::-1]
    return SegmentStanding(
        name,
        _told(days, metric, aggregate),
        [_told(each, metric, aggregate) for each in weeks],
    )


def _told(days: list[Totals], metric: Metric, aggregate: Aggregate) -> Told:
    together = Totals.combined(days)
    if together.n == 0:
        return Told(None, 0, None)
    return Told(
        value(together, aggregate, metric.scale),
        together.samples(metric.kind),
        interval(together, aggregate, metric.scale),
    )


def _point(day: date, found: list[Totals], metric: Metric, aggregate: Aggregate) -> Point:
    told = _told(found, metric, aggregate)
    if told.interval is None:
        return Point(day, told.value, told.n)
    return Point(day, told.value, told.n, told.interval.low, told.interval.high)


def _rules_watching(touchpoint: Touchpoint) -> dict[int, list[RuleVersion]]:
    """Metric -> the versions in force that watch it here."""
    groups = Group.objects.filter(touchpoint=touchpoint, rule__retired_at=None)
    groups = groups.filter(Exists(watched_states())).order_by()
    versions = RuleVersion.objects.filter(pk__in=groups.values("rule__current"))
    found: dict[int, list[RuleVersion]] = defaultdict(list)
    for version in versions.order_by("rule__key"):
        found[version.metric_id].append(version)
    return found


def _span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time(), tzinfo=zone)
    return start, datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
