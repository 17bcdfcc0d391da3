"""The tasks behind a figure of the insights: what a number opens to."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from cx_loop.models import Viewer
from tasks.models import Countermeasure, Permanence, Task
from tasks.reads.learning import FIELDS, Stretch, judged, within
from tasks.reads.loop_figures import PUSHED_UP, due_tasks, is_late, opened_tasks, pushed_up
from tasks.reads.loop_rounds import ended_rounds

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
_ENDED = {"answered": "responded_at", "resolved": "submitted_at"}
_CLIMBED = {"lead": PUSHED_UP, "director": ("director",)}
_OF_TASKS = ("due", "late", *_CLIMBED, "false_alarm")
FIGURES = ("opened", *_ENDED, *_OF_TASKS, *_OF_FIXES, "permanent")


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
    if figure in _ENDED:
        rounds = ended_rounds(viewer, stretch, _ENDED[figure])
        return _seen(viewer).filter(pk__in=rounds.order_by().values("task"))
    if figure in _CLIMBED:
        up = pushed_up(viewer, stretch, _CLIMBED[figure])
        return _seen(viewer).filter(pk__in=up.order_by().values("task"))
    if figure in ("due", "late"):
        due = due_tasks(viewer, stretch, now=now)
        due = due.filter(is_late(now)) if figure == "late" else due
        return _seen(viewer).filter(pk__in=due.order_by().values("pk"))
    if figure in ("opened", "false_alarm"):
        opened = opened_tasks(viewer, stretch)
        return opened.filter(resolution="false_alarm") if figure == "false_alarm" else opened
    if figure == "permanent":
        kept = within(Permanence.objects.filter(answer="made"), "asked_at", stretch)
        if stretch.departments is not None:
            kept = kept.filter(verification__department__in=stretch.departments)
        return _seen(viewer).filter(pk__in=kept.order_by().values("task"))
    fixes = judged(viewer, stretch).filter(**_OF_FIXES[figure])
    if figure == "unproven":
        fixes = fixes.exclude(verdict="effective")
    return _seen(viewer).filter(pk__in=_of_group(fixes, group, key).order_by().values("task"))


def page_of(tasks: "QuerySet[Task]", after: int | None) -> list[Task]:
    """One more than a page, so that the caller sees whether there are more; newest first."""
    related = tasks.select_related("touchpoint", "metric", "department", "assignee")
    if after is not None:
        related = related.filter(number__lt=after)
    return list(related.order_by("-number")[: PAGE + 1])


def _seen(viewer: Viewer) -> "QuerySet[Task]":
    return Task.objects.all().visible_to(viewer)


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
