"""Telling the customers behind a task what was mended: once each, in approved words."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from cx_loop.messaging.channels.email import SECRET
from cx_loop.messaging.queue import queue_message
from cx_loop.models import Actor, Organization, in_language, record
from tasks.actions.message_templates import LANGUAGES, refuse
from tasks.actions.opt_outs import one_telling_at_a_time, stop_token
from tasks.actions.rights import may_work
from tasks.actions.work import lock
from tasks.logic.telling import STOP, Fault, fill, needs_sentence
from tasks.models import MessageTemplate, Task, Telling, Told
from tasks.reads.telling import (
    Audience,
    Person,
    audience_of,
    good_verdict,
    sentence_of,
    templates_for,
)


@transaction.atomic
def tell_customers(
    *, number: int, template: int, version: int, by: Actor, now: datetime
) -> Telling:
    """Write to whoever agreed and was not told yet: a mail where their reference is an address,
    else a row of the file for the survey tool.

    `version`: of the template, as it was read. Raises NotFound, Forbidden, Invalid.
    """
    one_telling_at_a_time()
    task = lock(number, by)
    may_work(by, task)
    assert by.user is not None
    words = _words(task, template, version)
    audience = audience_of(task)
    if not audience.people:
        refuse([Fault("template", "nobody")])
    made = Telling.objects.create(
        task=task, template_id=template, template_version=version, words=words, at=now, by=by.user
    )
    told = Told.objects.bulk_create([_told(made, each) for each in audience.people])
    for row, person in zip(told, audience.people, strict=True):
        if row.how == Told.How.MAIL:
            _queue(row, person, words, now)
    _note(made, audience, by, now)
    return made


def _words(task: Task, template: int, version: int) -> dict[str, dict[str, str]]:
    """The words of the template, filled in but for each customer's own link."""
    found: MessageTemplate | None = next(
        (each for each in templates_for(task) if each.pk == template), None
    )
    sentence = sentence_of(task)
    is_released = sentence is not None and sentence.released_at is not None
    if good_verdict(task) is None:
        refuse([Fault("task", "not_proven")])
    elif found is None:
        refuse([Fault("template", "not_in_use")])
    elif found.version != version:
        refuse([Fault("template", "stale")])
    elif needs_sentence(found.text) and not is_released:
        refuse([Fault("template", "sentence_missing")])
    assert found is not None
    mended = sentence.mended if sentence and is_released else {}
    return words_of(found, task, mended)


def words_of(
    template: MessageTemplate, task: Task, mended: dict[str, str]
) -> dict[str, dict[str, str]]:
    """{"en": {"subject": …, "text": …}, …}; {stop} stays."""
    place, words = task.touchpoint, {}
    for code in LANGUAGES:
        values = {
            "organization": in_language(Organization.current().name, code),
            "touchpoint": in_language(place.name, code) if place else "",
            "journey": in_language(place.stage.journey.name, code) if place else "",
            "mended": mended.get(code, ""),
        }
        words[code] = {
            "subject": fill(template.subject[code], values),
            "text": fill(template.text[code], values),
        }
    return words


def stop_address(row: Told) -> str:
    """The customer's own link to hear no more."""
    return f"{settings.PUBLIC_URL}{reverse('tasks:stop', args=[stop_token(row.customer)])}"


def _told(made: Telling, person: Person) -> Told:
    return Told(
        telling=made,
        task_id=made.task_id,
        customer=person.customer,
        digest=person.digest,
        how=Told.How.MAIL if person.has_mail else Told.How.FILE,
        language=person.language if person.language in LANGUAGES else LANGUAGES[0],
    )


def _queue(row: Told, person: Person, words: dict[str, dict[str, str]], now: datetime) -> None:
    said = words[row.language]
    queue_message(
        dedup_key=row.message_key,
        channel="email",
        recipient=f"customer {row.customer.hex[:6]}",
        subject=said["subject"],
        text=fill(said["text"], {STOP: SECRET}),
        now=now,
        task_number=row.task_id,
        secret=stop_address(row),
        customer=person.address,
    )


def _note(made: Telling, audience: Audience, by: Actor, now: datetime) -> None:
    record(
        verb="told_customers",
        subject="task",
        subject_id=made.task_id,
        by=by,
        now=now,
        params={
            "mail": len(audience.by_mail),
            "file": len(audience.by_file),
            "left_out": dict(audience.left_out),
            "template": made.template_id,
            "version": made.template_version,
        },
    )
