"""A verification begins when the fix is submitted: its plan is frozen before an answer is seen."""

from datetime import datetime, timedelta
from typing import Any

from alerts.logic.conditions import Spec, spec_from_json
from alerts.models import Alert, RuleVersion
from cx_loop.logic.working_time import Span, add_working
from cx_loop.models import Organization, ServiceStandard
from tasks.actions.change import episode_of
from tasks.actions.guardrails import guards_of
from tasks.actions.series import control_series, days_of, judged_series, task_alerts
from tasks.actions.yardsticks import chosen_for, plan_by, yardstick_of
from tasks.logic.measures import measure_for
from tasks.logic.plan import (
    Plan,
    an_hour_into,
    history_days,
    look_days,
    plan_from_json,
    with_reference,
)
from tasks.logic.relapse import RELAPSE_DAYS
from tasks.models import Task, Verification
from tasks.reads.hours import hours_of

RELAPSE_WATCH = timedelta(days=90)


def begin_verification(*, task: Task, now: datetime) -> datetime:
    """Freeze the plan and say when the first look is."""
    alerts = list(task_alerts(task))
    version = alerts[0].version if alerts else task.rule_version
    if version is None:
        return _judged_by_person(task, now)
    assert task.fixed_at is not None
    plan, frozen = _judged_by(task, alerts, version, task.fixed_at)
    first = first_look_after(plan, now)
    verification = Verification.objects.create(
        task=task,
        episode=task.episode,
        **frozen,
        guards=guards_of(task, version),
        state=Verification.State.WAITING,
        looks_done=first,
        next_look_at=look_at(plan, first),
        department=task.department,
    )
    assert verification.next_look_at is not None
    return verification.next_look_at


def running_before_looks(task: Task) -> Verification | None:
    """A submitted fix whose days after it nobody has looked at yet."""
    waiting = task.verifications.filter(episode=task.episode, state=Verification.State.WAITING)
    return waiting.filter(looks=None).first()


def plan_anew(*, task: Task, running: Verification) -> None:
    """The plan by what was chosen since it was submitted; the days of its looks stay."""
    alerts = task_alerts(task)
    assert task.fixed_at is not None
    _plan, frozen = _judged_by(task, alerts, alerts[0].version, task.fixed_at)
    for name, value in frozen.items():
        setattr(running, name, value)
    running.save(update_fields=list(frozen))


def watch_for_relapse(running: Verification, now: datetime) -> None:
    """From a verdict that closes on: the first look back is when 14 days after settling are over.

    What was never measured cannot be seen to come back.
    """
    plan = plan_from_json(running.plan) if running.plan else None
    if plan is None or plan.measure is None:
        return
    zone = Organization.current().zone
    earliest = plan.settled_from + timedelta(days=RELAPSE_DAYS)
    day = max(now.astimezone(zone).date() + timedelta(days=1), earliest)
    running.relapse_until = now + RELAPSE_WATCH
    running.watch_at = an_hour_into(day, zone)
    running.save(update_fields=["relapse_until", "watch_at"])


def abandon(*, task: Task, reason: str, now: datetime) -> None:
    """The submission is taken back: what was watched is closed without a verdict on the fix."""
    Verification.objects.filter(task=task).exclude(state="decided").update(
        state="decided",
        verdict="inconclusive",
        reason=reason,
        decided_at=now,
        next_look_at=None,
    )


def first_look_after(plan: Plan, now: datetime) -> int:
    """The first planned look not yet over: a fix entered late skips the looks it has missed."""
    zone = Organization.current().zone
    today = now.astimezone(zone).date()
    days = look_days(plan)
    return next((index for index, day in enumerate(days) if day >= today), len(days) - 1)


def look_at(plan: Plan, look: int) -> datetime:
    """The moment of a look: an hour into the day after its weeks, so late rows are in."""
    zone = Organization.current().zone
    return an_hour_into(look_days(plan)[look], zone)


