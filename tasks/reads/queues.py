"""What feeds the queue: tabs, filters, and pages by keyset."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from alerts.models import Severity
from cx_loop.models import Department, User, department_ids_of, once, places_of
from cx_loop.models.prepared import array, ask, columns_of, models_of
from tasks.models import WORKABLE, QueueView, Task
from tasks.reads.keyset import Lane, Stretches, Values, all_of, counts_of, first_of
from tasks.reads.narrowing import Place, QueueFilters, below
from tasks.reads.queue_rows import shown

TABS = ("mine", "department", "waiting", "late")
PAGE = 30
CAP = 200  # counting stops here: "200+"; the board and insights count all
MOST_DUE = 500  # entries of a calendar

_VIEWS = f"""
SELECT {columns_of(QueueView, "it")} FROM tasks_queueview AS it
WHERE it.user_id = %(user)s::bigint ORDER BY it.name, it.id
"""  # noqa: S608  names of our own columns
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
_WORKED_AT = "task.state IN ('open', 'accepted', 'in_progress', 'on_hold')"
# sort -> the two lanes one after the other; in the order of their age there is only one
_LANES = {
    "": (_LATE, _NOT_LATE),
    "due": (_WORKED_AT, f"NOT {_WORKED_AT}"),
    "newest": ("", "true"),
}
_HELD = (
    "EXISTS (SELECT FROM tasks_holding AS held WHERE held.task_id = task.number"
    " AND held.department_id = ANY(%(ours)s::bigint[]))"
)
_SEEN = f"(task.department_id = ANY(%(ours)s::bigint[]) OR {_HELD})"
# by its key, which grows: an index of moments would be one more to write with every change
_TOUCHED = """task.number IN (
    SELECT subject_id FROM (
        SELECT subject, subject_id, user_id, verb FROM cx_loop_activity
        WHERE id > %(seen)s::bigint ORDER BY id LIMIT 1000
    ) AS latest
    WHERE subject = 'task' AND user_id IS DISTINCT FROM %(reader)s::bigint
    AND verb NOT IN ('watched', 'unwatched')
)"""
_LATEST = "SELECT COALESCE(max(id), 0) FROM cx_loop_activity"
_HERE = "task.department_id = ANY(%(here)s::bigint[])"
_ELSEWHERE = "task.department_id <> ALL(%(ours)s::bigint[])"
# a fix on which a second person must decide
_WAITS = (
    "task.state = 'verifying'"
    " AND (task.submitted_by_id IS NULL OR task.submitted_by_id <> ALL(%(me)s::bigint[]))"
    " AND task.number IN (SELECT task_id FROM tasks_verification WHERE state = 'person')"
)


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
    """A page of a tab: what is late first, then by severity, deadline and number; or by deadline,
    what is worked at before what is watched; or the newest first.

    Two lanes one after the other, each read along an index.
    """
    at = after.at if after else now
    sources = [each.only(*filters.conditions) for each in _sources(user, tab, filters)]
    lanes = _lanes(sources, tab, filters, after)
    values = _values(user, filters, reach=reach, now=at) | _grades(filters, after)
    page = first_of(lanes, PAGE + 1, filters.order) if lanes else ""
    rows = shown(page, values, filters.order) if page else []
    found = rows[:PAGE]
    more = str(_place(found[-1], filters, at)) if len(rows) > PAGE else ""
    return QueuePage(found, more)


def _lanes(
    sources: list[Stretches], tab: str, filters: QueueFilters, after: Place | None
) -> list[Lane]:
    first, rest = _LANES[filters.sort]
    if tab == "late":
        first, rest = _LATE, ""
    if filters.state == Task.State.CLOSED:
        first = ""
    in_first = bool(first) and (after is None or after.first)
    lanes = []
    if in_first:
        lanes.append(Lane([each.only(first) for each in sources], passed=after is not None))
    if rest:
        passed = after is not None and not in_first
        lanes.append(Lane([each.only(rest) for each in sources], passed=passed))
    return lanes


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
    conditions = list(filters.conditions)
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


def latest_change() -> int:
    """The newest row of the trail: what is written later is newer than the page."""
    return int(ask(_LATEST, {})[0][0])


def count_newer(
    user: User, tab: str, filters: QueueFilters, *, reach: Reach, now: datetime, seen: int
) -> int:
    """How many tasks of a tab others have changed, or brought there, since `seen`."""
    conditions = [*filters.conditions, _TOUCHED]
    if filters.severity:
        conditions.append("task.severity = %(severity)s::smallint")
    if tab == "late":
        conditions.append(_LATE)
    sources = [each.only(*conditions) for each in _sources(user, tab, filters)]
    values = _values(user, filters, reach=reach, now=now)
    values |= {"seen": str(seen), "reader": str(user.pk)}
    return counts_of({tab: sources}, values, CAP + 1)[tab]


def tasks_with_a_due_moment(user: User) -> list[Task]:
    """What stands in a person's calendar: their own, and of departments they lead; MOST_DUE."""
    led = Department.objects.led_by(user)
    found = Task.objects.filter(state__in=WORKABLE, due_at__isnull=False)
    found = found.filter(Q(assignee=user) | Q(department__in=led))
    return list(
        found.select_related("touchpoint", "metric").order_by("due_at", "number")[:MOST_DUE]
    )


def views_of(user: User) -> list[QueueView]:
    """The views a person keeps, by name."""
    return [models_of(row, QueueView)[0] for row in ask(_VIEWS, {"user": str(user.pk)})]


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
        within = (_HERE,) if filters.department else ()
        return [
            Stretches("assignee", "persons", (state, *seen, *within)),
            Stretches("department", "works", (state, *free, *within)),
        ]
    waiting = (_WAITS,) if tab == "waiting" else ()
    if filters.department:
        return [Stretches("department", "here", (state, *waiting))]
    here = Stretches("department", "ours", (state, *waiting))
    # a task handed on is still to be seen, but it is no longer this department's work
    lent = Stretches("assignee", "me", (state, _ELSEWHERE, _HELD, *waiting))
    return [here] if everything else [here, lent]


def _values(user: User, filters: QueueFilters, *, reach: Reach, now: datetime) -> Values:
    seen = department_ids_of(user)
    ours = every_department() if seen is None else seen
    here = below(filters.department) & set(ours) if filters.department else set()
    return filters.values | {
        "ours": array(ours),
        "here": array(sorted(here)),
        "works": array(sorted(reach.works or [])),
        "me": array([user.pk]),
        "persons": array([user.pk, *sorted(reach.stands_in_for)]),
        "now": now.isoformat(),
    }


def every_department() -> list[int]:
    ids = Department.objects.order_by("pk").values_list("pk", flat=True)
    return once("departments", lambda: list(ids))


def _place(task: Task, filters: QueueFilters, at: datetime) -> Place:
    due = task.due_at or task.created_at
    first = task.state in WORKABLE if filters.sort == "due" else task.is_overdue(at)
    return Place(at, first, task.severity, due, task.number)
