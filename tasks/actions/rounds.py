"""The rounds of a task: how one ends, and how the next begins."""

from datetime import datetime
from typing import Any

from alerts.actions import alerts as alert_actions
from alerts.models import Alert
from cx_loop.models import Actor
from tasks.actions.announce import announce
from tasks.actions.change import change
from tasks.actions.clocks import escalate_at, start_clocks, with_pauses
from tasks.models import Episode, Pause, Task


def close(
    task: Task,
    *,
    verb: str,
    resolution: str,
    by: Actor,
    now: datetime,
    params: dict[str, Any] | None = None,
    **fields: Any,
) -> Task:
    """Close a task and its alerts; a group that still breaches stays muted until it clears."""
    for alert in unresolved_alerts(task):
        alert_actions.resolve(alert=alert, now=now, cleared=False, by=by)
    Episode.objects.filter(task=task, number=task.episode).update(closed_at=now)
    Pause.objects.filter(task=task, until__gt=now).update(until=now)
    return change(
        task,
        verb=verb,
        by=by,
        now=now,
        to="closed",
        resolution=resolution,
        closed_at=now,
        escalate_at=None,
        hold_until=None,
        silenced_until=None,
        unsaid=[],
        params=params,
        **fields,
    )


def reopen(
    task: Task,
    *,
    verb: str,
    by: Actor,
    now: datetime,
    params: dict[str, Any] | None = None,
    **fields: Any,
) -> Task:
    """A new round with clocks of its own; what the last round found stays in its episode."""
    counted = start_clocks(task.policy, task.department, now)
    number = task.episode + 1
    Episode.objects.filter(task=task, number=task.episode, closed_at=None).update(closed_at=now)
    episode = Episode.objects.create(
        task=task,
        number=number,
        opened_at=now,
        respond_by=counted.respond_by,
        due_at=counted.due_at,
    )
    # its alerts may still be silenced
    clocks = with_pauses(task, episode)
    task.due_at, task.episode = clocks.due_at, number
    change(
        task,
        verb=verb,
        by=by,
        now=now,
        to="open",
        episode=number,
        closed_at=None,
        resolution="",
        submitted_at=None,
        submitted_by=None,
        fixed_at=None,
        self_recovered=False,
        escalation_level=0,
        respond_by=clocks.respond_by,
        due_at=clocks.due_at,
        escalate_at=escalate_at(task, episode, now),
        params={"episode": number, **(params or {})},
        **fields,
    )
    announce(task=task, code="reopened", now=now, besides=by.user)
    return task


def unresolved_alerts(task: Task) -> list[Alert]:
    mine = Alert.objects.unresolved().filter(links__task=task).distinct()
    return list(mine.order_by("id"))
