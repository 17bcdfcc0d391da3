"""Files on a task: taken in only when name and content agree, given out only as downloads."""

import hashlib
from collections.abc import Set
from datetime import datetime

from django.db import transaction

from cx_loop.models import Actor, record
from tasks.actions.access import may_speak, roles_of
from tasks.actions.errors import Forbidden, Invalid, NotFound
from tasks.actions.progress import note_progress
from tasks.actions.work import lock
from tasks.logic.attachments import MOST, Refused, kind_of, neutral_name
from tasks.models import Attachment

REFUSALS = {
    "file_empty": "The file is empty.",
    "file_too_large": "A file has at most 10 MB.",
    "file_type_unknown": "Pictures, PDF, text, CSV and Office files without macros are taken.",
    "file_type_mismatch": "The content of the file is not what its name says.",
    "file_unsafe": "The file could do harm when it is opened.",
    "too_many_files": f"A task has at most {MOST} files; remove one first.",
}


def attach(*, number: int, by: Actor, now: datetime, name: str, content: bytes) -> Attachment:
    """Keep a file on a task; the same one again is the one that is there. Raises NotFound,
    Forbidden, Invalid."""
    harmless = neutral_name(name)
    try:
        kind = kind_of(harmless, content)  # before the lock: it may take a while
    except Refused as refusal:
        raise Invalid([("file", refusal.code, REFUSALS[refusal.code])]) from None
    with transaction.atomic():
        task = lock(number, by)
        may_speak(by, task)
        digest = hashlib.sha256(content).hexdigest()
        here = Attachment.objects.filter(task=task).listed()
        if same := here.filter(digest=digest, name=harmless).first():
            return same
        taken = set(here.values_list("place", flat=True))
        place = next((at for at in range(1, MOST + 1) if at not in taken), None)
        if place is None:
            raise Invalid([("file", "too_many_files", REFUSALS["too_many_files"])])
        kept = Attachment.objects.create(
            task=task,
            place=place,
            name=harmless,
            kind=kind,
            size=len(content),
            digest=digest,
            content=content,
            by=by.user,
            at=now,
        )
        if by.user is not None:
            note_progress(task=task, now=now)
        _note("attached", kept, by, now)
    return kept


def remove(*, number: int, pk: int, by: Actor, now: datetime) -> Attachment:
    """Take the bytes away for good; who did it stays. Raises NotFound, Forbidden.

    For who put it there and for leads: a file can hold what should never have been shared.
    """
    with transaction.atomic():
        task = lock(number, by)
        kept = Attachment.objects.filter(task=task, pk=pk).listed().first()
        if kept is None:
            raise NotFound
        may_speak(by, task)
        if not may_remove(kept, by, roles_of(by, task)):
            raise Forbidden("lead_only")
        kept.removed_at, kept.removed_by, kept.content = now, by.user, None
        kept.save(update_fields=["removed_at", "removed_by", "content"])
        _note("detached", kept, by, now)
    return kept


def may_remove(kept: Attachment, by: Actor, roles: Set[str]) -> bool:
    """`roles`: those of `by` towards the task, asked once for all of its files."""
    mine = by.user is not None and kept.by_id == by.user.pk
    return mine or "lead" in roles


def _note(verb: str, kept: Attachment, by: Actor, now: datetime) -> None:
    params = {"name": kept.name, "digest": kept.digest}
    number = kept.task_id
    record(verb=verb, subject="task", subject_id=number, by=by, now=now, params=params)
