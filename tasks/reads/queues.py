"""What feeds the queue: tabs, filters, and pages by keyset."""

import base64
import binascii
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from cx_loop.models import Department, User, department_ids_of, once, places_of
from tasks.models import WORKABLE, Task, Verification
from tasks.models.task import TaskQuerySet
from tasks.reads.keyset import Stretches, counts_of, first_of

# what a row of the queue says; otherwise most of a page's time went into columns nobody reads
_SHOWN = [
    *("number", "state", "severity", "title", "segment", "episode", "version", "self_recovered"),
    *("respond_by", "due_at", "hold_until", "silenced_until", "created_at", "closed_at"),
    *("submitted_by_id", "touchpoint__name", "metric__name", "metric__kind", "department__name"),
    *("assignee__name", "assignee__email"),
]
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

    @property
    def works_somewhere(self) -> bool:
        """An analyst reads everything and works nowhere."""
        return self.works is None or bool(self.works or self.leads)

    def does_lead(self, department: int) -> bool:
        return self.leads is None or department in self.leads


def reach_of(user: User, now: datetime) -> Reach:
    """The departments a person may act in: their own, and for leads those below."""
    return once(("reach", user.pk), lambda: _reach_of(user, now))


def _reach_of(user: User, now: datetime) -> Reach:
    away = User.objects.filter(substitute=user, absent_since__lte=now, absent_until__gt=now)
    stands_in_for = frozenset(away.values_list("pk", flat=True))
    if user.is_superuser:
        return Reach(None, None, stands_in_for)
    places = places_of(user)
    return Reach(places.works, places.leads, stands_in_for)


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
    sources = _sources(user, tab, filters, reach=reach, now=at)
    place = (after.severity, after.due_at, after.number) if after else None
    numbers: list[int] = []
    if filters.state != Task.State.CLOSED and (after is None or after.late):
        late = [_only(source, _is_late(at)) for source in sources]
        numbers = first_of(late, PAGE + 1, place)
    if tab != "late" and len(numbers) <= PAGE:
        others = [_only(source, ~_is_late(at)) for source in sources]
        passed = place if after and not after.late else None
        numbers += first_of(others, PAGE + 1 - len(numbers), passed)
    rows = _shown(numbers[:PAGE])
    return QueuePage(rows, str(_place(rows[-1], at)) if len(numbers) > PAGE else "")


def _only(source: Stretches, condition: Q) -> Stretches:
    return replace(source, tasks=source.tasks.filter(condition))


def _shown(numbers: list[int]) -> list[Task]:
    """The tasks of a page with what its rows name, in the order of their numbers."""
    asked = Verification.objects.filter(task=OuterRef("pk"), state=Verification.State.PERSON)
    related = Task.objects.select_related("touchpoint", "metric", "department", "assignee")
    found = related.only(*_SHOWN).annotate(is_asked=Exists(asked)).in_bulk(numbers)
    return [found[number] for number in numbers if number in found]


def listed(
    user: User, tab: str, filters: QueueFilters, *, reach: Reach, now: datetime
) -> QuerySet[Task]:
    """Every task of a tab that fits the filters as one query, in no order yet."""
    found: QuerySet[Task] = Task.objects.none()
    for source in _sources(user, tab, filters, reach=reach, now=now):
        found |= source.tasks.filter(**{f"{source.axis}__in": source.ids})
    return found


def counts(user: User, *, reach: Reach, now: datetime) -> dict[str, int]:
    """How many tasks stand in each tab, counted up to just past CAP."""
    none = QueueFilters()
    tabs = {tab: _sources(user, tab, none, reach=reach, now=now) for tab in TABS}
    return counts_of(tabs, CAP + 1)


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
    mine = _mine(Task.objects.unclosed(), user, reach)
    return counts_of({"mine": mine}, cap + 1)["mine"]


def _sources(
    user: User, tab: str, filters: QueueFilters, *, reach: Reach, now: datetime
) -> list[Stretches]:
    """Where the tasks of a tab stand: in departments, with persons; none in two of them."""
    closed = filters.state == Task.State.CLOSED
    tasks = Task.objects.filter(state=Task.State.CLOSED) if closed else Task.objects.unclosed()
    tasks = _narrowed(tasks, filters)
    if tab == "mine":
        return _mine(tasks, user, reach)
    if tab == "late":
        tasks = tasks.filter(_is_late(now))
    if tab == "waiting":
        tasks = tasks.filter(_waits_for(user))
    ours = department_ids_of(user)
    if ours is None:
        return [Stretches(tasks, "department", every_department())]
    # a task handed on is still to be seen, but it is no longer this department's work
    lent = tasks.exclude(department__in=ours).visible_to(user)
    return [Stretches(tasks, "department", ours), Stretches(lent, "assignee", [user.pk])]


def every_department() -> list[int]:
    ids = Department.objects.order_by("pk").values_list("pk", flat=True)
    return once("departments", lambda: list(ids))


def _mine(tasks: TaskQuerySet, user: User, reach: Reach) -> list[Stretches]:
    """What the person has or stands in for, and what nobody of their department has taken yet."""
    persons = [user.pk, *sorted(reach.stands_in_for)]
    free = tasks.filter(state=Task.State.OPEN, assignee=None)
    return [
        Stretches(tasks.visible_to(user), "assignee", persons),
        Stretches(free, "department", sorted(reach.works or [])),
    ]


def _waits_for(user: User) -> Q:
    """Fixes on which a second person must decide."""
    asked = Verification.objects.filter(state=Verification.State.PERSON).values("task")
    others = Q(submitted_by=None) | ~Q(submitted_by=user)
    return Q(state=Task.State.VERIFYING, pk__in=asked) & others


def _is_late(now: datetime) -> Q:
    return Q(state__in=WORKABLE, due_at__lt=now)


def _narrowed(tasks: TaskQuerySet, filters: QueueFilters) -> TaskQuerySet:
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


def _place(task: Task, at: datetime) -> Place:
    due = task.due_at or task.created_at
    return Place(at, task.is_overdue(at), task.severity, due, task.number)
