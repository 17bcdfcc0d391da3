"""What a task could prove, told before the work starts; and where else it could be judged."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from alerts.logic.conditions import spec_from_json
from alerts.models import Alert, RuleVersion
from cx_loop.models import Metric, Organization
from cx_loop.reads import daily_totals_of
from tasks.actions.series import control_series, judged_series, task_alerts
from tasks.actions.verification import plan_of, running_before_looks
from tasks.actions.yardsticks import Yardstick, plan_by, yardsticks_of
from tasks.logic.evidence import Controls
from tasks.logic.measures import Day, Measure, day_of, pool
from tasks.logic.plan import Plan, history_days
from tasks.logic.power import BASELINE_DAYS, Outlook, outlook
from tasks.models import Task


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A yardstick that could show what the touchpoint and its metric cannot."""

    yardstick: Yardstick
    outlook: Outlook

    @property
    def metric(self) -> Metric:
        return self.yardstick.metric

    @property
    def of(self) -> str:
        return self.yardstick.of

    @property
    def is_stage(self) -> bool:
        return self.yardstick.is_stage

    @property
    def measure(self) -> Measure:
        return self.yardstick.measure


@dataclass(frozen=True, slots=True)
class Expected:
    """`outlook` of the plan a fix would be judged by; `elsewhere` only where it proves nothing."""

    plan: Plan
    outlook: Outlook
    elsewhere: tuple[Elsewhere, ...]


def expected_of(task: Task, now: datetime) -> Expected | None:
    """None once the fix was looked at, without a rule, or while nothing can be told."""
    if task.rule_version is None or task.state == Task.State.CLOSED:
        return None
    if task.state == Task.State.VERIFYING and running_before_looks(task) is None:
        return None
    alerts = task_alerts(task)
    if not alerts:
        return None
    version, series = alerts[0].version, judged_series(alerts)
    plan = plan_of(task, alerts, version, fixed_at=task.fixed_at or now)
    if plan.measure is None:
        return None
    # a fix of tomorrow leaves no baseline: what is told is of one that comes in its usual time
    baseline = max(BASELINE_DAYS, (plan.fix_day - plan.alert_day).days - 1)
    history, controls = _past(task, version, series, plan)
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
    """Those whose own window was short of normal by as much as they can prove."""
    if plan.measure is None:
        return
    until = (plan.alert_day - plan.trigger_from).days + 1
    for yardstick in yardsticks_of(task, version, plan.measure):
        judged, days = plan_by(plan, yardstick, until=until)
        found = outlook(judged, history=days)
        if found is not None and found.is_provable:
            yield Elsewhere(yardstick, found)


def _past(
    task: Task, version: RuleVersion, series: list[int], plan: Plan
) -> tuple[list[Day], Controls | None]:
    """The eight weeks before and the window that fired, here and at the others: one question."""
    assert plan.measure is not None
    controls = control_series(task, version.metric_id, series)
    zone = Organization.current().zone
    totals = daily_totals_of([series, *controls], zone, history_days(plan).start, plan.alert_day)
    mine, *others = (
        [
            day_of(day, found, plan.measure, version.metric.scale)
            for day, found in sorted(of.items())
        ]
        for of in totals
    )
    return mine, Controls(pool(others)) if others else None
