"""What feeds the pages of alerts and touchpoints."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from alerts.models import UNRESOLVED, Alert, Evaluation, GroupSeries, Severity
from alerts.models.alert import AlertQuerySet
from cx_loop.logic.scores import (
    Aggregate,
    Totals,
    interval,
    parse_aggregate,
    value,
)
from cx_loop.models import Feedback, Metric, Touchpoint, User, department_ids_of
from cx_loop.models.prepared import array, ask
from cx_loop.reads import daily_totals
from cx_loop.ui.charts import Point

PAGE = 50
EVALUATIONS = 12
COMMENTS = 10  # of a touchpoint, the newest

_UNRESOLVED = """
SELECT count(*) FROM (
    SELECT FROM alerts_alert WHERE state IN ('open', 'acknowledged') LIMIT %(most)s::int
) AS found
"""
_UNRESOLVED_OWN = """
SELECT count(*) FROM (
    SELECT FROM cx_loop_touchpoint AS place, LATERAL (
        SELECT FROM alerts_alert
        WHERE touchpoint_id = place.id AND state IN ('open', 'acknowledged')
        LIMIT %(most)s::int
    ) AS alert
    WHERE place.owner_id = ANY(%(departments)s::bigint[]) LIMIT %(most)s::int
) AS found
"""


@dataclass(frozen=True, slots=True)
class AlertFilters:
    """What the list of alerts is narrowed to; '' leaves a filter out."""

    state: str = "unresolved"
    severity: str = ""
    touchpoint: str = ""


@dataclass(frozen=True, slots=True)
class AlertPlace:
    """The last alert of a page; the next page begins beyond it, whatever opens meanwhile."""

    severity: int
    opened_at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.severity}_{self.opened_at.isoformat()}_{self.pk}"

    @classmethod
    def parse(cls, raw: str) -> Self | None:
        """None for what is no place: the reader then starts on top."""
        try:
            severity, opened_at, pk = raw.split("_")
            place = cls(int(severity), datetime.fromisoformat(opened_at), int(pk))
        except ValueError:
            return None
        known = place.severity in Severity.values and 0 < place.pk < 2**63
        return place if known and place.opened_at.tzinfo is not None else None


def alert_list(
    viewer: User, filters: AlertFilters, *, after: AlertPlace | None = None
) -> tuple[list[Alert], AlertPlace | None]:
    """A page of alerts, the worst and newest on top; and where the next begins.

    Unresolved alerts go by severity, one stretch of an index after the other; the others by age.
    """
    parts = [_narrowed(part, filters) for part in Alert.objects.all().seen_in_parts(viewer)]
    keys: list[int] = []
    if filters.state == "unresolved":
        for severity in (s for s in Severity.values if after is None or s >= after.severity):
            passed = after if after and severity == after.severity else None
            if len(keys) <= PAGE:
                alike = [part.filter(severity=severity) for part in parts]
                keys += _beyond(alike, passed, PAGE + 1 - len(keys))
    else:
        keys = _beyond(parts, after, PAGE + 1)
    # beside its rows a page names rules, metrics and groups: with these too, no planner weighs
    # what order to read it all in
    related = Alert.objects.select_related(
        "touchpoint", "group", "version__metric", "version__rule"
    )
    found = related.in_bulk(keys[:PAGE])
    rows = [found[key] for key in keys[:PAGE] if key in found]
    last = rows[-1] if rows and len(keys) > PAGE else None
    return rows, AlertPlace(last.severity, last.opened_at, last.pk) if last else None


def _beyond(parts: Sequence[AlertQuerySet], after: AlertPlace | None, limit: int) -> list[int]:
    """Primary keys of the first of all parts together; no alert is in two of them."""
    found: list[tuple[datetime, int]] = []
    for part in parts:
        if after is not None:
            place = (after.opened_at, after.pk)
            part = part.filter(TupleLessThan(Tuple("opened_at", "id"), place))
        found += part.order_by("-opened_at", "-id").values_list("opened_at", "pk")[:limit]
    return [key for _opened_at, key in sorted(found, reverse=True)[:limit]]


def alerts_listed(viewer: User, filters: AlertFilters) -> QuerySet[Alert]:
    """Every alert that fits the filters, in the order of the list."""
    found = _narrowed(Alert.objects.all().visible_to(viewer), filters)
    worst = ["severity"] if filters.state == "unresolved" else []
    return found.order_by(*worst, "-opened_at", "-id")


def _narrowed(alerts: AlertQuerySet, filters: AlertFilters) -> AlertQuerySet:
    if filters.state == "unresolved":
        alerts = alerts.unresolved()
    elif filters.state == "over":
        alerts = alerts.exclude(state__in=UNRESOLVED)
    if filters.severity:
        alerts = alerts.filter(severity=filters.severity)
    if filters.touchpoint:
        alerts = alerts.filter(touchpoint__key=filters.touchpoint)
    return alerts


def evaluations_behind(alert: Alert) -> list[Evaluation]:
    """The last decisions on the alert's group, newest first: why it did or did not fire."""
    mine = Evaluation.objects.filter(group=alert.group_id)
    return list(mine.order_by("-edge", "-id")[:EVALUATIONS])


