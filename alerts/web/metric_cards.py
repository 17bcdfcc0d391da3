"""The metrics of a touchpoint as its page shows them: figures, trends, segments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from alerts import reads
from alerts.models import Alert
from alerts.notices import say_aggregate_name, say_n
from alerts.ui.slots import PastFix
from alerts.web.alerts import threshold_lines
from alerts.web.standing_out import StandingOut, standing_out
from cx_loop.models import Metric, Segment, in_language
from cx_loop.ui.charts import Line, Marker, Trend, trend
from cx_loop.ui.heat import Cell, heat_row
from cx_loop.ui.sparks import Spark, spark
from cx_loop.ui.words import say_number, say_value, unit_of


@dataclass(frozen=True, slots=True)
class SegmentRow:
    name: str
    value: str
    n: str
    between: str
    is_few: bool
    weeks: list[Cell]


@dataclass(frozen=True, slots=True)
class MetricCard:
    """`weeks`: how many columns the segments have."""

    name: str
    aggregate: str
    value: str
    n: str
    between: str
    chart: Trend
    standing_out: StandingOut | None
    spark: Spark | None
    spark_said: str
    segments: list[SegmentRow]
    weeks: int


def metric_cards(
    standings: Sequence[reads.Standing],
    *,
    targets: Mapping[int | None, float],
    alerts: Sequence[Alert],
    fixes: Sequence[PastFix],
    zone: ZoneInfo,
) -> list[MetricCard]:
    """`targets`: what is promised, by metric (primary key)."""
    rows = Segment.objects.order_by("position", "key").values_list("key", "name")
    segments = {key: in_language(name) or key for key, name in rows}
    return [
        _card(
            each,
            segments,
            target=targets.get(each.metric.pk),
            markers=list(_markers(each.metric, alerts, fixes, zone)),
        )
        for each in standings
    ]


def _card(
    standing: reads.Standing,
    segments: Mapping[str, str],
    *,
    target: float | None,
    markers: Sequence[Marker],
) -> MetricCard:
    metric, name = standing.metric, standing.aggregate.name
    unit = unit_of(metric.kind, metric.unit, name)
    title = in_language(metric.name) or metric.key
    words = {"metric": title, "aggregate": say_aggregate_name(name)}
    said = _("%(metric)s by day, %(aggregate)s") % words
    bounds = reads.bounds_of(metric, standing.aggregate)
    told = reads.Told(standing.value, standing.n, standing.interval)
    # today is not over
    out = standing_out(standing.points[:-1], unit=unit, bounds=bounds)
    return MetricCard(
        name=title,
        aggregate=say_aggregate_name(name),
        value=say_value(standing.value, unit),
        n=say_n(standing.n, metric.kind),
        between=_between(told),
        chart=trend(
            standing.points,
            title=said,
            unit=unit,
            lines=_lines(standing, target, unit),
            markers=markers,
            bounds=bounds,
            ringed=out.days if out else (),
        ),
        standing_out=out,
        spark=spark([point.value for point in standing.points], bounds=bounds),
        spark_said=f"{said}: {say_value(standing.value, unit)}",
        segments=_segment_rows(standing, segments, unit, bounds),
        weeks=max((len(each.weeks) for each in standing.segments), default=0),
    )


def _lines(standing: reads.Standing, target: float | None, unit: str) -> list[Line]:
    lines = [line for version in standing.rules for line in threshold_lines(version.spec)]
    # a target is in the unit of single values, so it is drawn only where the aggregate keeps it
    if target is not None and unit == standing.metric.unit:
        lines.append(Line(target, "goal", _("Target %(line)s") % {"line": say_number(target)}))
    return list(dict.fromkeys(lines))


def _markers(
    metric: Metric, alerts: Iterable[Alert], fixes: Iterable[PastFix], zone: ZoneInfo
) -> Iterable[Marker]:
    days = {
        reads.local_day(each.opened_at, zone)
        for each in alerts
        if each.version.metric_id == metric.pk
    }
    yield from (Marker(day, "alert", "") for day in sorted(days))
    for fix in fixes:
        if fix.metric in (metric.pk, None):
            yield Marker(fix.day, "fix", f"#{fix.number}")


def _segment_rows(
    standing: reads.Standing,
    segments: Mapping[str, str],
    unit: str,
    bounds: tuple[float, float] | None,
) -> list[SegmentRow]:
    worst, best = _ends(standing, bounds)
    order = {key: at for at, key in enumerate(segments)}
    rows = []
    for each in sorted(standing.segments, key=lambda one: order.get(one.segment, len(order))):
        weeks = [
            (
                week.value,
                week.n,
                say_number(week.value),
                _say_week(week, unit, standing.metric.kind),
            )
            for week in each.weeks
        ]
        name = segments.get(each.segment, each.segment) or _("Without segment")
        rows.append(
            SegmentRow(
                name=name,
                value=say_value(each.together.value, unit),
                n=say_n(each.together.n, standing.metric.kind),
                between=_between(each.together),
                is_few=each.together.n < 30,
                weeks=heat_row(weeks, worst=worst, best=best),
            )
        )
    return rows


def _ends(standing: reads.Standing, bounds: tuple[float, float] | None) -> tuple[float, float]:
    """The worst and the best of what is compared: of the scale, else of what there was."""
    if bounds is not None:
        low, high = bounds
    else:
        known = [
            week.value
            for each in standing.segments
            for week in each.weeks
            if week.value is not None
        ]
        low, high = min(known, default=0.0), max(known, default=0.0)
    return (low, high) if standing.metric.higher_is_better else (high, low)


def _say_week(week: reads.Told, unit: str, kind: str) -> str:
    if week.value is None:
        return _("nothing has arrived")
    said = f"{say_value(week.value, unit)}, {say_n(week.n, kind)}"
    between = _between(week)
    return f"{said}, {between}" if between else said


def _between(told: reads.Told) -> str:
    if told.interval is None:
        return ""
    ends = {"low": say_number(told.interval.low), "high": say_number(told.interval.high)}
    return _("95 %% interval %(low)s to %(high)s") % ends
