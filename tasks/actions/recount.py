"""Deadlines after a calendar has changed, and tasks after a touchpoint has another owner."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from cx_loop.models import SYSTEM, Actor, Department, Touchpoint
from tasks.actions.change import change, episode_of
from tasks.actions.clocks import escalate_at, tightened
from tasks.actions.work import lock, perform
from tasks.models import WORKABLE, Task


@transaction.atomic
def recount_clocks(*, departments: Iterable[int], now: datetime) -> int:
    """Count the clocks of open tasks anew in their department's calendar of now.

    A deadline may come earlier by it, never later: otherwise a holiday entered afterwards would
    be a way to win time. Gives how many tasks have moved. Fills a slot.
    """
    found = Task.objects.filter(department__in=list(departments), state__in=WORKABLE)
    moved = 0
    for number in found.order_by("number").values_list("number", flat=True):
        task = lock(number, SYSTEM)
        before, episode = (task.respond_by, task.due_at, task.escalate_at), episode_of(task)
        clocks = tightened(task, task.policy, task.department, episode)
        task.respond_by, task.due_at = clocks.respond_by, clocks.due_at
        step_at = escalate_at(task, episode, now)
        if (clocks.respond_by, clocks.due_at, step_at) == before:
            continue
        change(
            task,
            verb="clocks_recounted",
            by=SYSTEM,
            now=now,
            respond_by=clocks.respond_by,
            due_at=clocks.due_at,
            escalate_at=step_at,
        )
        moved += 1
    return moved


@transaction.atomic
def hand_to_owner(
    *, touchpoint: Touchpoint, to: Department, by: Actor, now: datetime, reason: str
) -> int:
    """Hand the open tasks at a touchpoint to its new owner; gives their number. Fills a slot."""
    found = Task.objects.filter(touchpoint=touchpoint, state__in=WORKABLE).exclude(department=to)
    numbers = list(found.order_by("number").values_list("number", flat=True))
    for number in numbers:
        said = {"department": to.key, "reason": reason}
        perform("hand_over", number=number, by=by, now=now, fields=said)
    return len(numbers)
