"""Deadlines push a task up: staff, lead, director. One step a sweep and task."""

from datetime import datetime
from typing import Any

from cx_loop.models import SYSTEM, User, record
from cx_loop.models.together import add, also_known, answered, change_row
from tasks.actions.access import ladder
from tasks.actions.announce import announce, staff_there
from tasks.actions.change import change, episode_of
from tasks.actions.clocks import escalate_at, upcoming_step
from tasks.logic.deadlines import RECHECK
from tasks.logic.escalation import Step
from tasks.logic.policies import LEVELS
from tasks.models import Episode, Escalation, Task


def escalate(*, task: Task, now: datetime) -> None:
    """Fire the step that is due; the task row is locked by whoever calls.

    After a downtime one level at a time: the next step leaves its grace after this one, so the
    lead is asked before the director. Recipients are who has the role now.

    Where no step is left and the task stands still again, it is unattended again: otherwise
    somebody who only passed by would have taken it off the board for good.
    """
    episode = episode_of(task)
    step = upcoming_step(task, episode, now)
    if step is None or step.fire_at > now:
        newly = step is None and _stands_again(task, now)
        if newly:
            task.unattended_since = now
        change(task, verb="looked_after", by=SYSTEM, now=now, escalate_at=step and step.fire_at)
        if newly:
            _tell_admins(task, now)
        return
    fire(task=task, step=step, now=now, episode=episode)


def fire(
    *,
    task: Task,
    step: Step,
    now: datetime,
    episode: Episode | None = None,
    reason: str = "",
    **fields: Any,
) -> None:
    """Ask who has the role of a step, record that, and plan the next of its round.

    `episode`: the round, for a ladder; `fields`: for `change`, when what is next lies elsewhere.

    Where nobody is reachable the next level is asked at once. After the last step, or where there
    is no director either, the task is unattended.
    """
    people = _ask(task, step, now)
    _record(task, step, people, now)
    if episode is not None:
        episode.last_fired_at = now
        change_row(episode, {}, last_fired_at=now)
        fields["escalate_at"] = escalate_at(task, episode, now)
    params = {
        "to": step.to,
        "ladder": step.ladder,
        "late_by": int(step.late_by(now).total_seconds()),
        "reached": len(people),
    }
    if reason:
        params["reason"] = reason
    newly = (step.is_last or not people) and task.unattended_since is None
    if newly:
        task.unattended_since = now
    change(
        task,
        verb="escalated" if people else "nobody_reachable",
        by=SYSTEM,
        now=now,
        escalation_level=max(task.escalation_level, step.level),
        params=params,
        **fields,
    )
    announce(task=task, code="escalated", now=now, to=people, params=params)
    if newly:
        _tell_admins(task, now)


def _ask(task: Task, step: Step, now: datetime) -> list[User]:
    """Who has the role of a step, else of the next level; the trail tells of each without anybody.
    Nobody at all is told of by whoever asks."""
    for to in list(LEVELS)[step.level :]:
        people = staff_there(task, now) if to == "staff" else ladder(task.department, to, now)
        if people:
            return people
        if to != "director":
            _say_nobody(task, to, now)
    return []


def _stands_again(task: Task, now: datetime) -> bool:
    """Nobody has moved it for a day; on hold it stands still on purpose."""
    if task.unattended_since is not None or task.state == Task.State.ON_HOLD:
        return False
    return task.progressed_at is None or task.progressed_at + RECHECK <= now


def _record(task: Task, step: Step, people: list[User], now: datetime) -> None:
    fired = Escalation(
        task=task,
        episode=task.episode,
        seq=step.seq,
        level=step.level,
        to=step.to,
        ladder=step.ladder,
        due_at=step.planned_at,
        fired_at=now,
        recipients=sorted(user.pk for user in people),
    )
    add(fired)
    also_known(("fired", task.number), (step.ladder, now))


def _tell_admins(task: Task, now: datetime) -> None:
    """The last level: whoever runs the service sees what nobody else attends to."""
    found = User.objects.filter(is_superuser=True, is_active=True).order_by("id")
    admins = answered("admins", lambda: list(found))
    if admins:
        announce(task=task, code="unattended", now=now, to=admins)


def _say_nobody(task: Task, to: str, now: datetime) -> None:
    """Nobody is reachable there: the next level at once, and the trail tells why."""
    params = {"to": to, "reached": 0}
    number = task.number
    record(
        verb="nobody_reachable",
        subject="task",
        subject_id=number,
        by=SYSTEM,
        now=now,
        params=params,
    )
