"""What customers are told: written by one person, approved by a lead or director who is another."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from cx_loop.models import Actor, Membership, User, record
from cx_loop.reads.journeys import journeys_seen
from tasks.actions.errors import Forbidden, Invalid, NotFound
from tasks.actions.opt_outs import may_enter
from tasks.logic.telling import Fault, faults_of_template
from tasks.models import MessageTemplate

LONGEST_NAME = 120
LANGUAGES = [code for code, _name in settings.LANGUAGES]
SENTENCES = {
    "required": "This is needed.",
    "too_long": "This is too long.",
    "placeholder_unknown": "There is no such placeholder.",
    "stop_missing": "It must hold {stop}, the link with which the customer ends messages.",
    "stop_in_subject": "The link {stop} belongs into the text.",
    "journey_unknown": "There is no such journey.",
    "stale": "Somebody has changed it since; look at it again.",
    "own_words": "Somebody else than who wrote it approves it.",
    "personal_data": "No personal data in public.",
    "number_not_proven": "Only numbers that the verdict has proven.",
    "customers_words": "Do not repeat what a customer wrote.",
    "not_in_use": "This template is not approved, or not of this journey.",
    "sentence_missing": "The template says what was mended: release the sentence first.",
    "not_proven": "Its effect is not proven, or proven no more.",
    "nobody": "There is nobody who may be told.",
}


def may_write(user: User) -> bool:
    """Whoever works in a department, and admins."""
    return may_enter(user)


def may_approve(user: User) -> bool:
    """Leads, directors and admins; never of their own words."""
    if not user.is_active:
        return False
    roles = (Membership.Role.LEAD, Membership.Role.DIRECTOR)
    return user.is_superuser or Membership.objects.filter(user=user, role__in=roles).exists()


@transaction.atomic
def write_template(
    *,
    name: str,
    journey: str,
    subject: Mapping[str, str],
    text: Mapping[str, str],
    by: Actor,
    now: datetime,
    template: int | None = None,
    version: int | None = None,
) -> MessageTemplate:
    """A new one, or a change of `template` as it was read at `version`; either waits for approval.

    `journey`: its key, "" for all. Raises Forbidden, NotFound, Invalid.
    """
    writer = _writer(by)
    kept = _held(template, version, writer) if template is not None else MessageTemplate()
    of = journeys_seen(writer).filter(key=journey).first() if journey else None
    found = faults_of_template(subject, text, LANGUAGES)
    if not name.strip() or len(name) > LONGEST_NAME:
        found.insert(0, Fault("name", "required" if not name.strip() else "too_long"))
    if journey and of is None:
        found.append(Fault("journey", "journey_unknown"))
    refuse(found)
    if kept.pk is not None:
        kept.version += 1
    kept.name, kept.journey = name.strip(), of
    kept.subject = {code: " ".join(subject[code].split()) for code in LANGUAGES}
    kept.text = {code: text[code].strip() for code in LANGUAGES}
    kept.written_by, kept.written_at = writer, now
    kept.approved_by = kept.approved_at = None
    kept.save()
    _note(kept, "written", by, now)
    return kept


@transaction.atomic
def approve_template(*, template: int, version: int, by: Actor, now: datetime) -> MessageTemplate:
    """The words as they were read at `version` may be sent. Raises as `write_template` does."""
    person = _writer(by)
    kept = _held(template, version, person)
    if not may_approve(person):
        raise Forbidden("lead_only")
    if kept.written_by_id == person.pk:
        raise Forbidden("own_words")
    kept.approved_by, kept.approved_at = person, now
    kept.save(update_fields=["approved_by", "approved_at"])
    _note(kept, "approved", by, now)
    return kept


@transaction.atomic
def retire_template(*, template: int, version: int, by: Actor, now: datetime) -> MessageTemplate:
    """It is used no more; what was sent with it stays on record."""
    kept = _held(template, version, _writer(by))
    kept.retired_at = now
    kept.save(update_fields=["retired_at"])
    _note(kept, "retired", by, now)
    return kept


def refuse(found: list[Fault]) -> None:
    """Raises Invalid where something was found."""
    if found:
        said = [
            (each.field, each.code, SENTENCES[each.code] + (f" {each.about}" if each.about else ""))
            for each in found
        ]
        raise Invalid(said)


def _writer(by: Actor) -> User:
    if by.user is None or not may_write(by.user):
        raise Forbidden("read_only")
    return by.user


def _held(template: int, version: int | None, person: User) -> MessageTemplate:
    """Locked, as it was read; otherwise words could be approved that nobody has read."""
    seen = MessageTemplate.objects.in_force().visible_to(person)
    held = seen.select_for_update(of=("self",))
    kept = held.filter(pk=template).first()
    if kept is None:
        raise NotFound("template")
    if kept.version != version:
        refuse([Fault("version", "stale")])
    return kept


def _note(kept: MessageTemplate, verb: str, by: Actor, now: datetime) -> None:
    record(
        verb=verb,
        subject="template",
        subject_id=kept.pk,
        by=by,
        now=now,
        params={"version": kept.version, "name": kept.name},
    )
