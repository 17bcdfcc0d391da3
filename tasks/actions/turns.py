"""A department that wants it has its tasks assigned at once: in turn, or to the least loaded."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count

from cx_loop.models import Department, Membership, User
from cx_loop.models.prepared import soon
from tasks.actions.stand_ins import staff_of, standing_in
from tasks.logic.turns import next_in_turn
from tasks.models import WORKABLE, Task, Turn

DISPATCHING = 0x637864  # key of an advisory lock
SAID = {"member": "members", "lead": "lead", "director": "director"}  # as a route says it


def one_at_a_time() -> None:
    """Tasks are opened and given away one after the other, until the end of the transaction.

    Otherwise two groups that breach at once each find no task to join, and open two; and two
    tasks that arrive at once go to the same colleague. Groups are locked before, tasks after.
    """
    soon("SELECT pg_advisory_xact_lock(%(key)s)", {"key": DISPATCHING})


def whose_turn(*, department: Department, role: str, now: datetime) -> User | None:
    """Who gets a task that arrives now; None where nobody is to be given one, or nobody is there.

    Those who are away are skipped; when all are, their substitutes take turns.
    """
    if department.assign == Department.Assign.NONE:
        return None
    one_at_a_time()
    rows = sorted(staff_of(department), key=lambda row: row.user_id)
    people = [row.user for row in named(rows, role) or named(rows, "members")]
    here = [person for person in people if not person.is_absent(now)]
    found = {person.pk: person for person in here or standing_in(people, now)}
    turn, _ = Turn.objects.get_or_create(department=department)
    loads = department.assign == Department.Assign.LEAST_LOADED
    load = _load(list(found)) if loads else None
    chosen = next_in_turn(found, last=turn.last_id, load=load)
    if chosen is None:
        return None
    Turn.objects.filter(department=department).update(last=chosen)
    return found[chosen]


def named(rows: Sequence[Membership], role: str) -> list[Membership]:
    """The rows of a role or duty as a route says it; none for ''."""
    return [row for row in rows if role and role in (row.duty, SAID.get(row.role))]


def _load(people: list[int]) -> dict[int, int]:
    """How many unsubmitted tasks each of them has."""
    theirs = Task.objects.filter(state__in=WORKABLE, assignee__in=people).order_by()
    return dict(theirs.values_list("assignee").annotate(Count("number")))
