"""What a task could prove, told before the work starts; and where else it could be judged."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from alerts.logic.conditions import spec_from_json
from alerts.models import Alert, RuleVersion
from cx_loop.logic.measures import measure_of
from cx_loop.logic.scores import Aggregate
from cx_loop.models import Metric, Organization, Series
from cx_loop.reads import daily_totals
from tasks.actions.verification import control_series, judged_series, plan_of, task_alerts
from tasks.logic.evidence import Controls
from tasks.logic.measures import Day, Measure, day_of, pool
from tasks.logic.plan import Plan, history_days, with_reference
from tasks.logic.power import BASELINE_DAYS, Outlook, outlook
from tasks.models import Task

# what a metric is judged by where no rule says how
USUAL = {"csat": "top_box", "ces": "top_box", "nps": "nps", "rate": "rate", "count": "count"}


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The stage of the touchpoint, or another metric of it, that could show what this cannot."""

    metric: Metric
    is_stage: bool
    measure: Measure
    outlook: Outlook


@dataclass(frozen=True, slots=True)
class Expected:
    """`outlook` of the plan a fix would be judged by; `elsewhere` only where it proves nothing."""

    plan: Plan
    outlook: Outlook
    elsewhere: tuple[Elsewhere, ...]


def expected_of(task: Task, now: datetime) -> Expected | None:
    """None once the fix is submitted, without a rule, or while nothing can be told."""
    if task.state in (Task.State.VERIFYING, Task.State.CLOSED) or task.rule_version is None:
        return None
    alerts = task_alerts(task)
    if not alerts:
        return None
    version, series = alerts[0].version, judged_series(alerts)
    plan = plan_of(task, alerts, version, fixed_at=now)
    if plan.measure is None:
        return None
    # a fix of tomorrow leaves no baseline: what is told is of one that comes in its usual time
    baseline = max(BASELINE_DAYS, (plan.fix_day - plan.alert_day).days - 1)
    history = _days(series, plan, plan.measure, version.metric)
    others = [
        _days(each, plan, plan.measure, version.metric)
        for each in control_series(task, version, series)
    ]
    controls = Controls(pool(others)) if others else None
    found = outlook(
        plan,
        history=history,
        controls=controls,
        baseline=baseline,
        fallen_to=_fallen_to(alerts, plan.measure),
    )
    if found is None:
        return None
    elsewhere = () if found.is_provable is not False else tuple(_elsewhere(task, version, plan))
    return Expected(plan, found, elsewhere)


def _fallen_to(alerts: list[Alert], measure: Measure) -> float | None:
    """What the rule saw, where that is what is judged: not of a change, a drift, a percentile."""
    spec = spec_from_json(alerts[0].version.spec)
    if len(alerts) > 1 or spec.is_change or spec.drift:
        return None
    if measure.at_line is not None or measure.kind == "count":
        return None
    return alerts[0].value


def _elsewhere(task: Task, version: RuleVersion, plan: Plan) -> Iterator[Elsewhere]:
    """The whole stage on the same metric, and other metrics of the touchpoint: those whose own
    window was short of normal by as much as they can prove."""
    if task.touchpoint is None or plan.measure is None:
        return
    stage = task.touchpoint.stage_id
    of_stage = Series.objects.filter(Q(stage=stage) | Q(touchpoint__stage=stage))
    candidates = [(version.metric, True, plan.measure, of_stage.filter(metric=version.metric_id))]
    here = Series.objects.filter(touchpoint=task.touchpoint_id)
    others = Metric.objects.filter(id__in=here.values("metric")).exclude(id=version.metric_id)
    for metric in others.order_by("key"):
        usual = measure_of(Aggregate(USUAL.get(metric.kind, "mean")), metric.scale)
        if usual is not None:
            candidates.append((metric, False, usual, here.filter(metric=metric)))
    for metric, is_stage, measure, series in candidates:
        days = _days(list(series.values_list("id", flat=True)), plan, measure, metric)
        judged = replace(plan, measure=measure, higher_is_better=metric.higher_is_better)
        judged = with_reference(judged, goal=None, history=days, recover_at=None)
        found = outlook(judged, history=days)
        if found is not None and found.is_provable:
            yield Elsewhere(metric, is_stage, measure, found)


def _days(series: list[int], plan: Plan, measure: Measure, metric: Metric) -> list[Day]:
    """The eight weeks before, and the window that fired."""
    zone = Organization.current().zone
    first, last = history_days(plan).start, plan.alert_day
    totals = daily_totals(series, zone, first, last)
    return [day_of(day, found, measure, metric.scale) for day, found in sorted(totals.items())]
