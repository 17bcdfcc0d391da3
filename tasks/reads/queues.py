"""What feeds the queue: tabs, filters, and pages by keyset."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from cx_loop.models import Department, Membership, User, departments_of
from tasks.models import WORKABLE, Task, Verification

TABS = ("mine", "department", "waiting", "late")
PAGE = 50
CAP = 1000  # counting stops here: "1,000+"
MOST_DUE = 500  # entries of a calendar
LEADING = ("lead", "director")


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """What the queue is narrowed to; '' leaves a filter out."""

    state: str = ""
    severity: str = ""
    touchpoint: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of a page, and the moment its lateness was judged at.

    The next page judges at the same moment, otherwise a task that turned late in between would
    be shown twice or not at all.
    """

    at: datetime
    late: bool
    severity: int
    due_at: datetime
    number: int

    def __str__(self) -> str:
        parts = [self.at.isoformat(), int(self.late), self.severity, self.due_at.isoformat()]
        return base64.urlsafe_b64encode(json.dumps([*parts, self.number]).encode()).decode()

    @classmethod
    def parse(cls, raw: str) -> Self | None:
        """None for what is no place: the reader then starts on top."""
        try:
            at, late, severity, due_at, number = json.loads(base64.urlsafe_b64decode(raw))
            moments = datetime.fromisoformat(at), datetime.fromisoformat(due_at)
        except (ValueError, TypeError, binascii.Error):
            return None
        if any(moment.tzinfo is None for moment in moments):
            return None
        if not (isinstance(severity, int) and isinstance(number, int) and number < 2**63):
            return None
        return cls(moments[0], bool(late), severity, moments[1], number)


@dataclass(frozen=True, slots=True)
class QueuePage:
    tasks: list[Task]
    next: str  # where the next page begins; '' on the last


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a person works, where they lead (None means everywhere), for whom they stand in."""

    works: frozenset[int] | None
    leads: frozenset[int] | None
    stands_in_for: frozenset[int] = frozenset()

    def holds(self, department: int) -> bool:
        return self.works is None or department in self.works or self.does_lead(department)

    def does_lead(self, department: int) -> bool:
        return self.leads is None or department in self.leads


def reach_of(user: User, now: datetime) -> Reach:
    """The departments a person may act in: their own, and for leads those below."""
    away = User.objects.filter(substitute=user, absent_since__lte=now, absent_until__gt=now)
    stands_in_for = frozenset(away.values_list("pk", flat=True))
    if user.is_superuser:
        return Reach(None, None, stands_in_for)
    rows = list(Membership.objects.filter(user=user).values_list("department_id", "role"))
    led = Department.objects.filter(pk__in=[pk for pk, role in rows if role in LEADING])
    below = Department.objects.all().below(led) if led else Department.objects.none()
    works = frozenset(pk for pk, _ in rows)
    return Reach(works, frozenset(below.values_list("pk", flat=True)), stands_in_for)


def default_tab(user: User, reach: Reach) -> str:
    """Leads and those who see everything begin with the department, staff with their own."""
    return "department" if user.sees_everything or reach.leads else "mine"


def queue(
    user: User,
    tab: str,
    filters: QueueFilters,
    *,
    reach: Reach,
    now: datetime,
    after: Place | None = None,
) -> QueuePage:
    """A page of a tab: what is late first, then by severity, deadline and number.

    Two keysets one after the other, each read along an index.
    """
    at = after.at if after else now
    found = listed(user, tab, filters, reach=reach, now=at)
    asked = Verification.objects.filter(task=OuterRef("pk"), state=Verification.State.PERSON)
    found = found.annotate(is_asked=Exists(asked))
    found = found.select_related("touchpoint", "metric", "department", "assignee")
    late = found.filter(_is_late(at))
    others = found.exclude(_is_late(at))
    rows: list[Task] = []
    if after is None or after.late:
        rows = _keyset(late, after, PAGE + 1)
    if len(rows) <= PAGE:
        place = after if after and not after.late else None
        rows += _keyset(others, place, PAGE + 1 - len(rows))
    return QueuePage(rows[:PAGE], str(_place(rows[PAGE - 1], at)) if len(rows) > PAGE else "")


def listed(
    user: User, tab: str, filters: QueueFilters, *, reach: Reach, now: datetime
) -> QuerySet[Task]:
    """Every task of a tab that fits the filters, in no order yet."""
    return _narrowed(_tab(user, tab, filters, reach=reach, now=now), filters)


def counts(user: User, *, reach: Reach, now: datetime) -> dict[str, int]:
    """How many tasks stand in each tab, counted up to just past CAP."""
    none = QueueFilters()
    return {
        tab: _tab(user, tab, none, reach=reach, now=now).order_by()[: CAP + 1].count()
        for tab in TABS
    }


def tasks_with_a_due_moment(user: User) -> list[Task]:
    """What stands in a person's calendar: their own, and of departments they lead; MOST_DUE."""
    led = Department.objects.led_by(user)
    found = Task.objects.filter(state__in=WORKABLE, due_at__isnull=False)
    found = found.filter(Q(assignee=user) | Q(department__in=led))
    return list(
        found.select_related("touchpoint", "metric").order_by("due_at", "number")[:MOST_DUE]
    )


