"""What admins do with a file of answers: hand it in, try it, count it, stop, throw it away."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from cx_loop.events import file_due
from cx_loop.models import Actor, HandedFile, RefusedLine, Source, record

_State = HandedFile.State
LARGEST = 10 * 1024 * 1024  # bytes of a file
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
SETTLED = (_State.READ, _State.TRIED, _State.COUNTED, _State.FAILED)


class NotNow(Exception):
    """The file is at work, or was not read."""


def hand_in(
    *, source: Source, name: str, content: bytes, then: str = "", by: Actor, now: datetime
) -> HandedFile:
    """Keep a file; nothing of it is counted before somebody says so, here by `then`: "try",
    "count", or "" to ask again when it is read."""
    with transaction.atomic():
        made = HandedFile.objects.create(
            source=source,
            name=name[:200],
            kind="xlsx" if content.startswith((_ZIP, _OLE)) else "csv",
            content=content,
            then=then,
            handed_at=now,
            handed_by=by.user,
        )
        _leave_trail(made, "file taken", by, now)
        if then == HandedFile.Then.COUNT:
            _leave_trail(made, "file counted", by, now)
        _tell_soon()
    return made


def try_file(*, file: HandedFile, by: Actor, now: datetime) -> None:
    """A dry run: how much would be counted, which lines would not be and why; nothing is stored.
    Raises NotNow."""
    _begin(file, _State.TRYING, now)


def count_file(*, file: HandedFile, by: Actor, now: datetime) -> None:
    """Count it; what was counted of it before counts no second time. Raises NotNow."""
    with transaction.atomic():
        _begin(file, _State.COUNTING, now)
        _leave_trail(file, "file counted", by, now)


def stop_file(*, file: HandedFile, by: Actor, now: datetime) -> None:
    """What is counted stays counted; counting again goes through all of it once more."""
    working = HandedFile.objects.filter(pk=file.pk, state__in=[_State.TRYING, _State.COUNTING])
    with transaction.atomic():
        if working.update(state=_State.READ, settled_at=now):
            _leave_trail(file, "file stopped", by, now)


def drop_file(*, file: HandedFile, by: Actor, now: datetime) -> None:
    """The file goes with its refused lines; what was counted of it stays. Raises NotNow."""
    with transaction.atomic():
        settled = HandedFile.objects.filter(pk=file.pk, state__in=SETTLED)
        if settled.select_for_update().first() is None:
            raise NotNow
        _leave_trail(file, "file dropped", by, now)
        settled.delete()


def _begin(file: HandedFile, state: str, now: datetime) -> None:
    ready = HandedFile.objects.filter(pk=file.pk, state__in=SETTLED).exclude(text="")
    fresh: dict[str, Any] = {"done": 0, "rows": 0, "landed": 0, "refused": 0}
    fresh |= {"state": state, "reason": "", "where": "", "settled_at": None}
    with transaction.atomic():
        if not ready.update(**fresh):
            raise NotNow
        RefusedLine.objects.filter(file=file).delete()
        _tell_soon()


def _tell_soon() -> None:
    transaction.on_commit(lambda: file_due.send_robust(sender=_begin))


def _leave_trail(file: HandedFile, change: str, by: Actor, now: datetime) -> None:
    fields: Sequence[str] = []
    record(
        verb="configured",
        subject="source",
        subject_id=file.source_id,
        by=by,
        now=now,
        params={"change": change, "key": file.source.key, "fields": fields, "file": file.name},
    )
