"""Queries over tasks that other packages and pages need."""

from typing import Any

from tasks.models import Task, TaskAlert


def touchpoints_of_work(departments: Any) -> Any:
    """Primary keys of touchpoints of tasks the departments have or had."""
    worked = Task.objects.held_by(departments).exclude(touchpoint=None)
    return worked.values("touchpoint")


def alerts_of_work(departments: Any) -> Any:
    """Primary keys of alerts of tasks the departments have or had."""
    return TaskAlert.objects.filter(task__in=Task.objects.held_by(departments)).values("alert")
