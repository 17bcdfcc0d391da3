"""Which series a fix is judged on and compared with, and what their days amount to."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerts.models import Alert, GroupSeries
from cx_loop.logic.bins import Scale
from cx_loop.models import Organization, Series
from cx_loop.reads import daily_totals, daily_totals_of
from tasks.logic.evidence import Controls
from tasks.logic.measures import Day, Measure, day_of, pool
from tasks.logic.plan import Plan, after_days, history_days
from tasks.models import Task, Verification


def task_alerts(task: Task) -> list[Alert]:
    """The alerts of the round the task is in; of the whole task where this round has none."""
    related = Alert.objects.select_related("version__metric", "group").order_by("opened_at", "id")
    mine = list(related.filter(links__task=task, links__episode=task.episode).distinct())
    return mine or list(related.filter(links__task=task).distinct())


def judged_series(alerts: list[Alert]) -> list[int]:
    """All series of the groups that alerted: three segments in one task are judged together."""
    groups = [alert.group_id for alert in alerts]
    members = GroupSeries.objects.filter(group__in=groups).order_by("series_id")
    return list(members.values_list("series_id", flat=True).distinct())


def control_series(task: Task, metric: int, judged: list[int]) -> list[list[int]]:
    """The same metric on other touchpoints without an open alert: one list a touchpoint."""
    others = Series.objects.filter(metric=metric, touchpoint__isnull=False)
    alarmed = Alert.objects.unresolved().filter(version__metric=metric)
    others = others.exclude(touchpoint__in=alarmed.values("touchpoint"))
    others = others.exclude(touchpoint=task.touchpoint_id).exclude(id__in=judged)
    by_touchpoint: dict[int, list[int]] = {}
    for series in others.order_by("id"):
        assert series.touchpoint_id is not None
        by_touchpoint.setdefault(series.touchpoint_id, []).append(series.pk)
    return list(by_touchpoint.values())


def days_of(
    series: list[int],
    scale: Scale,
    measure: Measure,
    first: date,
    last: date,
    zone: ZoneInfo,
) -> list[Day]:
    """Daily sums of a measure over local days [first, last]; silent days are there with n = 0."""
    totals = daily_totals(series, zone, first, last)
    return [day_of(day, found, measure, scale) for day, found in sorted(totals.items())]


def arms_of(
    series: list[int], controls: list[list[int]], scale: Scale, plan: Plan, look: int
) -> tuple[list[Day], Controls | None]:
    """The days of what is judged and of the controls pooled, from the weeks before the trigger to
    the end of a look: one question, however many controls there are."""
    if plan.measure is None:
        return [], None
    first, last = history_days(plan).start, after_days(plan, look).end - timedelta(days=1)
    return arms_between(series, controls, scale, plan.measure, first, last)


def arms_between(
    series: list[int],
    controls: list[list[int]],
    scale: Scale,
    measure: Measure,
    first: date,
    last: date,
) -> tuple[list[Day], Controls | None]:
    """What is judged and the controls pooled over local days [first, last], in one question."""
    totals = daily_totals_of([series, *controls], Organization.current().zone, first, last)
    mine, *others = (
        [day_of(day, found, measure, scale) for day, found in sorted(each.items())]
        for each in totals
    )
    return mine, Controls(pool(others)) if others else None


def scale_of(row: Verification) -> Scale | None:
    """Of the metric a verdict is on: that of its task's rule, or the one chosen instead."""
    if row.elsewhere is not None:
        chosen: Scale = row.elsewhere.metric.scale
        return chosen
    version = row.task.rule_version
    if version is None:
        alerts = task_alerts(row.task)
        version = alerts[0].version if alerts else None
    return version.metric.scale if version else None


def arms_at(row: Verification, plan: Plan, look: int) -> tuple[list[Day], Controls | None]:
    """`arms_of` what a verification is on."""
    scale = scale_of(row)
    assert scale is not None
    return arms_of(row.series, row.controls, scale, plan, look)


def plain(days: Sequence[Day]) -> list[list[Any]]:
    """As they are kept: [date, n, total, squares] a day."""
    return [[day.date.isoformat(), day.n, day.total, day.squares] for day in days]


def days_kept(rows: Sequence[Sequence[Any]] | None) -> list[Day]:
    """The days that `plain` wrote."""
    return [Day(date.fromisoformat(on), n, total, squares) for on, n, total, squares in rows or ()]


def kept(days: Sequence[Day], controls: Controls | None) -> dict[str, Any]:
    """What a look was taken on."""
    return {"days": plain(days), "controls": controls and plain(controls.days)}
