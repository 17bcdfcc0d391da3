"""From an alert to a task in the queue of the department that answers for the touchpoint."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from alerts.actions import alerts as alert_actions
from alerts.models import Alert, RuleVersion, Severity
from cx_loop.models import SYSTEM, Actor
from cx_loop.models.prepared import Asked, soon
from cx_loop.reads.voice import prevailing_pain
from tasks.actions.announce import announce
from tasks.actions.change import change, episode_of
from tasks.actions.clocks import escalate_at, policy_for, tightened
from tasks.actions.errors import Forbidden, NotFound
from tasks.actions.opening import open_for
from tasks.actions.pauses import settle
from tasks.actions.rounds import reopen
from tasks.actions.stand_ins import ask_staff_of_owner
from tasks.actions.turns import one_at_a_time
from tasks.actions.work import perform
from tasks.models import WORKABLE, Task, TaskAlert
from tasks.reads.said import comments_behind, window_before

log = logging.getLogger(__name__)

LATELY = timedelta(hours=1)

# serves: index task_to_join; the number of a new task where there is none
_TO_JOIN = """
SELECT there.number, CASE WHEN there.number IS NULL
                     THEN nextval(pg_get_serial_sequence('tasks_task', 'number')) END
FROM (SELECT) AS always LEFT JOIN (
    SELECT task.number FROM alerts_group AS watched
    JOIN tasks_task AS task ON task.touchpoint_id = watched.touchpoint_id
    JOIN alerts_ruleversion AS version
      ON version.id = task.rule_version_id AND version.rule_id = watched.rule_id
    WHERE watched.id = %(group)s::bigint
      AND task.state IN ('open', 'accepted', 'in_progress', 'on_hold')
    ORDER BY task.number LIMIT 1 FOR UPDATE OF task
) AS there ON true
"""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What an alert asks before it has a task, on its way: the task of the same rule on the same
    touchpoint whose fix is not yet submitted, or the number of a new one; the comments behind the
    alert; who works where the touchpoint belongs."""

    place: Asked
    said: Asked
    staff: Asked


def ask_ahead(*, group: int, edge: datetime, version: RuleVersion) -> Ahead:
    """Ask what `dispatch` will need for the alert of a group. Until the end of the transaction
    nobody else opens tasks."""
    one_at_a_time()
    return Ahead(
        place=soon(_TO_JOIN, {"group": str(group)}),
        said=comments_behind(group, *window_before(edge, version)),
        staff=ask_staff_of_owner(group),
    )


def dispatch(*, alert: Alert, now: datetime, ahead: Ahead | None = None) -> None:
    """Open the task of an alert, or join the unsubmitted one of its rule and touchpoint.

    For an alert that has just been made: nobody else can have given it a task. To be called in
    a transaction that ends with the caller's.
    """
    _give_task(alert, now, ahead or _ahead_of(alert))


def _ahead_of(alert: Alert) -> Ahead:
    return ask_ahead(group=alert.group_id, edge=alert.edge, version=alert.version)


def _give_task(alert: Alert, now: datetime, ahead: Ahead) -> None:
    task, number = _task_to_join(ahead)
    if task is None:
        task = _open(alert, now, number, ahead)
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
                    _give_task(alert, now, _ahead_of(alert))
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
        _give_task(alert, now, _ahead_of(alert))
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


def _task_to_join(ahead: Ahead) -> tuple[Task | None, int]:
    """The task there is, else the number of a new one."""
    there, new = ahead.place.rows()[0]
    return None if there is None else Task.objects.get(number=there), new or 0


def _open(alert: Alert, now: datetime, number: int, ahead: Ahead) -> Task:
    alert.touchpoint.owner.staff_asked = ahead.staff
    return open_for(alert, now, number, prevailing_pain(ahead.said.rows()))


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
    ahead = _ahead_of(alert)
    join, number = _task_to_join(ahead)
    if join is None:
        _open(alert, now, number, ahead)
    else:
        TaskAlert.objects.create(task=join, alert=alert, episode=join.episode)


def _note_recovery(task: Task, now: datetime) -> None:
    still = list(Alert.objects.unresolved().filter(links__task=task))
    if not still and not task.self_recovered:
        change(task, verb="self_recovered", by=SYSTEM, now=now, self_recovered=True)
    elif any(alert.is_quiet(now) for alert in still):
        # those that are left may all be silenced
        settle(task=task, now=now)
