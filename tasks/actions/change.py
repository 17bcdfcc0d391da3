"""How a task changes: one guarded update and one activity row, with the next deadline in it."""

from datetime import datetime
from typing import Any

from cx_loop.models import Actor, record
from cx_loop.models.together import answered, change_row
from tasks.actions.errors import Stale
from tasks.actions.tell_each import tell_watchers
from tasks.logic.deadlines import next_due
from tasks.models import Episode, Task


def change(
    task: Task,
    *,
    verb: str,
    by: Actor,
    now: datetime,
    to: str | None = None,
    next_look_at: datetime | None = None,
    params: dict[str, Any] | None = None,
    **fields: Any,
) -> Task:
    """Move a task from the state it was read in, or raise Stale when another was faster.

    `next_due_at` is computed here and nowhere else: the earliest deadline the new state has.
    """
    before = task.state
    for name, value in fields.items():
        setattr(task, name, value)
    task.state = to or before
    _note_progress(task, before, by, now)
    task.was_late = task.was_late or _is_late(task, before, now)
    fields |= {
        "state": task.state,
        "was_late": task.was_late,
        "progressed_at": task.progressed_at,
        "unattended_since": task.unattended_since,
    }
    fields["next_due_at"] = task.next_due_at = next_due(
        task.state,
        now=now,
        escalate_at=task.escalate_at,
        due_at=task.due_at,
        hold_until=task.hold_until,
        silenced_until=task.silenced_until,
        next_look_at=next_look_at or _running_look(task),
    )
    fields["version"] = task.version + 1
    if not change_row(task, {"state": before, "version": task.version}, **fields):
        raise Stale(Task.objects.get(number=task.number))
    task.version += 1
    record(
        verb=verb,
        subject="task",
        subject_id=task.number,
        by=by,
        now=now,
        from_state=before,
        to_state=task.state,
        params=params,
    )
    if task.state != before or verb == "handed_over":
        tell_watchers(task, by=by.user, to=task.state, now=now)
    return task


def episode_of(task: Task) -> Episode:
    """The round the task is in."""
    return answered(
        ("episode", task.number), lambda: Episode.objects.get(task=task, number=task.episode)
    )


def _note_progress(task: Task, before: str, by: Actor, now: datetime) -> None:
    """What a person does moves a task, and so does the end of a hold; the system's notes do not."""
    if by.user is not None or task.state != before:
        task.unattended_since = None
    if by.user is not None or (before == "on_hold" and task.state != before):
        task.progressed_at = now


def _is_late(task: Task, before: str, now: datetime) -> bool:
    """Late once is late for good. The resolve clock runs until the fix is submitted."""
    return before not in ("verifying", "closed") and task.due_at is not None and task.due_at <= now


def _running_look(task: Task) -> datetime | None:
    if task.state != "verifying":
        return None
    running = task.verifications.exclude(state="decided").filter(episode=task.episode)
    return running.values_list("next_look_at", flat=True).first()
