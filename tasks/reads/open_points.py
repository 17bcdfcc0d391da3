"""What a meeting of the departments has to settle: tasks that stand still, and why."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from cx_loop.models import Viewer
from tasks.models import WORKABLE, Permanence, Task, Verification
from tasks.reads.learning import Stretch, judged

SHOWN = 12  # of one kind: a meeting settles no more; the rest is in the queue


@dataclass(frozen=True, slots=True)
class Points:
    """Tasks of one kind, the most pressing first, and how many there are in all."""

    kind: str
    tasks: list[Task]
    count: int


def open_points(viewer: Viewer, stretch: Stretch, *, now: datetime) -> list[Points]:
    """Two questions a kind, however many there are. A task stands with the first kind it is of."""
    seen = _here(viewer, stretch)
    working = seen.filter(state__in=WORKABLE)
    asked = Verification.objects.filter(state=Verification.State.PERSON)
    relapsed = judged(viewer, stretch).filter(verdict="relapsed")
    kept = Permanence.objects.filter(answer="", next_due_at__isnull=False)
    kinds: dict[str, QuerySet[Task]] = {
        "unattended": seen.filter(unattended_since__isnull=False).exclude(state="closed"),
        "director": working.filter(escalation_level__gte=2, unattended_since=None),
        "late": working.filter(due_at__lt=now, escalation_level__lt=2, unattended_since=None),
        "decide": seen.filter(pk__in=asked.order_by().values("task")),
        "relapsed": seen.filter(pk__in=relapsed.order_by().values("task")),
        "permanent": seen.filter(pk__in=kept.order_by().values("task")),
    }
    return [_points(kind, tasks) for kind, tasks in kinds.items()]


def _here(viewer: Viewer, stretch: Stretch) -> QuerySet[Task]:
    seen: QuerySet[Task] = Task.objects.all().visible_to(viewer)
    return seen if stretch.departments is None else seen.filter(department__in=stretch.departments)


def _points(kind: str, tasks: QuerySet[Task]) -> Points:
    related = tasks.select_related("touchpoint", "metric", "department", "assignee")
    return Points(
        kind,
        list(related.order_by("severity", "due_at", "number")[:SHOWN]),
        tasks.order_by().count(),
    )
