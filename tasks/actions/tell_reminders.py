"""A fix helps and nobody has told its customers: whoever has the task is reminded, once."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from tasks.actions.announce import concerned
from tasks.actions.tell_each import tell_each
from tasks.models import Task, Telling, Verification
from tasks.reads.telling import audience_of, good_verdict

log = logging.getLogger(__name__)

CODE = "tell_customers"
AT_ONCE = 50
LATER = timedelta(hours=1)


def remind_to_tell(*, now: datetime) -> int:
    """Look after every verdict whose customers should have been told by now. How many."""
    due = Verification.objects.filter(tell_at__lte=now).order_by("tell_at", "pk")
    done = 0
    for pk, number in list(due.values_list("pk", "task")[:AT_ONCE]):
        try:
            with transaction.atomic():
                done += _look_after(pk, number, now)
        except Exception:
            # one that fails must not hold up the others, nor be forgotten
            log.exception("whether the customers of task %s were told could not be asked", number)
            Verification.objects.filter(pk=pk, state="decided").update(tell_at=now + LATER)
    return done


def _look_after(pk: int, number: int, now: datetime) -> bool:
    if not Verification.objects.filter(pk=pk, tell_at__lte=now).update(tell_at=None):
        return False  # another worker was here meanwhile
    # nothing is locked: whoever evaluates does not wait while customers are counted
    task = Task.objects.select_related("department", "assignee", "touchpoint").get(number=number)
    holds = good_verdict(task)
    if holds is not None and holds.pk == pk and not Telling.objects.filter(task=task).exists():
        _remind(task, len(audience_of(task).people), now)
    return True


def _remind(task: Task, count: int, now: datetime) -> None:
    if count:
        event = f"{CODE}:{task.number}:{task.episode}"
        people, params = concerned(task, "", now), {"count": count}
        tell_each(people, task=task, code=CODE, event=event, now=now, params=params, calm=True)
