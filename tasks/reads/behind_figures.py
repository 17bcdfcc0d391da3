"""The tasks behind a figure of the insights: what a number opens to."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from cx_loop.models import Viewer
from tasks.models import Countermeasure, Episode, Escalation, Permanence, Task
from tasks.reads.learning import FIELDS, Stretch, judged, within
from tasks.reads.loop_figures import is_due, is_late, opened_tasks

PAGE = 50


# figure -> what is asked of the fixes judged in the period
_OF_FIXES: dict[str, dict[str, Any]] = {
    "judged": {},
    "proven": {"verdict": "effective"},
    "recovered": {"recovered": True},
    "worked": {"relapse_until__isnull": False},
    "relapsed": {"verdict": "relapsed"},
    "unproven": {},
}
_OF_TASKS: dict[str, Callable[[QuerySet[Task], Stretch, datetime], QuerySet[Task]]] = {
    "opened": lambda tasks, stretch, now: tasks,
    "due": lambda tasks, stretch, now: tasks.filter(is_due(now)),
    "late": lambda tasks, stretch, now: tasks.filter(is_late(now)),
    "lead": lambda tasks, stretch, now: _climbed(tasks, "lead", "director"),
    "director": lambda tasks, stretch, now: _climbed(tasks, "director"),
    "false_alarm": lambda tasks, stretch, now: tasks.filter(resolution="false_alarm"),
}
FIGURES = ("opened", "answered", "resolved", *list(_OF_TASKS)[1:], *_OF_FIXES, "permanent")


def tasks_behind(
    viewer: Viewer,
    figure: str,
    stretch: Stretch,
    *,
    now: datetime,
    group: str = "",
    key: str = "",
) -> "QuerySet[Task]":
    """The tasks a figure counts, in no order yet. `group` and `key` narrow the fixes judged."""
    if figure in _OF_TASKS:
        return _OF_TASKS[figure](opened_tasks(viewer, stretch), stretch, now)
    seen = Task.objects.all().visible_to(viewer)
    if figure in ("answered", "resolved"):
        if stretch.departments is not None:
            seen = seen.filter(department__in=stretch.departments)
        ended = {"answered": "responded_at", "resolved": "submitted_at"}[figure]
        rounds = within(Episode.objects.filter(**{f"{ended}__isnull": False}), "opened_at", stretch)
        return seen.filter(pk__in=rounds.order_by().values("task"))
    if figure == "permanent":
        kept = within(Permanence.objects.filter(answer="made"), "asked_at", stretch)
        if stretch.departments is not None:
            kept = kept.filter(verification__department__in=stretch.departments)
        return seen.filter(pk__in=kept.order_by().values("task"))
    fixes = judged(viewer, stretch).filter(**_OF_FIXES[figure])
    if figure == "unproven":
        fixes = fixes.exclude(verdict="effective")
    return seen.filter(pk__in=_of_group(fixes, group, key).order_by().values("task"))


def page_of(tasks: "QuerySet[Task]", after: int | None) -> list[Task]:
    """One more than a page, so that the caller sees whether there are more; newest first."""
    related = tasks.select_related("touchpoint", "metric", "department", "assignee")
    if after is not None:
        related = related.filter(number__lt=after)
    return list(related.order_by("-number")[: PAGE + 1])


def _climbed(tasks: "QuerySet[Task]", *levels: str) -> "QuerySet[Task]":
    up = Escalation.objects.filter(to__in=levels).order_by()
    return tasks.filter(pk__in=up.values("task"))


def _of_group(fixes: "QuerySet[Any]", group: str, key: str) -> "QuerySet[Any]":
    if not group:
        return fixes
    if group == "playbook":
        tried = Countermeasure.objects.filter(playbook__playbook__key=key)
        return fixes.filter(pk__in=tried.order_by().values("verification"))
    if group == "countermeasure":
        tried = Countermeasure.objects.filter(kind=key)
        return fixes.filter(pk__in=tried.order_by().values("verification"))
    field = FIELDS[group][0]
    if not key and "__" in field:
        return fixes.filter(**{f"{field.rpartition('__')[0]}__isnull": True})
    return fixes.filter(**{field: key})
