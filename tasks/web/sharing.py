"""What people share on the page of a task: who watches, files, the task of the cause, the way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cx_loop.models import Actor, Feedback, User
from cx_loop.ui.voice import Said, said_of
from cx_loop.ui.words import say_duration
from tasks.actions import attachments
from tasks.actions.access import may_speak, roles_of
from tasks.actions.errors import Forbidden
from tasks.logic.attachments import MOST
from tasks.models import Attachment, Origin, Task
from tasks.notices import segment_names
from tasks.reads import sharing as reads
from tasks.reads.voices import voices_behind
from tasks.web.words import RelatedRow, related_rows


@dataclass(frozen=True, slots=True)
class FileRow:
    file: Attachment
    size: str
    may_remove: bool


@dataclass(frozen=True, slots=True)
class StayRow:
    stay: reads.Stay
    lasted: str


def sharing_of(task: Task, user: User, now: datetime) -> dict[str, Any]:
    """The context of the parts that this file looks after."""
    watchers, by = reads.watchers_of(task), Actor(user)
    may_work, roles = _may_work(task, by), roles_of(by, task)
    cause = reads.cause_of(task, user)
    stays = reads.stays_of(task)
    comment = reads.comment_behind(task, user)
    return {
        "watchers": watchers,
        "is_watching": any(each.pk == user.pk for each in watchers),
        "files": [
            FileRow(each, _size(each.size), may_work and attachments.may_remove(each, by, roles))
            for each in reads.attachments_of(task)
        ],
        "most_files": MOST,
        "may_work": may_work,
        "cause": related_rows([cause] if cause else []),
        "gathered": _with_departments(reads.gathered_by(task, user)),
        "stays": [StayRow(each, say_duration((each.until or now) - each.since)) for each in stays]
        if len(stays) > 1
        else [],
        "comment_behind": comment,
        "comment_is_gone": comment is None and Origin.objects.filter(task=task, card=None).exists(),
        "card_behind": reads.card_behind(task, user),
        "voices": _voices(task, user, now, comment),
        "wrong": {"file": "", "parent": ""},
        "parent_said": "",
    }


def _voices(task: Task, user: User, now: datetime, shown: Feedback | None) -> list[Said]:
    """With the name of the segment; what the task was opened from is quoted already."""
    said = [each for each in voices_behind(task, user, now=now) if each != shown]
    names = segment_names() if any(each.segment for each in said) else {}
    return [said_of(each, names) for each in said]


def _may_work(task: Task, by: Actor) -> bool:
    try:
        may_speak(by, task)
    except Forbidden:
        return False
    return True


def _with_departments(tasks: list[Task]) -> list[tuple[RelatedRow, Any]]:
    return [(row, row.task.department) for row in related_rows(tasks)]


def _size(count: int) -> str:
    if count < 1024:
        return _("%(count)s bytes") % {"count": count}
    if count < 1024 * 1024:
        return f"{count / 1024:.0f} kB"
    return f"{count / 1024 / 1024:.1f} MB"
