"""Telling webhooks and chats of a department about a task: once an event, whoever it concerns."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from cx_loop.messaging.endpoints import endpoints_of, queue_event
from cx_loop.models import Organization, in_language
from cx_loop.models.together import answered
from tasks.models import Task
from tasks.notices import mail_of, title_of


def tell_outside(task: Task, code: str, now: datetime, params: Mapping[str, Any]) -> None:
    """One message an endpoint, in the organisation's first language."""
    where = task.department
    endpoints = answered(("endpoints", where.pk), lambda: endpoints_of(where))
    if not endpoints:
        return
    language = (answered("organization", Organization.current).languages or ["en"])[0]
    title = _plain_title(task, language)
    _subject, text = mail_of(code, task, language, params)
    event = event_of(task, code, now, params, title)
    lines = text.split("\n")
    # the mail's own third line is the title, which for a task made by hand is what somebody typed
    said = "\n".join([lines[0], *[line for line in lines[3:] if line]])
    for endpoint in endpoints:
        queue_event(
            endpoint=endpoint,
            key=f"{code}:{task.number}:{task.version}",
            event=event,
            subject=f"#{task.number} {title}",
            text=said,
            now=now,
            task_number=task.number,
        )


def event_of(
    task: Task, code: str, now: datetime, params: Mapping[str, Any], title: str
) -> dict[str, Any]:
    """What a webhook gets: enough to know where to look, in the shape of Standard Webhooks."""
    return {
        "type": f"task.{code}",
        "timestamp": now.isoformat(),
        "data": {
            "task": task.number,
            "title": title[:300],
            "state": task.state,
            "severity": task.severity,
            "episode": task.episode,
            "department": task.department.key,
            "touchpoint": task.touchpoint.key if task.touchpoint else None,
            "url": f"{settings.PUBLIC_URL}/tasks/{task.number}/",
            "opened_at": task.created_at.isoformat(),
            "respond_by": _iso(task.respond_by),
            "due_at": _iso(task.due_at),
            "to": params.get("to"),
            "verdict": params.get("verdict"),
        },
    }


def _plain_title(task: Task, language: str) -> str:
    """Never what somebody typed: it may quote a customer."""
    with translation.override(language):
        if "text" not in task.title:
            return title_of(task)
        place = task.touchpoint or task.department
        return _("%(place)s · a task made by hand") % {"place": in_language(place.name)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