def plan_of(task: Task, alerts: list[Alert], version: RuleVersion, *, fixed_at: datetime) -> Plan:
    """What a fix at that moment is judged by."""
    zone = Organization.current().zone
    spec = spec_from_json(version.spec)
    level = (spec.critical if task.severity == 1 and spec.critical else None) or spec.levels[-1]
    # the limit of a drift is no value of the metric
    line = None if spec.drift else level.bound
    measure = measure_for(spec.aggregate, level.operator, line, version.metric.scale)
    first, last = _first_and_last_trigger(task, alerts)
    trigger = first - spec.window * spec.for_windows
    plan = Plan(
        measure=measure,
        higher_is_better=version.metric.higher_is_better,
        alert_day=last.astimezone(zone).date(),
        fix_day=fixed_at.astimezone(zone).date(),
        trigger_from=trigger.astimezone(zone).date(),
        tolerance=spec.verify.tolerance,
        settle=spec.verify.settle.days,
        looks=tuple(look.days for look in spec.verify.looks),
        extend_to=spec.verify.extend_to.days,
    )
    if measure is None:
        return plan
    period = history_days(plan)
    history = days_of(
        judged_series(alerts),
        version.metric.scale,
        measure,
        period.start,
        period.end - timedelta(days=1),
        zone,
    )
    return with_reference(
        plan,
        goal=_goal(task, version),
        history=history,
        recover_at=_recovery_line(spec),
        window_days=spec.window / timedelta(days=1),
    )


def _judged_by(
    task: Task, alerts: list[Alert], version: RuleVersion, fixed_at: datetime
) -> tuple[Plan, dict[str, Any]]:
    """The plan, and with what it is kept: on what the rule watches, or where a lead chose."""
    plan, series = plan_of(task, alerts, version, fixed_at=fixed_at), judged_series(alerts)
    metric, chosen = version.metric_id, chosen_for(task)
    if chosen is not None and plan.measure is not None:
        yardstick = yardstick_of(chosen, task, version, plan.measure)
        if yardstick is None:
            chosen = None
        else:
            plan, _days = plan_by(plan, yardstick)
            series, metric = yardstick.series, yardstick.metric.pk
    return plan, {
        "plan": plan.as_json(),
        "series": series,
        "controls": control_series(task, metric, series),
        "elsewhere": chosen,
    }


def _first_and_last_trigger(task: Task, alerts: list[Alert]) -> tuple[datetime, datetime]:
    """When the first group fired, and when the last one joined or the round began.

    No trigger is in the baseline. A group that fires again is not asked twice: its first alert
    has chosen the extreme already. A round begun by a verdict was chosen by the weeks before it.
    """
    edges: dict[int, datetime] = {}
    for alert in alerts:
        edges[alert.group_id] = min(alert.edge, edges.get(alert.group_id, alert.edge))
    began = episode_of(task).opened_at
    last = max(edges.values(), default=began)
    return min(edges.values(), default=began), max(last, began) if task.episode > 1 else last


def _judged_by_person(task: Task, now: datetime) -> datetime:
    """No metric stands behind this task: a second person says whether it worked."""
    by = person_deadline(task, now)
    Verification.objects.create(
        task=task,
        episode=task.episode,
        plan={},
        series=[],
        state=Verification.State.PERSON,
        reason="no_metric",
        next_look_at=by,
        department=task.department,
    )
    return by


def person_deadline(task: Task, now: datetime) -> datetime:
    """Three working days of the department: then the question is put again, one level up."""
    return add_working(now, Span(3, "d"), hours_of(task.department))


def _goal(task: Task, version: RuleVersion) -> float | None:
    """The target of the touchpoint's standard on this metric, when an admin set one."""
    standards = ServiceStandard.objects.in_force().filter(
        touchpoint=task.touchpoint_id, metric=version.metric_id, target__isnull=False
    )
    aggregate = spec_from_json(version.spec).aggregate
    # a target of 80 % satisfied is none for a mean of 1 to 5
    same = (each.target for each in standards.select_related("metric") if each.asks == aggregate)
    return next(same, None)


def _recovery_line(spec: Spec) -> float | None:
    line = spec.levels[-1].healthy_line
    return line if isinstance(line, int | float) and not spec.is_change and not spec.drift else None
