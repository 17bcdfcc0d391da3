"""What feeds the queue: tabs, filters, and pages by keyset."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Q, QuerySet

from alerts.models import Severity
from cx_loop.models import Department, User, department_ids_of, once, places_of
from cx_loop.models.prepared import array, ask
from tasks.models import WORKABLE, Task
from tasks.reads.keyset import Lane, Stretches, Values, all_of, counts_of, first_of
from tasks.reads.queue_rows import shown
from tasks.reads.search import number_in, spoken_of

TABS = ("mine", "department", "waiting", "late")
PAGE = 50
CAP = 1000  # counting stops here: "1,000+"
MOST_DUE = 500  # entries of a calendar
LEADING = ("lead", "director")

_AWAY = """
SELECT id FROM cx_loop_user WHERE substitute_id = %(user)s::bigint
AND absent_since <= %(now)s::timestamptz AND absent_until > %(now)s::timestamptz
"""
_UNCLOSED = "task.state <> 'closed'"
_LATE = (
    "task.state IN ('open', 'accepted', 'in_progress', 'on_hold')"
    " AND task.due_at < %(now)s::timestamptz"
)
_NOT_LATE = f"({_LATE}) IS NOT TRUE"
_HELD = (
    "EXISTS (SELECT FROM tasks_holding AS held WHERE held.task_id = task.number"
    " AND held.department_id = ANY(%(ours)s::bigint[]))"
)
_SEEN = f"(task.department_id = ANY(%(ours)s::bigint[]) OR {_HELD})"
_ELSEWHERE = "task.department_id <> ALL(%(ours)s::bigint[])"
_AT = "task.touchpoint_id = (SELECT id FROM cx_loop_touchpoint WHERE key = %(touchpoint)s::text)"
# a fix on which a second person must decide
_WAITS = (
    "task.state = 'verifying'"
    " AND (task.submitted_by_id IS NULL OR task.submitted_by_id <> ALL(%(me)s::bigint[]))"
    " AND task.number IN (SELECT task_id FROM tasks_verification WHERE state = 'person')"
)


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
    asked = {"user": str(user.pk), "now": now.isoformat()}
    stands_in_for = frozenset(row[0] for row in ask(_AWAY, asked))
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

    Two lanes one after the other, each read along an index.
    """
    at = after.at if after else now
    sources = [each.only(*_narrowed(filters)) for each in _sources(user, tab, filters)]
    passed_late = after is not None and not after.late
    lanes = []
    if filters.state != Task.State.CLOSED and not passed_late:
        late = [each.only(_LATE) for each in sources]
        lanes.append(Lane(late, passed=after is not None))
    if tab != "late":
        others = [each.only(_NOT_LATE) for each in sources]
        lanes.append(Lane(others, passed=passed_late))
    values = _values(user, filters, reach=reach, now=at) | _grades(filters, after)
    rows = shown(first_of(lanes, PAGE + 1), values) if lanes else []
    found = rows[:PAGE]
    return QueuePage(found, str(_place(found[-1], at)) if len(rows) > PAGE else "")


def _grades(filters: QueueFilters, after: Place | None) -> Values:
    """The severities still to be read; of the first one only what lies beyond the last row."""
    wanted = [int(filters.severity)] if filters.severity else list(Severity.values)
    values: Values = {"grades": array(wanted)}
    if after is not None:
        values |= {
            "this_grade": array(grade for grade in wanted if grade == after.severity),
            "later_grades": array(grade for grade in wanted if grade > after.severity),
            "last_due": after.due_at.isoformat(),
            "last_number": str(after.number),
        }
    return values


def listed(
    user: User, tab: str, filters: QueueFilters, *, reach: Reach, now: datetime
) -> QuerySet[Task]:
    """Every task of a tab that fits the filters as one query, in no order yet."""
    conditions = _narrowed(filters)
    if filters.severity:
        conditions.append("task.severity = %(severity)s::smallint")
    if tab == "late":
        conditions.append(_LATE)
    sources = [each.only(*conditions) for each in _sources(user, tab, filters)]
    values = _values(user, filters, reach=reach, now=now)
    return Task.objects.filter(pk__in=all_of(sources, values))


