"""Telling single people of one event: a notice and a mail each, in the transaction of the event."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from alerts.models import Severity
from cx_loop.messaging.queue import queue_mail
from cx_loop.models import Message, Notice, User
from cx_loop.models.together import add
from tasks.models import Task
from tasks.notices import mail_of
from tasks.reads.sharing import watchers_of

WATCHED = "watched"


def tell_each(
    people: Iterable[User],
    *,
    task: Task,
    code: str,
    event: str,
    now: datetime,
    params: dict[str, Any],
    calm: bool = False,
) -> None:
    """`event` names what happened: the same event tells a person once. `calm`: never at once
    because the task is critical, but as the person wants to be told."""
    told = list(people)
    if not told:
        return
    notices = [
        Notice(
            dedup_key=f"{event}:{user.pk}",
            user=user,
            code=code,
            params=params,
            task_number=task.number,
            created_at=now,
        )
        for user in told
    ]
    add(*notices, unless_there=True)
    for user in told if "email" in (task.department.notify or ["email"]) else ():
        subject, text = mail_of(code, task, user.language, params, own_zone(user))
        queue_mail(
            user=user,
            code=code,
            key=f"{event}:{user.pk}",
            subject=subject,
            text=text,
            now=now,
            critical=task.severity == Severity.CRITICAL and not calm,
            task_number=task.number,
        )


def own_zone(user: User) -> ZoneInfo | None:
    """The zone a person has chosen; most have not, and are asked for without a question."""
    return ZoneInfo(user.timezone) if user.timezone else None


def tell_watchers(task: Task, *, by: User | None, to: str, now: datetime) -> None:
    """A change of state, to who watches and did not make it. Who is told of it as somebody it
    concerns is not told twice: `instead_of_watching` takes this word back."""
    watching = [user for user in watchers_of(task) if by is None or user.pk != by.pk]
    tell_each(
        watching,
        task=task,
        code=WATCHED,
        event=_event(task),
        now=now,
        params={"state": to, "person": str(by or "")},
        calm=True,
    )
    task.told_watching = frozenset(user.pk for user in watching)


def instead_of_watching(task: Task, people: Iterable[User]) -> None:
    """Of the same event they hear as somebody it concerns: what they got as watchers goes."""
    doubled = {user.pk for user in people} & task.told_watching
    if not doubled:
        return
    keys = [f"{_event(task)}:{pk}" for pk in doubled]
    Notice.objects.filter(dedup_key__in=keys).delete()
    Message.objects.filter(dedup_key__in=[f"{key}:email" for key in keys]).delete()
    task.told_watching -= doubled


def _event(task: Task) -> str:
    return f"{WATCHED}:{task.number}:{task.version}"
