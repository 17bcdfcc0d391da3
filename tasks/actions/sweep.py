"""Everything due on tasks, found by asking for it: nothing waits in a queue or in memory."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from alerts.actions import alerts as alert_actions
from alerts.actions.quiet import review
from alerts.models import Alert
from cx_loop.models import SYSTEM
from tasks.actions.announce import announce
from tasks.actions.change import change, episode_of
from tasks.actions.corrections import look_back
from tasks.actions.dispatch import dispatch_missing
from tasks.actions.escalate import escalate
from tasks.actions.follow_ups import ask_due
from tasks.actions.pauses import recounted, settle
from tasks.actions.permanence import ask_again
from tasks.actions.pushes import Failed, push_up
from tasks.actions.relapse import watch
from tasks.actions.tell_reminders import remind_to_tell
from tasks.actions.verify import take_look
from tasks.models import Task

log = logging.getLogger(__name__)

AT_ONCE = 200


def sweep(*, now: datetime) -> int:
    """Alerts without a task, silences, questions, then every task whose next deadline has come.

    Returns how many. Silences go first, so that nothing is pushed up in one that has just begun.
    One level a task and sweep, so that after a downtime the lead hears before the director.
    """
    handled = dispatch_missing(now=now) + review(now=now) + ask_due(now=now)
    handled += ask_again(now=now) + watch(now=now) + look_back(now=now)
    handled += remind_to_tell(now=now)
    for number in _due_for_more(now):
        handled += look_after(number=number, now=now)
    return handled + _push_up(now)


def _push_up(now: datetime) -> int:
    """All at once; one by one where that fails, so that the one at fault is found and put off."""
    try:
        return push_up(now=now, most=AT_ONCE)
    except Failed as failed:
        log.exception("%s tasks are pushed up one by one", len(failed.numbers))
        return sum(look_after(number=number, now=now) for number in failed.numbers)


def _due_for_more(now: datetime) -> list[int]:
    """Those due for something else than a step up, and those that failed before."""
    other = Q(state="verifying") | Q(hold_until__lte=now) | Q(silenced_until__lte=now)
    due = Task.objects.due(now).filter(other | Q(attempts__gt=0)).order_by("next_due_at", "number")
    return list(due.values_list("number", flat=True)[:AT_ONCE])


def look_after(*, number: int, now: datetime) -> bool:
    """Do what is due on one task; whether something was, and went well."""
    try:
        with transaction.atomic():
            return _do_what_is_due(number, now)
    except Exception:
        # a task that fails must not hold up the others, nor be forgotten
        log.exception("task %s could not be swept", number)
        _postpone(number, now)
        return False


def _do_what_is_due(number: int, now: datetime) -> bool:
    groups = Alert.objects.filter(links__task=number).values_list("group_id", flat=True)
    alert_actions.lock_groups(sorted(set(groups)))
    related = Task.objects.select_related(
        "department__calendar", "assignee", "policy", "touchpoint"
    )
    locked = related.due(now).select_for_update(of=("self",), skip_locked=True)
    task = locked.filter(number=number).first()
    if task is None:  # another worker has it, or it is no longer due
        return False
    if task.silenced_until is not None and task.silenced_until <= now:
        settle(task=task, now=now)
    elif task.state == "verifying":
        take_look(task=task, now=now)
    elif task.hold_until is not None and task.hold_until <= now:
        _resume(task, now)
    else:
        escalate(task=task, now=now)
    if task.attempts:
        Task.objects.filter(number=number).update(attempts=0)
    return True


def _resume(task: Task, now: datetime) -> None:
    """The hold is over: the task goes on where it was, and says so to whoever has it."""
    change(
        task,
        verb="hold_ended",
        by=SYSTEM,
        now=now,
        to="in_progress",
        hold_until=None,
        **recounted(task, episode_of(task), now),
    )
    announce(task=task, code="hold_ended", now=now)


def _postpone(number: int, now: datetime) -> None:
    task = Task.objects.get(number=number)
    wait = min(timedelta(minutes=2 ** min(task.attempts, 6)), timedelta(hours=1))
    Task.objects.filter(number=number).exclude(state="closed").update(
        attempts=F("attempts") + 1, next_due_at=now + wait
    )
