"""What the loop did in a period, counted by the database: rounds, lateness, escalation.

Of the tasks opened in it, and the fixes judged in it, that the viewer sees. The number of
questions depends neither on rows nor on departments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, F, Func, Q, QuerySet

from cx_loop.models import Department, Viewer
from tasks.logic.loop_figures import Counts
from tasks.models import WORKABLE, Episode, Escalation, Task
from tasks.reads.learning import Stretch, within

MEASURED = 2_000  # rounds whose working time is counted; of more, as many are drawn by lot
PUSHED_UP = ("lead", "director")


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a task; `department` has the task now."""

    department: int
    opened_at: datetime
    responded_at: datetime | None
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rounds:
    """`answered` and `submitted`: department -> how many rounds there were, measured or not."""

    measured: list[Round]
    answered: dict[int, int]
    submitted: dict[int, int]


def rounds_of(viewer: Viewer, stretch: Stretch) -> Rounds:
    """Two questions: how many rounds were answered and submitted, and those that are measured."""
    found = _rounds(viewer, stretch)
    counted = found.values_list("task__department_id").annotate(
        answered=Count("pk", filter=Q(responded_at__isnull=False)),
        submitted=Count("pk", filter=Q(submitted_at__isnull=False)),
    )
    rows = list(counted)
    # by a hash of the key: the same rounds each time, and none of them more likely than others
    lot = Func(F("pk"), function="hashint8", output_field=BigIntegerField())
    ended = found.filter(Q(responded_at__isnull=False) | Q(submitted_at__isnull=False))
    drawn = ended.order_by(lot, "pk").values_list(
        "task__department_id", "opened_at", "responded_at", "submitted_at"
    )[:MEASURED]
    return Rounds(
        measured=[Round(*row) for row in drawn],
        answered={department: answered for department, answered, _submitted in rows},
        submitted={department: submitted for department, _answered, submitted in rows},
    )


def counts_of_tasks(viewer: Viewer, stretch: Stretch, *, now: datetime) -> dict[int, Counts]:
    """Department -> what became of the tasks opened in the period; two questions."""
    opened = opened_tasks(viewer, stretch).order_by()
    rows = opened.values_list("department_id").annotate(
        n=Count("pk"), due=Count("pk", filter=is_due(now)), late=Count("pk", filter=is_late(now))
    )
    up = Escalation.objects.filter(task__in=opened.values("number"), to__in=PUSHED_UP)
    climbed = (
        up.order_by()
        .values_list("task__department_id")
        .annotate(
            lead=Count("task", distinct=True),
            director=Count("task", distinct=True, filter=Q(to="director")),
        )
    )
    above = {department: (lead, director) for department, lead, director in climbed}
    return {
        department: Counts(n, due, late, *above.get(department, (0, 0)))
        for department, n, due, late in rows
    }


def opened_tasks(viewer: Viewer, stretch: Stretch) -> "QuerySet[Task]":
    seen = Task.objects.all().visible_to(viewer)
    if stretch.departments is not None:
        seen = seen.filter(department__in=stretch.departments)
    found: QuerySet[Task] = within(seen, "created_at", stretch)
    return found


def is_late(now: datetime) -> Q:
    """Late once is late for good, and what is past its time and not submitted is late now."""
    return Q(was_late=True) | Q(state__in=WORKABLE, due_at__lt=now)


def is_due(now: datetime) -> Q:
    """Of which it can be said whether they were late: otherwise young tasks would look punctual."""
    return Q(state__in=["verifying", "closed"]) | is_late(now)


def departments_named(ids: Sequence[int]) -> list[Department]:
    return list(Department.objects.filter(pk__in=ids).select_related("calendar").order_by("key"))


def _rounds(viewer: Viewer, stretch: Stretch) -> Any:
    seen = Task.objects.all().visible_to(viewer)
    if stretch.departments is not None:
        seen = seen.filter(department__in=stretch.departments)
    rounds = Episode.objects.filter(task__in=seen.values("number")).order_by()
    return within(rounds, "opened_at", stretch)


def before(stretch: Stretch) -> Stretch | None:
    """The stretch of the same length before it; None for one without both ends."""
    if stretch.since is None or stretch.until is None:
        return None
    length: timedelta = stretch.until - stretch.since
    return Stretch(stretch.since - length, stretch.since, stretch.departments)
