"""Work that shows: a task somebody has taken and moves is not pushed up for standing still."""

from datetime import datetime

from tasks.actions.change import episode_of
from tasks.actions.clocks import escalate_at, read_policy
from tasks.logic.deadlines import next_due
from tasks.models import Task

IN_HAND = ("accepted", "in_progress")


def note_progress(*, task: Task, now: datetime) -> None:
    """Somebody has moved a locked task without a call of the state table: a word, a step ticked.

    Its version stays: who has the page open is not told that it is stale.
    """
    task.progressed_at = now
    fields: dict[str, datetime | None] = {"progressed_at": now}
    if task.state in IN_HAND and read_policy(task.policy).progress_within is not None:
        task.escalate_at = escalate_at(task, episode_of(task), now)
        fields |= {
            "escalate_at": task.escalate_at,
            "next_due_at": next_due(
                task.state,
                now=now,
                escalate_at=task.escalate_at,
                due_at=task.due_at,
                silenced_until=task.silenced_until,
            ),
        }
    Task.objects.filter(number=task.number).update(**fields)
