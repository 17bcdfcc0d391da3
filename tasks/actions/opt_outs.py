"""Customers who want to hear no more: kept until somebody lifts it for a reason, and what still
waits for them is cancelled."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import connection, transaction

from cx_loop.logic.voice.redact import redact
from cx_loop.models import Actor, CustomerLink, Message, User, ids_of_member, record
from tasks.actions.errors import Forbidden, Invalid
from tasks.models import OptOut, Recovery, Told
from tasks.reads.telling import known_as

TELLING = 0x637865  # key of an advisory lock
LONGEST = 200  # characters of a reference, as intake takes them
LONGEST_REASON = 400


def one_telling_at_a_time() -> None:
    """Until the end of the transaction nobody else tells customers or opts one out: otherwise a
    mail could be written for who opts out at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TELLING])


@transaction.atomic
def opt_out(*, customers: Collection[UUID], how: str, by: Actor, now: datetime) -> None:
    """Write to these customers (keyed hashes) never again; again changes nothing."""
    one_telling_at_a_time()
    rows = [OptOut(customer=each, how=how, at=now, by=by.user) for each in customers]
    fresh = {each.customer for each in rows} - set(
        OptOut.objects.filter(customer__in=customers).values_list("customer", flat=True)
    )
    OptOut.objects.bulk_create(
        [row for row in rows if row.customer in fresh], ignore_conflicts=True
    )
    # of who declines no reference is kept, and nothing that still waits leaves
    links = CustomerLink.objects.filter(customer__in=customers)
    links.update(may_contact=False, reference="")
    Recovery.objects.open().filter(customer__in=customers).update(may_contact=False)
    unsent = [Message.State.PENDING, Message.State.DEAD]
    Message.objects.filter(dedup_key__in=keys_of(customers), state__in=unsent).update(
        state=Message.State.CANCELLED, last_error="the customer wants no messages"
    )
    if fresh:
        # the trail names nobody
        record(
            verb="opted_out",
            subject="customer",
            subject_id=0,
            by=by,
            now=now,
            params={"how": how},
        )


def opt_out_reference(*, reference: str, how: str, by: Actor, now: datetime) -> None:
    """Somebody entered a customer as they are known in the survey tool, such as an address.

    Nothing tells whether there is such a customer. Raises Forbidden, Invalid.
    """
    if by.user is None or not may_enter(by.user):
        raise Forbidden("read_only")
    said = reference.strip()
    if not said or len(said) > LONGEST:
        raise Invalid([("customer", "required", "Say which customer, in 200 characters at most.")])
    opt_out(customers=known_as(said), how=how, by=by, now=now)


@transaction.atomic
def lift_opt_out(*, reference: str, reason: str, by: Actor, now: datetime) -> None:
    """A customer, as they are known in the survey tool, may be written to again, for a reason.

    It gives no consent back: only an answer after it that agrees does. Raises Forbidden, Invalid.
    """
    if by.user is None or not may_enter(by.user):
        raise Forbidden("read_only")
    said, why = reference.strip(), " ".join(reason.split())
    wrong = []
    if not said or len(said) > LONGEST:
        wrong.append(("customer", "required", "Say which customer, in 200 characters at most."))
    if not why or len(why) > LONGEST_REASON:
        wrong.append(("reason", "required", "Say why, in 400 characters at most."))
    if wrong:
        raise Invalid(wrong)
    one_telling_at_a_time()
    kept = list(OptOut.objects.filter(customer__in=known_as(said)).order_by("at", "customer"))
    if not kept:
        raise Invalid([("customer", "not_opted_out", "Nobody is on record under this name.")])
    OptOut.objects.filter(pk__in=[each.pk for each in kept]).delete()
    # the trail names nobody
    record(
        verb="opt_out_lifted",
        subject="customer",
        subject_id=0,
        by=by,
        now=now,
        params={
            "reason": redact(why),
            "was": [{"how": each.how, "at": each.at.isoformat()} for each in kept],
        },
    )


def may_enter(user: User) -> bool:
    """Whoever works in a department, and admins."""
    return user.is_active and (user.is_superuser or bool(ids_of_member(user)))


def keys_of(customers: Collection[UUID]) -> list[str]:
    """Of all mails to these customers in the outbox."""
    told = Told.objects.filter(customer__in=customers, how=Told.How.MAIL)
    return [each.message_key for each in told]


def stop_token(customer: UUID) -> str:
    """What stands in a customer's own link to hear no more; it does not end."""
    return _signer().sign(customer.hex)


def customer_of(token: str) -> UUID | None:
    """Whose link it is; None for one that is not ours."""
    try:
        return UUID(hex=_signer().unsign(token))
    except (BadSignature, ValueError):
        return None


def _signer() -> Signer:
    return Signer(key=settings.FIELD_KEY, sep=".", salt="stop messages")
