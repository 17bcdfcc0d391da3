"""Telling people: a notice in the inbox and an outbox row, in the transaction of the event."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cx_loop.models import User
from tasks.actions.stand_ins import staff_of, standing_in
from tasks.actions.tell_each import instead_of_watching, tell_each
from tasks.actions.tell_outside import tell_outside
from tasks.actions.turns import named
from tasks.models import Task

# what the system has to say about an alert; what colleagues do is told at once, silence or not
KEPT_BACK = frozenset({"opened", "severity_raised", "reopened", "hold_ended"})


def announce(
    *,
    task: Task,
    code: str,
    now: datetime,
    to: Iterable[User] | None = None,
    role: str = "",
    besides: User | None = None,
    params: dict[str, Any] | None = None,
) -> list[User]:
    """Tell each person once. Without `to`, those the task concerns: its assignee, else the role.

    Of a silenced task the system's own word is kept until the silence ends.
    """
    if code in KEPT_BACK and besides is None and task.is_silenced(now):
        _keep_back(task, code, role)
        return []
    asked = concerned(task, role, now) if to is None else _reached(list(to), now)
    people = {user.pk: user for user in asked}
    if besides is not None:
        people.pop(besides.pk, None)
    instead_of_watching(task, people.values())
    event = f"{code}:{task.number}:{task.version}"
    tell_each(people.values(), task=task, code=code, event=event, now=now, params=params or {})
    tell_outside(task, code, now, params or {})
    return list(people.values())


def concerned(task: Task, role: str, now: datetime) -> list[User]:
    """The assignee; else who has the role or duty; else the department's staff; else its lead.

    Each or their substitute. Where all are away without one, those who are away are told:
    otherwise nobody would be.
    """
    if task.assignee is not None and (asked := standing_in([task.assignee], now)):
        return asked
    staff = staff_of(task.department)
    groups = [
        [row.user for row in named(staff, said)] for said in (role, "members", "lead") if said
    ]
    asked = next((found for group in groups if (found := standing_in(group, now))), [])
    return asked or next((group for group in groups if group), [])


def staff_there(task: Task, now: datetime) -> list[User]:
    """The assignee, else the department's members, each or their substitute; none where all are
    away without one."""
    if task.assignee is not None and (asked := standing_in([task.assignee], now)):
        return asked
    members = named(staff_of(task.department), "members")
    return standing_in([row.user for row in members], now)


def _reached(people: list[User], now: datetime) -> list[User]:
    """They or their substitutes; themselves when all are away without one."""
    return standing_in(people, now) or people


def unsaid_first(unsaid: list[dict[str, str]]) -> dict[str, str]:
    """What is said of all that was kept back: that it opened, else the newest. Once is enough."""
    return next((each for each in unsaid if each["code"] == "opened"), unsaid[-1])


def _keep_back(task: Task, code: str, role: str) -> None:
    task.unsaid = [*task.unsaid, {"code": code, "role": role}]
    Task.objects.filter(number=task.number).update(unsaid=task.unsaid)