def count_mine(user: User, *, now: datetime, cap: int = CAP) -> int:
    reach = reach_of(user, now)
    return _mine(Task.objects.unclosed(), user, reach).order_by()[: cap + 1].count()


def _tab(
    user: User, tab: str, filters: QueueFilters, *, reach: Reach, now: datetime
) -> QuerySet[Task]:
    seen = Task.objects.all().visible_to(user)
    seen = seen if filters.state == Task.State.CLOSED else seen.unclosed()
    if tab == "mine":
        return _mine(seen, user, reach)
    departments = departments_of(user)
    if departments is not None:
        # a task handed on is still to be seen, but it is no longer this department's work
        ours = list(departments.values_list("pk", flat=True))
        seen = seen.filter(Q(department__in=ours) | Q(assignee=user))
    if tab == "late":
        return seen.filter(_is_late(now))
    if tab == "waiting":
        return seen.filter(_waits_for(user))
    return seen


def _mine(tasks: QuerySet[Task], user: User, reach: Reach) -> QuerySet[Task]:
    """What the person has or stands in for, and what nobody of their department has taken yet."""
    has = Q(assignee__in=[user.pk, *sorted(reach.stands_in_for)])
    if reach.works:
        has |= Q(state=Task.State.OPEN, assignee=None, department__in=reach.works)
    return tasks.filter(has)


def _waits_for(user: User) -> Q:
    """Fixes on which a second person must decide."""
    asked = Verification.objects.filter(state=Verification.State.PERSON).values("task")
    others = Q(submitted_by=None) | ~Q(submitted_by=user)
    return Q(state=Task.State.VERIFYING, pk__in=asked) & others


def _is_late(now: datetime) -> Q:
    return Q(state__in=WORKABLE, due_at__lt=now)


def _narrowed(tasks: QuerySet[Task], filters: QueueFilters) -> QuerySet[Task]:
    if filters.state:
        tasks = tasks.filter(state=filters.state)
    if filters.severity:
        tasks = tasks.filter(severity=filters.severity)
    if filters.touchpoint:
        tasks = tasks.filter(touchpoint__key=filters.touchpoint)
    if filters.search:
        tasks = tasks.filter(speaks_of(filters.search))
    return tasks


def speaks_of(words: str) -> Q:
    """A number such as #1042, else words of the title, the touchpoint or the metric."""
    number = words.lstrip("#")
    if number.isdecimal() and len(number) < 18:
        return Q(number=int(number))
    named = Q(touchpoint__name__icontains=words) | Q(metric__name__icontains=words)
    return named | Q(title__text__icontains=words) | Q(touchpoint__key__icontains=words)


def _keyset(tasks: QuerySet[Task], after: Place | None, limit: int) -> list[Task]:
    ordered = tasks.order_by("severity", "due_at", "number")
    if after is not None:
        place = (after.severity, after.due_at, after.number)
        columns = Tuple("severity", "due_at", "number")
        ordered = ordered.filter(TupleGreaterThan(columns, place))
    return list(ordered[:limit])


def _place(task: Task, at: datetime) -> Place:
    due = task.due_at or task.created_at
    return Place(at, task.is_overdue(at), task.severity, due, task.number)
