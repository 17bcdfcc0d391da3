"""When the clocks of a task stand still, and how it goes on.

Silenced, a task is worked like any other; its deadlines move by the working time that is silenced
and what the system has to say about it waits. On hold, the clock to resolve waits.
"""

from datetime import datetime
from typing import Any

from alerts.models import Alert
from cx_loop.models import SYSTEM
from tasks.actions.announce import announce, unsaid_first
from tasks.actions.change import change, episode_of
from tasks.actions.clocks import escalate_at, with_pauses
from tasks.actions.rounds import close
from tasks.logic.pauses import Pause as Span
from tasks.logic.pauses import hold_ends
from tasks.models import Episode, Pause, Task, TaskAlert


def follow_quiet(*, alert: Alert, now: datetime, since: datetime | None) -> None:
    """An alert fell silent or may be heard again; so may its task. Fills a slot of the alerts.

    `since`: when the silence began, where that was noticed late.
    """
    about = TaskAlert.objects.filter(alert=alert).values("task")
    tasks = Task.objects.unclosed().filter(number__in=about).order_by("number")
    related = tasks.select_related("department__calendar", "assignee", "policy", "touchpoint")
    for task in related.select_for_update(of=("self",)):
        settle(task=task, now=now, since=since)


def settle(*, task: Task, now: datetime, since: datetime | None = None) -> None:
    """Pause a locked task, move the end of its pause, or wake it.

    It is paused while all of its unresolved alerts are quiet, and, once they have all cleared,
    until the silence they cleared in is over: what has mended itself disturbs nobody.
    """
    until = _quiet_until(task)
    begin = max(since or now, episode_of(task).opened_at)
    if task.silenced_until is None:
        if until is not None and until > begin:
            _fall_silent(task, begin, until, now)
    elif until is None or until <= now:
        _wake(task, now)
    elif until != task.silenced_until:
        _end_running(task, Pause.Kind.SILENCE, until, now)
        _reckon(task, now, verb="silence_moved", silenced_until=until, params=_said(until))


def hold(*, task: Task, until: datetime, now: datetime) -> datetime:
    """Stop the clock to resolve, as long as the round may be held. Returns until when."""
    held = Pause.objects.filter(
        task=task, kind=Pause.Kind.HOLD, until__gt=episode_of(task).opened_at
    )
    ends = hold_ends(now, until, [Span(each.since, each.until) for each in held])
    if ends > now:
        Pause.objects.create(task=task, kind=Pause.Kind.HOLD, since=now, until=ends)
    return ends


def end_hold(*, task: Task, now: datetime) -> None:
    """The hold is over: what was left of its pause is given back."""
    _end_running(task, Pause.Kind.HOLD, now, now)


def recounted(task: Task, episode: Episode, now: datetime) -> dict[str, Any]:
    """Set the deadlines of a task by its pauses; the fields for `change`."""
    clocks = with_pauses(task, episode)
    task.respond_by, task.due_at = clocks.respond_by, clocks.due_at
    return {
        "respond_by": clocks.respond_by,
        "due_at": clocks.due_at,
        "escalate_at": escalate_at(task, episode, now),
    }


def _fall_silent(task: Task, since: datetime, until: datetime, now: datetime) -> None:
    Pause.objects.create(task=task, kind=Pause.Kind.SILENCE, since=since, until=until)
    # one that ran out in a downtime has only moved the deadlines
    lasting = until if until > now else None
    _reckon(task, now, verb="silenced", silenced_until=lasting, params=_said(until))


def _wake(task: Task, now: datetime) -> None:
    """The silence is over: the clocks go on, and what was kept back is said, once."""
    _end_running(task, Pause.Kind.SILENCE, now, now)
    unsaid, is_over = task.unsaid, not _unresolved(task)
    task.silenced_until = None
    if unsaid and is_over and task.state == Task.State.OPEN:
        # it came and went in the silence, and nobody has begun
        close(task, verb="closed", resolution="self_recovered", by=SYSTEM, now=now, recovered=True)
        return
    _reckon(task, now, verb="silence_over", silenced_until=None, unsaid=[])
    if unsaid and not is_over and task.state != Task.State.VERIFYING:
        first = unsaid_first(unsaid)
        announce(task=task, code=first["code"], role=first["role"], now=now)


def _reckon(task: Task, now: datetime, *, verb: str, **fields: Any) -> None:
    episode = episode_of(task)
    change(task, verb=verb, by=SYSTEM, now=now, **recounted(task, episode, now), **fields)


def _end_running(task: Task, kind: str, until: datetime, now: datetime) -> None:
    """Move the end of the pause that runs, or that has just run out by its own plan."""
    Pause.objects.filter(task=task, kind=kind, until__gt=now).update(until=until)


def _quiet_until(task: Task) -> datetime | None:
    """When the first of its unresolved alerts is heard again; None: one is heard now."""
    unresolved = _unresolved(task)
    if not unresolved:
        return task.silenced_until
    ends = [alert.quiet_until for alert in unresolved]
    return min((end for end in ends if end is not None), default=None) if all(ends) else None


def _unresolved(task: Task) -> list[Alert]:
    return list(Alert.objects.unresolved().filter(links__task=task).distinct())


def _said(until: datetime) -> dict[str, str]:
    return {"until": until.isoformat()}
