"""Tasks of somebody who left go back to the queue of the department, and its lead is told."""

from datetime import datetime

from django.db import transaction

from cx_loop.models import SYSTEM, Actor, Membership, User
from tasks.actions.access import ladder, line_of
from tasks.actions.announce import announce
from tasks.actions.change import change, episode_of
from tasks.actions.clocks import escalate_at
from tasks.actions.pauses import end_hold, recounted
from tasks.actions.work import lock
from tasks.models import Task


@transaction.atomic
def give_back(*, user: User, by: Actor, now: datetime) -> int:
    """Give back what the person may no longer work on; gives the number of tasks.

    Fills a slot: to be called when they are switched off, or have left a department.
    """
    numbers = list(Task.objects.mine(user).order_by("number").values_list("number", flat=True))
    returned = 0
    for number in numbers:
        task = lock(number, SYSTEM)
        if task.assignee_id == user.pk and not _works_there(user, task):
            _return(task, user, by, now)
            returned += 1
    return returned


def in_hand(user: User) -> int:
    return Task.objects.mine(user).count()


def _works_there(user: User, task: Task) -> bool:
    line = line_of(task.department)
    return user.is_active and Membership.objects.filter(user=user, department_id__in=line).exists()


def _return(task: Task, user: User, by: Actor, now: datetime) -> None:
    """As handed over within the department: the clocks keep their start, and ask for an answer."""
    params = {"person": str(user), "email": user.email}
    if task.state in ("accepted", "in_progress", "on_hold"):
        episode = episode_of(task)
        episode.responded_at = None
        episode.save(update_fields=["responded_at"])
        fields = {"escalate_at": escalate_at(task, episode, now)}
        if task.state == "on_hold":
            end_hold(task=task, now=now)
            fields = recounted(task, episode, now)
        change(
            task,
            verb="returned",
            by=by,
            now=now,
            to="open",
            assignee=None,
            hold_until=None,
            params=params,
            **fields,
        )
    else:
        change(task, verb="returned", by=by, now=now, assignee=None, params=params)
    lead = ladder(task.department, "lead", now)
    announce(task=task, code="returned", now=now, to=lead or None, role="lead", params=params)
