"""From an alert to a task in the queue of the department that answers for the touchpoint."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction

from alerts.actions import alerts as alert_actions
from alerts.logic.levels import operator_of
from alerts.models import Alert
from cx_loop.models import SYSTEM, Actor, Department, Touchpoint, entry
from cx_loop.models.prepared import ask, insert, next_key
from tasks.actions.access import may_open
from tasks.actions.announce import announce
from tasks.actions.change import change, episode_of
from tasks.actions.clocks import (
    SEVERITY_WORDS,
    escalate_at,
    first_step_at,
    policy_for,
    start_clocks,
    tightened,
)
from tasks.actions.errors import Forbidden, Invalid, NotFound
from tasks.actions.pauses import settle
from tasks.actions.rounds import reopen
from tasks.actions.routes import Place, by_hand, place_of
from tasks.actions.turns import one_at_a_time
from tasks.actions.work import perform
from tasks.logic.deadlines import next_due
from tasks.models import WORKABLE, Episode, Holding, Task, TaskAlert

log = logging.getLogger(__name__)

# serves: index task_to_join
_TO_JOIN = """
SELECT task.number FROM tasks_task AS task
JOIN alerts_ruleversion AS version ON version.id = task.rule_version_id
WHERE task.touchpoint_id = %(touchpoint)s::bigint AND version.rule_id = %(rule)s::bigint
  AND task.state IN ('open', 'accepted', 'in_progress', 'on_hold')
ORDER BY task.number LIMIT 1 FOR UPDATE OF task
"""


def dispatch(*, alert: Alert, now: datetime) -> None:
    """Open the task of an alert, or join the unsubmitted one of its rule and touchpoint.

    For an alert that has just been made: nobody else can have given it a task. To be called in
    a transaction that ends with the caller's.
    """
    one_at_a_time()
    _give_task(alert, now)


def _give_task(alert: Alert, now: datetime) -> None:
    task = _task_to_join(alert)
    if task is None:
        task = _open_task(alert, now)
    else:
        TaskAlert.objects.create(task=task, alert=alert, episode=task.episode)
        _rise(task, alert, now)
        change(
            task,
            verb="alert_joined",
            by=SYSTEM,
            now=now,
            self_recovered=False,
            params={"alert": alert.pk},
        )
        if task.silenced_until is not None or alert.is_quiet(now):
            settle(task=task, now=now)
    if task.state != Task.State.OPEN:
        alert_actions.acknowledge(alert=alert, by=SYSTEM, now=now)


def dispatch_missing(*, now: datetime) -> int:
    """Open the tasks of alerts that stand without one: what a failure left behind."""
    opened = 0
    for alert in Alert.objects.unresolved().filter(links=None).order_by("id")[:500]:
        try:
            with transaction.atomic():
                one_at_a_time()
                if not alert.links.exists():
                    _give_task(alert, now)
            opened += 1
        except Exception:
            log.exception("alert %s has no task yet", alert.pk)
    return opened


def give_task(*, alert_id: int, now: datetime) -> bool:
    """A task for an alert whose tasks are all closed while it stands; whether it got one."""
    with transaction.atomic():
        group = Alert.objects.values_list("group_id", flat=True).get(pk=alert_id)
        alert_actions.lock_groups([group])  # as an evaluation does; then what it may have changed
        one_at_a_time()
        alert = Alert.objects.unresolved().filter(pk=alert_id).first()
        if alert is None or _unclosed_tasks(alert):
            return False
        _give_task(alert, now)
    return True


def follow_alert(
    *, alert: Alert, what: str, by: Actor, now: datetime, reason: str, resolution: str
) -> None:
    """The task follows its alert; staff never handle two objects."""
    if what == "reopened":
        _come_back(alert, now)
        return
    for task in _unclosed_tasks(alert):
        if what == "raised":
            _rise(task, alert, now)
        elif what == "cleared" and task.state in WORKABLE:
            _note_recovery(task, now)
        elif what == "dismissed" and task.state in WORKABLE:
            fields = {"reason": reason, "resolution": resolution}
            try:
                perform("dismiss", number=task.number, by=by, now=now, fields=fields)
            except NotFound:
                # who owns the touchpoint sees the alert, not the task another department has
                raise Forbidden("not_your_department") from None


def open_by_hand(
    *,
    touchpoint: Touchpoint,
    text: str,
    severity: int,
    department: Department | None,
    by: Actor,
    now: datetime,
    pain_category: str = "",
    segment: str = "",
    **facts: Any,
) -> Task:
    """A task somebody opens without an alert; without a department the routes say which.

    Raises Forbidden, Invalid.
    """
    may_open(by, touchpoint)
    if not text.strip():
        raise Invalid([("title", "required", "Say what is to be improved.")])
    said: dict[str, Any] = {"pain_category": pain_category, "segment": segment}
    with transaction.atomic():
        known = {"severity": SEVERITY_WORDS[severity], **{k: v for k, v in said.items() if v}}
        place = by_hand(department) if department else place_of(touchpoint, known)
        task = _create(
            title={"text": text.strip()},
            severity=severity,
            place=place,
            now=now,
            by=by,
            touchpoint=touchpoint,
            **said,
            **facts,
        )
        announce(task=task, code="opened", role=place.role, now=now, besides=by.user)
    return task


def _open_task(alert: Alert, now: datetime) -> Task:
    version = alert.version
    place = place_of(alert.touchpoint, _facts(alert))
    task = _create(
        title={"code": "breach", "params": _breach(alert)},
        severity=alert.severity,
        place=place,
        now=now,
        by=SYSTEM,
        alert=alert,
        touchpoint=alert.touchpoint,
        metric=version.metric,
        segment=alert.group.segment,
        rule_version=version,
        playbook=version.playbook.current if version.playbook else None,
    )
    if alert.is_quiet(now):
        settle(task=task, now=now)
    announce(task=task, code="opened", role=place.role, now=now)
    return task


def _create(
    *,
    title: dict[str, Any],
    severity: int,
    place: Place,
    now: datetime,
    by: Actor,
    alert: Alert | None = None,
    **facts: Any,
) -> Task:
    department, assignee = place.department, place.assignee(now)
    policy = policy_for(severity)
    clocks = start_clocks(policy, department, now)
    first_step = first_step_at(policy, department, now, clocks.due_at)
    task = Task(
        number=next_key(Task),
        title=title,
        severity=severity,
        department=department,
        answerable_department=department,
        assignee=assignee,
        routed=place.why,
        policy=policy,
        created_at=now,
        respond_by=clocks.respond_by,
        due_at=clocks.due_at,
        escalate_at=first_step,
        next_due_at=next_due("open", now=now, escalate_at=first_step, due_at=clocks.due_at),
        **facts,
    )
    round_one = Episode(
        task=task, number=1, opened_at=now, respond_by=clocks.respond_by, due_at=clocks.due_at
    )
    links = [] if alert is None else [TaskAlert(task=task, alert=alert, episode=1)]
    given = {"given": assignee.email, "how": department.assign} if assignee else {}
    said = entry(
        verb="opened",
        subject="task",
        subject_id=task.number,
        by=by,
        now=now,
        to_state=task.state,
        params={"department": department.key, **given},
    )
    insert(task, round_one, Holding(task=task, department=department, since=now), said, *links)
    return task


def _task_to_join(alert: Alert) -> Task | None:
    """The task of the same rule on the same touchpoint whose fix is not yet submitted."""
    rule = {"touchpoint": str(alert.touchpoint_id), "rule": str(alert.version.rule_id)}
    found = ask(_TO_JOIN, rule)
    return Task.objects.get(number=found[0][0]) if found else None


def _unclosed_tasks(alert: Alert) -> list[Task]:
    return list(
        Task.objects.unclosed()
        .filter(links__alert=alert)
        .order_by("number")
        .select_for_update(of=("self",))
    )


def _breach(alert: Alert) -> dict[str, Any]:
    spec = alert.version.spec
    level = spec.get("critical" if alert.severity == 1 else "warning") or {}
    operator = operator_of(level)
    told: dict[str, Any] = {"drift": alert.drift} if alert.drift else {}
    if alert.drift:
        operator = f"drift_{alert.drift['way']}"
    return {
        **told,
        "touchpoint": alert.touchpoint.key,
        "metric": alert.version.metric.key,
        "aggregate": spec["aggregate"],
        "operator": operator,
        "line": level.get(operator),
        "value": alert.value,
        "n": alert.n,
        **alert.group.dimensions,
    }


def _facts(alert: Alert) -> dict[str, str]:
    return {
        "severity": alert.get_severity_display(),
        "metric": alert.version.metric.key,
        **alert.group.dimensions,
    }


def _rise(task: Task, alert: Alert, now: datetime) -> None:
    """The task keeps its episode's highest severity, and its deadlines never move later."""
    if alert.severity >= task.severity or task.state not in WORKABLE:
        return
    policy = policy_for(alert.severity)
    episode = episode_of(task)
    clocks = tightened(task, policy, task.department, episode)
    task.policy, task.due_at = policy, clocks.due_at
    change(
        task,
        verb="severity_raised",
        by=SYSTEM,
        now=now,
        severity=alert.severity,
        policy=policy,
        respond_by=clocks.respond_by,
        due_at=clocks.due_at,
        escalate_at=escalate_at(task, episode, now),
    )
    announce(task=task, code="severity_raised", now=now)