def series_of_groups(groups: Iterable[int]) -> list[int]:
    members = GroupSeries.objects.filter(group__in=list(groups)).order_by("series_id")
    return list(members.values_list("series_id", flat=True).distinct())


def daily_points(
    series: Sequence[int],
    metric: Metric,
    aggregate: Aggregate,
    *,
    zone: ZoneInfo,
    first: date,
    last: date,
) -> list[Point]:
    """The aggregate of each local day in [first, last]; a silent day is there without a value."""
    days = daily_totals(series, zone, first, last)
    return [
        _point(first + timedelta(days=place), days, metric, aggregate)
        for place in range((last - first).days + 1)
    ]


def aggregate_of(spec: Mapping[str, Any]) -> Aggregate:
    return parse_aggregate(spec.get("aggregate"))


def lines_of(spec: Mapping[str, Any]) -> list[tuple[str, float]]:
    """("warning", 30.0) and ("critical", 45.0): the lines that can be drawn into a chart."""
    found = []
    for name in ("warning", "critical"):
        for operator, line in (spec.get(name) or {}).items():
            if operator in {"above", "below"} and isinstance(line, int | float):
                found.append((name, float(line)))
            elif operator == "outside":
                found += [(name, float(end)) for end in line]
    return found


def bounds_of(metric: Metric, aggregate: Aggregate) -> tuple[float, float] | None:
    """What an aggregate cannot leave; None where it is open-ended."""
    name = aggregate.name
    if name in {"top_box", "share_above", "share_below"}:
        return 0.0, 100.0
    if name == "nps":
        return -100.0, 100.0
    return metric.scale.ends if metric.scale.bounded and name not in {"sd", "count"} else None


def touchpoints_for(viewer: User) -> list[Touchpoint]:
    """What the reader may filter by."""
    return list(Touchpoint.objects.all().visible_to(viewer).in_force())


def open_alerts_at(viewer: User, touchpoint: Touchpoint) -> list[Alert]:
    seen = Alert.objects.all().visible_to(viewer).unresolved().filter(Q(touchpoint=touchpoint))
    return list(seen.select_related("touchpoint", "group", "version__metric", "version__rule"))


def latest_comments(touchpoint: Touchpoint) -> list[Feedback]:
    """What customers wrote there last. Who may see the touchpoint may read them."""
    said = Feedback.objects.filter(touchpoint=touchpoint).exclude(comment="")
    return list(said.select_related("source").order_by("-occurred_at")[:COMMENTS])


def count_unresolved(viewer: User, *, cap: int) -> int:
    """How many alerts are open, counted up to just past the cap."""
    departments = department_ids_of(viewer)
    if departments is None:
        return int(ask(_UNRESOLVED, {"most": cap + 1})[0][0])
    values = {"departments": array(departments), "most": cap + 1}
    found = int(ask(_UNRESOLVED_OWN, values)[0][0])
    if found <= cap:
        # not prepared: how it is best read depends on how much the departments had to do
        _own, others = Alert.objects.unresolved().seen_in_parts(viewer)
        found += others.order_by()[: cap + 1 - found].count()
    return found


def local_day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _point(day: date, days: Mapping[date, Totals], metric: Metric, aggregate: Aggregate) -> Point:
    totals = days.get(day) or Totals()
    if totals.n == 0:
        return Point(day, None, 0)
    between = interval(totals, aggregate, metric.scale)
    return Point(
        day=day,
        value=value(totals, aggregate, metric.scale),
        n=totals.samples(metric.kind),
        low=between.low if between else None,
        high=between.high if between else None,
    )
