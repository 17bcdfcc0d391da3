"""Watching a task: whoever may see it may hear of what becomes of it."""

from datetime import datetime

from django.db import transaction

from cx_loop.models import Actor, record
from tasks.actions.errors import Forbidden
from tasks.actions.work import lock
from tasks.models import Task, Watcher


def watch(*, number: int, by: Actor, now: datetime) -> Task:
    """Raises NotFound, Forbidden (nobody is named to watch). Twice changes nothing."""
    with transaction.atomic():
        task = lock(number, by)
        if by.user is None:
            raise Forbidden("read_only")
        _, new = Watcher.objects.get_or_create(task=task, user=by.user, defaults={"since": now})
        if new:
            record(verb="watched", subject="task", subject_id=number, by=by, now=now)
    return task


def unwatch(*, number: int, by: Actor, now: datetime) -> Task:
    with transaction.atomic():
        task = lock(number, by)
        gone, _ = Watcher.objects.filter(task=task, user=by.user).delete()
        if gone:
            record(verb="unwatched", subject="task", subject_id=number, by=by, now=now)
    return task