def _come_back(alert: Alert, now: datetime) -> None:
    """The alert breaches again within its cooldown: its task is not over by itself any more.

    One that was closed because the alert had cleared comes back; one closed for another reason
    stays, and the alert gets a new one. A fix that is being verified is judged by its looks.
    """
    one_at_a_time()
    unclosed = _unclosed_tasks(alert)
    for task in unclosed:
        if task.state in WORKABLE:
            _rise(task, alert, now)
            params = {"alert": alert.pk}
            change(
                task,
                verb="alert_returned",
                by=SYSTEM,
                now=now,
                self_recovered=False,
                params=params,
            )
    if unclosed:
        return
    last = Task.objects.filter(links__alert=alert).order_by("-number").select_for_update().first()
    if last is not None and last.resolution == "self_recovered":
        reopen(last, verb="reopened", by=SYSTEM, now=now, params={"alert": alert.pk})
        TaskAlert.objects.get_or_create(task=last, alert=alert, episode=last.episode)
        return
    join = _task_to_join(alert)
    if join is None:
        _open_task(alert, now)
    else:
        TaskAlert.objects.create(task=join, alert=alert, episode=join.episode)


def _note_recovery(task: Task, now: datetime) -> None:
    still = list(Alert.objects.unresolved().filter(links__task=task))
    if not still and not task.self_recovered:
        change(task, verb="self_recovered", by=SYSTEM, now=now, self_recovered=True)
    elif any(alert.is_quiet(now) for alert in still):
        # those that are left may all be silenced
        settle(task=task, now=now)
