"""Who may do what at the checklist of a task."""

from dataclasses import dataclass
from datetime import datetime

from cx_loop.models import Actor, User
from tasks.actions.access import may_speak, roles_of
from tasks.actions.errors import Forbidden
from tasks.models import Task


@dataclass(frozen=True, slots=True)
class Rights:
    """works: steps; chooses: a playbook or an idea; speaks: says ideas and votes."""

    works: bool
    chooses: bool
    speaks: bool


def may_work(by: Actor, task: Task) -> None:
    """Raises Forbidden for who is not of the task's department, or above it."""
    if not roles_of(by, task) & {"member", "lead", "admin"}:
        raise Forbidden("not_your_department")


def may_choose(by: Actor, task: Task, now: datetime) -> User:
    """The assignee or who stands in for them, or a lead; where nobody has it, whoever works there.

    Raises Forbidden.
    """
    may_work(by, task)
    person, holder = by.user, task.assignee
    assert person is not None  # the system has no role that works
    if holder is None or roles_of(by, task) & {"lead", "admin"}:
        return person
    stands_in = holder.is_absent(now) and holder.substitute_id == person.pk
    if holder.pk != person.pk and not stands_in:
        raise Forbidden("assignee_or_lead_only")
    return person


def rights_of(task: Task, user: User, now: datetime) -> Rights:
    """What a page offers; each verb asks again."""
    by = Actor(user)

    def may(ask: object, *more: object) -> bool:
        assert callable(ask)
        try:
            ask(by, task, *more)
        except Forbidden:
            return False
        return True

    return Rights(may(may_work), may(may_choose, now), may(may_speak))
