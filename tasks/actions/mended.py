""" "You said, we mended": two sentences of a task, public when a lead has released them."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from cx_loop.models import Actor, Feedback, record
from tasks.actions.access import roles_of
from tasks.actions.errors import Forbidden, Invalid, NotFound
from tasks.actions.message_templates import LANGUAGES, refuse
from tasks.actions.rights import may_work
from tasks.actions.work import lock
from tasks.logic.telling import Fault, faults_of_sentence
from tasks.models import Mended, Recovery, Task
from tasks.reads.telling import good_verdict, proven_numbers

Texts = Mapping[str, str]


@transaction.atomic
def write_sentence(
    *, number: int, version: int, said: Texts, mended: Texts, by: Actor, now: datetime
) -> Mended:
    """What customers said and what was mended, in each language; a release before it ends.

    `version`: 0 while there is none. Raises NotFound, Forbidden, Invalid.
    """
    task = lock(number, by)
    may_work(by, task)
    assert by.user is not None
    kept = _held(task, version)
    texts = {
        name: {code: " ".join(each.get(code, "").split()) for code in LANGUAGES}
        for name, each in (("said", said), ("mended", mended))
    }
    refuse(_faults(task, texts))
    if kept is None:
        kept = Mended(task=task, version=0)
    kept.said, kept.mended, kept.version = texts["said"], texts["mended"], kept.version + 1
    kept.written_by, kept.written_at = by.user, now
    kept.released_by = kept.released_at = None
    kept.save()
    _note(kept, "sentence_written", by, now)
    return kept


@transaction.atomic
def release_sentence(*, number: int, version: int, by: Actor, now: datetime) -> Mended:
    """A lead shows the sentences, as they were read, to everybody. Raises as `write_sentence`."""
    task = lock(number, by)
    kept = _of_lead(task, version, by)
    # the data may have been corrected since they were written
    refuse(_faults(task, {"said": kept.said, "mended": kept.mended}))
    kept.released_by, kept.released_at = by.user, now
    kept.save(update_fields=["released_by", "released_at"])
    _note(kept, "sentence_released", by, now)
    return kept


@transaction.atomic
def withdraw_sentence(*, number: int, version: int, by: Actor, now: datetime) -> Mended:
    """A lead takes the sentences back from the page. Raises as `write_sentence`."""
    kept = _of_lead(lock(number, by), version, by)
    kept.released_by = kept.released_at = None
    kept.save(update_fields=["released_by", "released_at"])
    _note(kept, "sentence_withdrawn", by, now)
    return kept


def _of_lead(task: Task, version: int, by: Actor) -> Mended:
    may_work(by, task)
    if not roles_of(by, task) & {"lead", "admin"}:
        raise Forbidden("lead_only")
    kept = _held(task, version)
    if kept is None:
        raise NotFound("sentence")
    return kept


def _held(task: Task, version: int) -> Mended | None:
    kept = Mended.objects.filter(task=task).select_for_update(of=("self",)).first()
    if (kept.version if kept else 0) != version:
        refuse([Fault("version", "stale")])
    return kept


def _faults(task: Task, texts: Mapping[str, Texts]) -> list[Fault]:
    verdict = good_verdict(task)
    if verdict is None:
        raise Invalid([("task", "not_proven", "Its effect is not proven, or proven no more.")])
    behind = Recovery.objects.filter(task=task).values("digest")
    comments = list(Feedback.objects.filter(digest__in=behind).values_list("comment", flat=True))
    proven = proven_numbers(verdict)
    return [
        fault
        for name, each in texts.items()
        for code in LANGUAGES
        for fault in faults_of_sentence(f"{name}-{code}", each.get(code, ""), proven, comments)
    ]


def _note(kept: Mended, verb: str, by: Actor, now: datetime) -> None:
    record(
        verb=verb,
        subject="task",
        subject_id=kept.task_id,
        by=by,
        now=now,
        params={"version": kept.version},
    )
