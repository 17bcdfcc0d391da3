"""What the loop did week by week: the small curves beside its figures."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncWeek

from cx_loop.models import Viewer
from tasks.reads.learning import Stretch, judged
from tasks.reads.loop_figures import PUSHED_UP, due_tasks, is_late, opened_tasks, pushed_up


@dataclass(slots=True)
class Week:
    """Of the tasks opened in it, and of the fixes judged in it."""

    opened: int = 0
    due: int = 0
    late: int = 0
    lead: int = 0
    judged: int = 0
    proven: int = 0
    worked: int = 0
    relapsed: int = 0


def weeks_of(
    viewer: Viewer, stretch: Stretch, *, now: datetime, zone: ZoneInfo
) -> dict[date, Week]:
    """By the Monday of each local week in which there was something; four questions."""
    weeks: dict[date, Week] = {}
    opened = opened_tasks(viewer, stretch).order_by()
    for monday, n in _by_week(opened, "created_at", zone).annotate(n=Count("pk")):
        weeks.setdefault(monday.date(), Week()).opened = n
    due = _by_week(due_tasks(viewer, stretch, now=now), "created_at", zone)
    for monday, n, late in due.annotate(n=Count("pk"), late=Count("pk", filter=is_late(now))):
        week = weeks.setdefault(monday.date(), Week())
        week.due, week.late = n, late
    up = _by_week(pushed_up(viewer, stretch, PUSHED_UP), "task__created_at", zone)
    for monday, n in up.annotate(n=Count("task", distinct=True)):
        weeks.setdefault(monday.date(), Week()).lead = n
    decided = _by_week(judged(viewer, stretch), "decided_at", zone)
    for monday, n, proven, worked, relapsed in decided.annotate(
        n=Count("pk"),
        proven=Count("pk", filter=Q(verdict="effective")),
        worked=Count("pk", filter=Q(relapse_until__isnull=False)),
        relapsed=Count("pk", filter=Q(verdict="relapsed")),
    ):
        week = weeks.setdefault(monday.date(), Week())
        week.judged, week.proven, week.worked, week.relapsed = n, proven, worked, relapsed
    return weeks


def _by_week(found: "QuerySet[Any]", field: str, zone: ZoneInfo) -> Any:
    return found.order_by().annotate(week=TruncWeek(field, tzinfo=zone)).values_list("week")
