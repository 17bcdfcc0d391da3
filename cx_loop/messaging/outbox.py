"""The outbox: a message is a row of the transaction it tells of; a job carries it afterwards.

Delivery is at least once. A sender takes one message by a lease, sends it outside of any
transaction and settles it only while the lease is still its own; a sender killed in between
leaves a lease that runs out. The dedup key travels with the message, so a receiver can tell a
repeated one.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from cx_loop import clock
from cx_loop.events import message_queued
from cx_loop.messaging.channels import email
from cx_loop.models import Message, User

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 8
LEASE = timedelta(minutes=2)  # longer than any send may take, otherwise two would send at once
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)

# a channel sends one message or raises; `channels/` has one file for each
CHANNELS: Mapping[str, Callable[[Message], None]] = {"email": email.send}

_CLAIM = """
UPDATE cx_loop_message SET attempts = attempts + 1, lease = %s, available_at = %s
WHERE id = (
    SELECT id FROM cx_loop_message
    WHERE state = 'pending' AND available_at <= %s
    ORDER BY available_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


def queue_message(
    *,
    dedup_key: str,
    channel: str,
    recipient: str,
    subject: str,
    text: str,
    now: datetime,
    user: User | None = None,
    task_number: int | None = None,
) -> None:
    """Write a message in the caller's transaction; the same `dedup_key` again changes nothing.

    Under a set clock (replay) it is written and never sent. Never put a customer's words into
    `subject` or `text`.
    """
    state = Message.State.SUPPRESSED if clock.is_set() else Message.State.PENDING
    message = Message(
        dedup_key=dedup_key,
        channel=channel,
        recipient=recipient,
        payload={"subject": " ".join(subject.split()), "text": text},
        user=user,
        task_number=task_number,
        state=state,
        available_at=now,
        created_at=now,
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    if state == Message.State.PENDING:
        transaction.on_commit(_tell)


def deliver(now: datetime, limit: int = 100) -> int:
    """Send what is due at `now`, at most `limit` messages; gives how many were sent.

    One message a lease: a slow receiver must not let the leases of the others run out.
    """
    sent = 0
    for _ in range(limit):
        message = _claimed(now)
        if message is None:
            break
        sent += _tried(message, now)
    return sent


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 30 s, doubled each time, at most 1 h."""
    doublings = min(attempts - 1, 10)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


def _tell() -> None:
    message_queued.send_robust(sender=queue_message)


def _claimed(now: datetime) -> Message | None:
    lease = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [lease, now + LEASE, now])
        row = cursor.fetchone()
    return Message.objects.get(id=row[0]) if row else None


def _tried(message: Message, now: datetime) -> bool:
    send = CHANNELS.get(message.channel)
    if send is None:
        _settle(message, state=Message.State.DEAD, last_error="no such channel")
        return False
    try:
        send(message)
    except Exception as error:
        dead = message.attempts >= MOST_ATTEMPTS
        # the type alone: the text of an error may quote what was sent
        log.warning("message not sent", message=message.pk, error=type(error).__name__, dead=dead)
        _settle(
            message,
            state=Message.State.DEAD if dead else Message.State.PENDING,
            available_at=now + wait_after(message.attempts),
            last_error=f"{type(error).__name__}: {error}"[:300].replace("\0", ""),
        )
        return False
    _settle(message, state=Message.State.SENT, sent_at=now, last_error="")
    return True


def _settle(message: Message, **fields: object) -> None:
    """Only while the lease is ours: a sender that was too slow must not undo its successor."""
    ours = Message.objects.filter(pk=message.pk, lease=message.lease, state=Message.State.PENDING)
    ours.update(lease=None, **fields)
