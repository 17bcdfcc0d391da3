"""The chart of a task: its metric by day, with everything that happened marked."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from alerts import reads as alert_reads
from alerts.notices import say_aggregate_name
from alerts.reads import local_day
from alerts.web.alerts import threshold_lines
from cx_loop.models import in_language
from cx_loop.ui.charts import Marker, Trend, trend
from cx_loop.ui.words import unit_of
from tasks.models import Task, TaskAlert, Verification
from tasks.web.verification import bands_of, looks_of

DAYS_BEFORE, DAYS_IN_ALL = 28, 84


def chart_of(
    task: Task,
    links: list[TaskAlert],
    verifications: list[Verification],
    now: datetime,
    zone: ZoneInfo,
) -> Trend | None:
    """The metric by day with the rule's lines, the alerts, the fixes and the compared periods."""
    if task.rule_version is None or task.metric is None or not links:
        return None
    spec, metric = task.rule_version.spec, task.metric
    aggregate = alert_reads.aggregate_of(spec)
    last = local_day(task.closed_at or now, zone)
    opened = {local_day(link.alert.opened_at, zone) for link in links}
    first = max(min(opened) - timedelta(days=DAYS_BEFORE), last - timedelta(days=DAYS_IN_ALL))
    series = alert_reads.series_of_groups({link.alert.group_id for link in links})
    words = {
        "metric": in_language(metric.name) or metric.key,
        "aggregate": say_aggregate_name(spec.get("aggregate")),
    }
    return trend(
        alert_reads.daily_points(series, metric, aggregate, zone=zone, first=first, last=last),
        title=_("%(metric)s by day, %(aggregate)s") % words,
        unit=unit_of(metric.kind, metric.unit, aggregate.name),
        lines=threshold_lines(spec),
        markers=[
            *(Marker(day, "alert", _("Alert")) for day in sorted(opened)),
            *(Marker(day, "fix", _("Fix")) for day in _fixes(task, verifications, zone)),
            *(looks_of(verifications[0]) if verifications else []),
        ],
        bands=bands_of(verifications[0]) if verifications else [],
        bounds=alert_reads.bounds_of(metric, aggregate),
    )


def _fixes(task: Task, verifications: list[Verification], zone: ZoneInfo) -> list[date]:
    """Every fix that was submitted, those of earlier rounds too."""
    days = {date.fromisoformat(each.plan["fix_day"]) for each in verifications if each.plan}
    if task.fixed_at:
        days.add(local_day(task.fixed_at, zone))
    return sorted(days)
