"""The board of whoever leads: what is open in their departments, with whom, and what is stuck."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from cx_loop.models import Department, User, once, places_of
from tasks.models import WORKABLE, Task, Verification
from tasks.reads.narrowing import below

SHOWN = 8  # late tasks, and escalated ones: the whole lists are in the queue
MOST_PEOPLE = 50  # more rows would not fit a page of 200 KB


@dataclass(slots=True)
class Tally:
    """How many tasks are not closed; of them by state, critical, late and pushed up."""

    all: int = 0
    critical: int = 0
    late: int = 0
    escalated: int = 0
    states: Counter[str] = field(default_factory=Counter)

    def add(self, state: str, severity: int, n: int, late: int) -> None:
        self.all += n
        self.critical += n if severity == 1 else 0
        self.late += late
        self.states[state] += n


@dataclass(slots=True)
class Board:
    """`people`: of assignee keys, None for what nobody has; `departments`: of their keys."""

    whole: Tally = field(default_factory=Tally)
    people: dict[int | None, Tally] = field(default_factory=dict)
    departments: dict[int, Tally] = field(default_factory=dict)


def may_see_board(user: User) -> bool:
    """Whoever leads a department, and whoever sees everything."""
    return user.sees_everything or bool(places_of(user).leads)


def board_departments(user: User) -> list[Department]:
    """The departments a reader may choose among: those they lead, at any depth."""
    found = Department.objects.in_force().order_by("key")
    return list(found if user.sees_everything else found.filter(pk__in=_led(user)))


def board_scope(user: User, key: str) -> list[int]:
    """Primary keys of a department and those below it, as far as the reader leads them; all of
    them for ''. Retired ones too: what they still have must not be lost from sight."""
    led = None if user.sees_everything else _led(user)
    if not key:
        return sorted(_every() if led is None else led)
    found = below(key)
    return sorted(found if led is None else found & led)


def board_of(user: User, scope: list[int], *, now: datetime) -> Board:
    """Two questions, however many tasks there are."""
    made = Board()
    here = _unclosed(user, scope).order_by()
    late = Count("pk", filter=Q(state__in=WORKABLE, due_at__lt=now))
    rows = here.values_list("department_id", "assignee_id", "state", "severity")
    for department, person, state, severity, n, overdue in rows.annotate(n=Count("pk"), late=late):
        for tally in _tallies(made, department, person):
            tally.add(state, severity, n, overdue)
    # an index of their own: they are few, and their columns would widen that of the queue
    up = here.filter(escalation_level__gt=0).values_list("department_id", "assignee_id")
    for department, person, n in up.annotate(n=Count("pk")):
        for tally in _tallies(made, department, person):
            tally.escalated += n
    return made


def late_tasks(user: User, scope: list[int], *, now: datetime) -> list[Task]:
    """What is late, the longest first."""
    late = _shown(_unclosed(user, scope).filter(state__in=WORKABLE, due_at__lt=now))
    return list(late.order_by("due_at", "number")[:SHOWN])


def escalated_tasks(user: User, scope: list[int]) -> list[Task]:
    """What was pushed up, the highest first."""
    up = _shown(_unclosed(user, scope).filter(escalation_level__gt=0))
    return list(up.order_by("-escalation_level", "severity", "due_at", "number")[:SHOWN])


def count_waiting(user: User, scope: list[int]) -> int:
    """Fixes on which a second person must decide, and the reader may be that person."""
    asked = _unclosed(user, scope).filter(verifications__state=Verification.State.PERSON)
    return asked.exclude(submitted_by=user).order_by().distinct().count()


def count_left(user: User, scope: list[int]) -> int:
    """What nobody attends to, of the index that has nothing else."""
    left = Task.objects.unattended().visible_to(user).filter(department__in=scope)
    return left.order_by().count()


def people_with(board: Board) -> list[tuple[User | None, Tally]]:
    """Who has tasks, the most first; what nobody has stands on top."""
    wanted = sorted(
        (pk for pk in board.people if pk is not None), key=lambda pk: -board.people[pk].all
    )[:MOST_PEOPLE]
    users = User.objects.in_bulk(wanted)
    found: list[tuple[User | None, Tally]] = [(users[pk], board.people[pk]) for pk in wanted]
    nobody = board.people.get(None)
    return [(None, nobody), *found] if nobody else found


def _unclosed(user: User, scope: list[int]) -> "QuerySet[Task]":
    # of the departments one by one, otherwise no index gives them
    return Task.objects.unclosed().visible_to(user).filter(department__in=scope)


def _shown(tasks: "QuerySet[Task]") -> "QuerySet[Task]":
    return tasks.select_related("touchpoint", "metric", "department", "assignee")


def _tallies(board: Board, department: int, person: int | None) -> tuple[Tally, Tally, Tally]:
    return (
        board.whole,
        board.people.setdefault(person, Tally()),
        board.departments.setdefault(department, Tally()),
    )


def _led(user: User) -> frozenset[int]:
    return places_of(user).leads


def _every() -> list[int]:
    ids = Department.objects.order_by("pk").values_list("pk", flat=True)
    return once("departments", lambda: list(ids))
