"""What others ask about tasks: what a department sees through its work, and the tasks of alerts."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q

from alerts.events import Outcome
from alerts.models import Alert
from cx_loop.models import User
from cx_loop.models.prepared import array, ask
from tasks.models import WORKABLE, Holding, Task, TaskAlert, Verification

# a department has thousands of tasks at few touchpoints: from each the index is left for the next
_WORKED_AT = """
WITH RECURSIVE worked AS (
    SELECT department.id, first.touchpoint_id
    FROM unnest(%(departments)s::bigint[]) AS department(id), LATERAL (
        SELECT touchpoint_id FROM tasks_holding
        WHERE department_id = department.id AND touchpoint_id IS NOT NULL
        ORDER BY touchpoint_id LIMIT 1
    ) AS first
    UNION ALL
    SELECT worked.id, later.touchpoint_id FROM worked, LATERAL (
        SELECT touchpoint_id FROM tasks_holding
        WHERE department_id = worked.id AND touchpoint_id > worked.touchpoint_id
        ORDER BY touchpoint_id LIMIT 1
    ) AS later
)
SELECT DISTINCT touchpoint_id FROM worked ORDER BY touchpoint_id
"""


def touchpoints_of_work(departments: Iterable[int]) -> list[int]:
    """Primary keys of touchpoints of tasks the departments have or had."""
    return [row[0] for row in ask(_WORKED_AT, {"departments": array(departments)})]


def alerts_of_work(departments: Iterable[int]) -> Q:
    """The condition of alerts of tasks the departments have or had, asked of each alert."""
    held = Holding.objects.filter(department__in=list(departments)).values("task")
    return Q(Exists(TaskAlert.objects.filter(alert=OuterRef("pk"), task__in=held)))


def tasks_of_alerts(alerts: list[int], viewer: User) -> dict[int, list[Task]]:
    """The tasks about each alert that the viewer may see: one query for all."""
    links = TaskAlert.objects.filter(
        alert__in=alerts, task__in=Task.objects.all().visible_to(viewer)
    )
    found: dict[int, list[Task]] = {}
    for link in links.select_related("task").order_by("alert_id", "-task_id", "episode"):
        tasks = found.setdefault(link.alert_id, [])
        if link.task not in tasks:
            tasks.append(link.task)
    return found


def outcomes_of_alerts(alerts: list[int]) -> dict[int, Outcome]:
    """How the work on each alert ended: two queries for all.

    A fix that was taken back or did not help was a fix too: from then on the days after the alert
    are not the problem's any more.
    """
    links = TaskAlert.objects.filter(alert__in=alerts).select_related("task")
    tasks = {link.alert_id: link.task for link in links.order_by("alert_id", "task_id")}
    plans = Verification.objects.filter(task__in=tasks.values()).order_by("-pk")
    fixes: dict[int, list[datetime]] = {}
    for number, plan in plans.values_list("task", "plan"):
        if day := plan.get("fix_day"):
            fixes.setdefault(number, []).append(datetime.fromisoformat(day).replace(tzinfo=UTC))
    for task in tasks.values():
        if task.fixed_at is not None:
            fixes.setdefault(task.pk, []).append(task.fixed_at)
    return {
        alert: Outcome(task.resolution, min(fixes.get(task.pk, []), default=None), task.closed_at)
        for alert, task in tasks.items()
    }


def groups_at_work(alert: Alert) -> list[int]:
    """Primary keys of the groups of all alerts that share a task with this one, in order."""
    together = Alert.objects.filter(links__task__links__alert=alert)
    groups = set(together.values_list("group_id", flat=True))
    return sorted(groups | {alert.group_id})


def departments_at_work(alert: Alert) -> list[int]:
    """Primary keys of the departments that have an unsubmitted task about the alert now."""
    at_work = Task.objects.filter(links__alert=alert, state__in=WORKABLE).order_by("department_id")
    return list(at_work.values_list("department_id", flat=True).distinct())
