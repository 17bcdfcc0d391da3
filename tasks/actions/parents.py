"""One cause, several tasks: a parent gathers them, and each keeps its owner and its clocks."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from cx_loop.models import Actor, record
from tasks.actions.access import may_speak
from tasks.actions.change import change
from tasks.actions.errors import Invalid, NotFound, Stale
from tasks.actions.locks import lock_all, seen_by
from tasks.models import Task


def link(
    *, number: int, parent: int | None = None, by: Actor, now: datetime, version: int | None = None
) -> Task:
    """Put a task under the one its cause is worked on in.

    Whoever does it works at both. Raises NotFound (the task), Stale, Forbidden, Invalid: there is
    no such parent for them, it is the task itself, or one of the two is in a tie they see.
    A tie to a task they do not see gives way, otherwise a refusal would tell of it.
    """
    with transaction.atomic():
        found = lock_all([number] if parent is None else [number, parent], by)
        task, cause = found.get(number), found.get(parent or 0)
        if task is None:
            raise NotFound
        if version is not None and version != task.version:
            raise Stale(task)
        if parent is None:
            raise _wrong("required", "Say under which task.")
        if cause is None:
            raise _wrong("parent_unknown", "There is no such task that you see.")
        for each in (task, cause):
            may_speak(by, each)
        if task.parent_id == cause.number:
            return task
        _check(task, cause, by)
        for each in (task, cause):
            if each.parent_id is not None:
                _tie(each, None, "unlinked", by, now)
        _tie(task, cause, "linked", by, now)
    return task


def unlink(*, number: int, by: Actor, now: datetime, version: int | None = None) -> Task:
    """Take a task out from under its parent; one that the actor does not see is not there, so
    nothing changes. Raises NotFound, Stale, Forbidden."""
    with transaction.atomic():
        # read before the locks, so that both are locked in order; looked at again below
        cause = Task.objects.filter(number=number).values_list("parent", flat=True).first()
        found = lock_all([number] if cause is None else [number, cause], by)
        task = found.get(number)
        if task is None:
            raise NotFound
        if version is not None and version != task.version:
            raise Stale(task)
        may_speak(by, task)
        if task.parent_id != cause:
            raise Stale(task)
        if cause is None or cause not in found:
            return task
        _tie(task, None, "unlinked", by, now)
    return task


def _check(task: Task, parent: Task, by: Actor) -> None:
    """One level, as far as the actor sees. A parent never has a parent when it becomes one, so no
    chain comes back to where it began."""
    if parent.number == task.number:
        raise _wrong("parent_is_itself", "A task cannot be its own parent.")
    ends = Q(pk__in=[task.parent_id, parent.parent_id]) | Q(parent=task)
    if seen_by(by).filter(ends).exists():
        raise _wrong("tied_already", "One of the two is tied to others already; unlink it first.")


def _tie(task: Task, parent: Task | None, verb: str, by: Actor, now: datetime) -> None:
    """The trail of both sides says so. Which the other one is stands in `params` and is shown by
    nobody's trail: it may be one that its reader does not see."""
    other = parent.number if parent is not None else task.parent_id
    change(
        task,
        verb=verb,
        by=by,
        now=now,
        parent=parent,
        params={"parent": other},
    )
    assert other is not None
    params = {"task": task.number}
    record(verb=f"{verb}_one", subject="task", subject_id=other, by=by, now=now, params=params)


def _wrong(code: str, message: str) -> Invalid:
    return Invalid([("parent", code, message)])
