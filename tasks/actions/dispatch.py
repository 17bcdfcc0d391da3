"""From an alert to a task in the queue of the department that answers for the touchpoint."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from alerts.actions import alerts as alert_actions
from alerts.models import Alert, Severity
from cx_loop.models import SYSTEM, Actor
from cx_loop.models.prepared import Asked, ask
from tasks.actions.announce import announce
from tasks.actions.change import change, episode_of
from tasks.actions.clocks import escalate_at, policy_for, tightened
from tasks.actions.errors import Forbidden, NotFound
from tasks.actions.opening import open_for
from tasks.actions.pauses import settle
from tasks.actions.rounds import reopen
from tasks.actions.turns import one_at_a_time
from tasks.actions.work import perform
from tasks.models import WORKABLE, Task, TaskAlert
from tasks.reads.said import comments_behind

log = logging.getLogger(__name__)

LATELY = timedelta(hours=1)

# serves: index task_to_join; the number of a new task where there is none
_TO_JOIN = """
SELECT there.number, CASE WHEN there.number IS NULL
                     THEN nextval(pg_get_serial_sequence('tasks_task', 'number')) END
FROM (SELECT) AS always LEFT JOIN (
    SELECT task.number FROM tasks_task AS task
    JOIN alerts_ruleversion AS version ON version.id = task.rule_version_id
    WHERE task.touchpoint_id = %(touchpoint)s::bigint AND version.rule_id = %(rule)s::bigint
      AND task.state IN ('open', 'accepted', 'in_progress', 'on_hold')
    ORDER BY task.number LIMIT 1 FOR UPDATE OF task
) AS there ON true
"""


def dispatch(*, alert: Alert, now: datetime) -> None:
    """Open the task of an alert, or join the unsubmitted one of its rule and touchpoint.

    For an alert that has just been made: nobody else can have given it a task. To be called in
    a transaction that ends with the caller's.
    """
    one_at_a_time()
    _give_task(alert, now)


def _give_task(alert: Alert, now: datetime) -> None:
    task, number, said = _task_to_join(alert)
    if task is None:
        task = open_for(alert, now, number, said)
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
    """Open the tasks of alerts that stand without one: what a failure left behind.

    Of the last hour's alerts; the audit finds an older one, slice by slice. Otherwise every sweep
    would read all that stand.
    """
    opened = 0
    # the severities are named for the index alert_unresolved
    lately = Alert.objects.unresolved().filter(severity__in=Severity.values)
    alone = lately.filter(opened_at__gte=now - LATELY, links=None)
    for alert in alone.order_by("id")[:500]:
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


def _task_to_join(alert: Alert) -> tuple[Task | None, int, Asked]:
    """The task of the same rule on the same touchpoint whose fix is not yet submitted; the number
    of a new one where there is none, else 0; and the comments behind the alert, which travel with
    the question."""
    said = comments_behind(alert)
    rule = {"touchpoint": str(alert.touchpoint_id), "rule": str(alert.version.rule_id)}
    there, new = ask(_TO_JOIN, rule)[0]
    join = None if there is None else Task.objects.get(number=there)
    return join, new or 0, said


def _unclosed_tasks(alert: Alert) -> list[Task]:
    return list(
        Task.objects.unclosed()
        .filter(links__alert=alert)
        .order_by("number")
        .select_for_update(of=("self",))
    )


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
    join, number, said = _task_to_join(alert)
    if join is None:
        open_for(alert, now, number, said)
    else:
        TaskAlert.objects.create(task=join, alert=alert, episode=join.episode)


def _note_recovery(task: Task, now: datetime) -> None:
    still = list(Alert.objects.unresolved().filter(links__task=task))
    if not still and not task.self_recovered:
        change(task, verb="self_recovered", by=SYSTEM, now=now, self_recovered=True)
    elif any(alert.is_quiet(now) for alert in still):
        # those that are left may all be silenced
        settle(task=task, now=now)