def counts(user: User, *, reach: Reach, now: datetime) -> dict[str, int]:
    """How many tasks stand in each tab, counted up to just past CAP."""
    none = QueueFilters()
    tabs = {tab: _sources(user, tab, none) for tab in TABS}
    tabs["late"] = [each.only(_LATE) for each in tabs["late"]]
    found = counts_of(tabs, _values(user, none, reach=reach, now=now), CAP + 1)
    return once(("tabs", user.pk), lambda: found)


def tasks_with_a_due_moment(user: User) -> list[Task]:
    """What stands in a person's calendar: their own, and of departments they lead; MOST_DUE."""
    led = Department.objects.led_by(user)
    found = Task.objects.filter(state__in=WORKABLE, due_at__isnull=False)
    found = found.filter(Q(assignee=user) | Q(department__in=led))
    return list(
        found.select_related("touchpoint", "metric").order_by("due_at", "number")[:MOST_DUE]
    )


def count_mine(user: User, *, now: datetime, cap: int = CAP) -> int:
    """Of the badge; a page that counted all tabs knows it."""
    mine = {"mine": _sources(user, "mine", QueueFilters())}
    reach = reach_of(user, now)
    values = _values(user, QueueFilters(), reach=reach, now=now)
    return once(("tabs", user.pk), lambda: counts_of(mine, values, cap + 1))["mine"]


def _sources(user: User, tab: str, filters: QueueFilters) -> list[Stretches]:
    """Where the tasks of a tab stand: in departments, with persons; none in two of them."""
    state = "task.state = 'closed'" if filters.state == Task.State.CLOSED else _UNCLOSED
    everything = department_ids_of(user) is None
    if tab == "mine":
        # what the person has or stands in for, and what nobody of their department has taken yet
        seen = () if everything else (_SEEN,)
        free = ("task.state = 'open'", "task.assignee_id IS NULL")
        return [
            Stretches("assignee", "persons", (state, *seen)),
            Stretches("department", "works", (state, *free)),
        ]
    waiting = (_WAITS,) if tab == "waiting" else ()
    here = Stretches("department", "ours", (state, *waiting))
    # a task handed on is still to be seen, but it is no longer this department's work
    lent = Stretches("assignee", "me", (state, _ELSEWHERE, _HELD, *waiting))
    return [here] if everything else [here, lent]


def _values(user: User, filters: QueueFilters, *, reach: Reach, now: datetime) -> Values:
    ours = department_ids_of(user)
    return {
        "ours": array(every_department() if ours is None else ours),
        "works": array(sorted(reach.works or [])),
        "me": array([user.pk]),
        "persons": array([user.pk, *sorted(reach.stands_in_for)]),
        "now": now.isoformat(),
        "state": filters.state,
        "severity": filters.severity,
        "touchpoint": filters.touchpoint,
        "words": filters.search,
        "number": str(number_in(filters.search) or 0),
    }


def every_department() -> list[int]:
    ids = Department.objects.order_by("pk").values_list("pk", flat=True)
    return once("departments", lambda: list(ids))


def _narrowed(filters: QueueFilters) -> list[str]:
    """Of the filters what is asked of each row; the severity is where it stands."""
    conditions = []
    if filters.state:
        conditions.append("task.state = %(state)s::text")
    if filters.touchpoint:
        conditions.append(_AT)
    if filters.search and number_in(filters.search) is not None:
        conditions.append("task.number = %(number)s::bigint")
    elif filters.search:
        conditions.append(spoken_of(closed=filters.state == Task.State.CLOSED))
    return conditions


def _place(task: Task, at: datetime) -> Place:
    due = task.due_at or task.created_at
    return Place(at, task.is_overdue(at), task.severity, due, task.number)
