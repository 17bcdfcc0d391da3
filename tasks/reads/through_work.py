"""What others ask about tasks: what a department sees through its work, and the tasks of alerts."""

from typing import Any

from alerts.models import Alert
from cx_loop.models import User
from tasks.models import WORKABLE, Task, TaskAlert


def touchpoints_of_work(departments: Any) -> Any:
    """Primary keys of touchpoints of tasks the departments have or had."""
    worked = Task.objects.held_by(departments).exclude(touchpoint=None)
    return worked.values("touchpoint")


def alerts_of_work(departments: Any) -> Any:
    """Primary keys of alerts of tasks the departments have or had."""
    return TaskAlert.objects.filter(task__in=Task.objects.held_by(departments)).values("alert")


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


def groups_at_work(alert: Alert) -> list[int]:
    """Primary keys of the groups of all alerts that share a task with this one, in order."""
    together = Alert.objects.filter(links__task__links__alert=alert)
    groups = set(together.values_list("group_id", flat=True))
    return sorted(groups | {alert.group_id})


def departments_at_work(alert: Alert) -> list[int]:
    """Primary keys of the departments that have an unsubmitted task about the alert now."""
    at_work = Task.objects.filter(links__alert=alert, state__in=WORKABLE).order_by("department_id")
    return list(at_work.values_list("department_id", flat=True).distinct())
