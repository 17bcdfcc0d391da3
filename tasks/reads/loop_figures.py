"""What the loop did in a period, counted by the database: rounds, lateness, escalation.

Of the tasks opened in it that the viewer sees. What happened counts for the department that had
the task when it happened, wherever it is now. The number of questions depends neither on rows nor
on departments.
"""

from datetime import datetime, timedelta

from django.db.models import Count, DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Least

from cx_loop.models import Viewer
from tasks.logic.loop_figures import Counts
from tasks.models import WORKABLE, Escalation, Holding, Task
from tasks.reads.learning import Stretch, within

PUSHED_UP = ("lead", "director")


def counts_of_tasks(
    viewer: Viewer, stretch: Stretch, *, now: datetime
) -> tuple[Counts, dict[int, Counts]]:
    """What became of the tasks opened in the period, all together and by department.

    A task that two departments had is opened for both, so the sum of them is not the whole.
    """
    opened = opened_tasks(viewer, stretch)
    had = Holding.objects.filter(task__in=opened.order_by().values("number")).order_by()
    if stretch.departments is not None:
        had = had.filter(department__in=stretch.departments)
    found = {
        department: Counts(opened=n)
        for department, n in had.values_list("department").annotate(n=Count("task", distinct=True))
    }
    judged = due_tasks(viewer, stretch, now=now).order_by().values_list("holdings__department")
    counted = judged.annotate(n=Count("pk"), late=Count("pk", filter=is_late(now)))
    for department, due, late in counted:
        found[department] = found.get(department, Counts()) + Counts(due=due, late=late)
    up = pushed_up(viewer, stretch, PUSHED_UP).order_by()
    lead = Count("task", distinct=True)
    director = Count("task", distinct=True, filter=Q(to="director"))
    climbed = up.values_list("task__holdings__department").annotate(lead=lead, director=director)
    for department, to_lead, to_director in climbed:
        there = found.get(department, Counts())
        found[department] = there + Counts(lead=to_lead, director=to_director)
    whole = Counts(
        opened=had.aggregate(n=Count("task", distinct=True))["n"],
        due=sum(each.due for each in found.values()),
        late=sum(each.late for each in found.values()),
        **up.aggregate(lead=lead, director=director),
    )
    return whole, found


def opened_tasks(viewer: Viewer, stretch: Stretch) -> "QuerySet[Task]":
    """Opened in the period; of some departments: those that they had at any time."""
    seen = Task.objects.all().visible_to(viewer)
    if stretch.departments is not None:
        seen = seen.held_by(stretch.departments)
    found: QuerySet[Task] = within(seen, "created_at", stretch)
    return found


def due_tasks(viewer: Viewer, stretch: Stretch, *, now: datetime) -> "QuerySet[Task]":
    """Of those opened, the ones of which it can be said whether they were late, each with the
    holding in which its time ran out, its fix came in or it was closed, whichever was first."""
    moment = Least("due_at", "submitted_at", "closed_at", Value(now, DateTimeField()))
    due = opened_tasks(viewer, stretch).filter(is_due(now)).annotate(moment=moment)
    return due.filter(holding_at("moment", "holdings", stretch))


def pushed_up(viewer: Viewer, stretch: Stretch, levels: tuple[str, ...]) -> "QuerySet[Escalation]":
    """Escalations of those opened, each with the holding in which it happened."""
    opened = opened_tasks(viewer, stretch).order_by().values("number")
    up = Escalation.objects.filter(task__in=opened, to__in=levels)
    return up.filter(holding_at("fired_at", "task__holdings", stretch))


def holding_at(moment: str, holdings: str, stretch: Stretch) -> Q:
    """The one of the holdings that was at the moment, in the departments asked for."""
    begun = Q(**{f"{holdings}__since__lte": F(moment)})
    not_over = Q(**{f"{holdings}__until": None}) | Q(**{f"{holdings}__until__gt": F(moment)})
    if stretch.departments is None:
        return begun & not_over
    return begun & not_over & Q(**{f"{holdings}__department__in": stretch.departments})


def is_late(now: datetime) -> Q:
    """Late once is late for good, and what is past its time and not submitted is late now."""
    return Q(was_late=True) | Q(state__in=WORKABLE, due_at__lt=now)


def is_due(now: datetime) -> Q:
    """Of which it can be said whether they were late: otherwise young tasks would look punctual."""
    return Q(state__in=["verifying", "closed"]) | is_late(now)


def before(stretch: Stretch) -> Stretch | None:
    """The stretch of the same length before it; None for one without both ends."""
    if stretch.since is None or stretch.until is None:
        return None
    length: timedelta = stretch.until - stretch.since
    return Stretch(stretch.since - length, stretch.since, stretch.departments)
