"""The outbox: a message is a row of the transaction it tells of; a job carries it afterwards.

Delivery is at least once. A sender takes one message by a lease, sends it outside of any
transaction and settles it only while the lease is still its own; a sender killed in between
leaves a lease that runs out. The dedup key travels with the message, so a receiver can tell a
repeated one.

A receiver that hangs costs one attempt: whatever else waits for it is put off, and the others go
on. A sender works for `LONGEST` at most, then the next look goes on.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import monotonic

import structlog
from django.db import connection

from cx_loop.logic.retries import wait_after
from cx_loop.logic.voice.redact import redact
from cx_loop.messaging import endpoints
from cx_loop.messaging.bundles import bundle_of, bundled_mail
from cx_loop.messaging.channels import chat, email, webhook
from cx_loop.messaging.failures import Failed
from cx_loop.messaging.floods import put_aside
from cx_loop.messaging.queue import queue_mail, queue_message
from cx_loop.models import SYSTEM, Message

__all__ = ["CHANNELS", "LEASE", "deliver", "queue_mail", "queue_message"]

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)  # longer than any send may take, otherwise two would send at once
LONGEST = 20.0  # seconds of one look, but for the send it ends with; a job may take 45
AT_ONCE = 100  # messages of one look
PUT_OFF = timedelta(minutes=1)  # what waits for a receiver that does not answer

Way = Callable[[Message, datetime], None]

# a channel sends one message or raises; `channels/` has one file for each
CHANNELS: Mapping[str, Way] = {
    "email": email.send,
    "webhook": webhook.send,
    "chat": chat.send,
}

_CLAIM = """
UPDATE cx_loop_message SET attempts = attempts + 1, lease = %s, available_at = %s
WHERE id = (
    SELECT id FROM cx_loop_message
    WHERE state = 'pending' AND available_at <= %s
    ORDER BY available_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


def deliver(now: datetime, limit: int = AT_ONCE, ended: Callable[[], bool] = bool) -> int:
    """Send what is due at `now`, at most `limit` messages; gives how many were sent.

    One message a lease: a slow receiver must not let the leases of the others run out. After each
    it is asked whether `ended`. Mails go over one connection, as long as all goes well.
    """
    sent, began = 0, monotonic()
    with email.Talk() as mails:
        ways = {**CHANNELS, "email": mails.send}
        for _ in range(limit):
            spent = monotonic() - began
            # whole seconds: the time goes on while slow ones are sent, and stands still otherwise
            at = now + timedelta(seconds=int(spent))
            message = _claimed(at) if spent < LONGEST and not ended() else None
            if message is None:
                break
            sent += _tried(message, ways, at)
    return sent


def _claimed(now: datetime) -> Message | None:
    lease = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [lease, now + LEASE, now])
        row = cursor.fetchone()
    if not row:
        return None
    return Message.objects.select_related("user", "endpoint").get(id=row[0])


def _tried(message: Message, ways: Mapping[str, Way], now: datetime) -> int:
    """How many messages went out: 0, 1, or those of a bundle."""
    send = ways.get(message.channel)
    if send is None:
        _settle([message], state=Message.State.DEAD, last_error="no such channel")
        return 0
    if message.user is not None and not message.user.is_active:
        _settle([message], state=Message.State.CANCELLED, last_error="the person has left")
        return 0
    rows = [message]
    try:
        if put_aside(message, now):
            return 0
        rows = bundle_of(message, now + LEASE)
        send(bundled_mail(rows), now)
    except Exception as error:
        _fail(rows, error, now)
        return 0
    _settle(rows, state=Message.State.SENT, sent_at=now, last_error="", **_forgotten(message))
    if message.endpoint is not None:
        endpoints.note_success(message.endpoint, now)
    return len(rows)


def _fail(rows: list[Message], error: Exception, now: datetime) -> None:
    """The next try of them all, but of those that have had their last: of a digest each has its
    own attempts, otherwise a young one would die with an old one."""
    message, failed = rows[0], error if isinstance(error, Failed) else None
    waits = {row.pk: wait_after(row.channel, row.attempts, row.dedup_key) for row in rows}
    gone = failed is not None and failed.gone
    ended = [row for row in rows if gone or waits[row.pk] is None]
    wait = max((each for each in waits.values() if each is not None), default=timedelta(0))
    # the type alone: the text of an error may quote what was sent
    log.warning("message not sent", message=message.pk, error=type(error).__name__, dead=len(ended))
    asked = failed.wait if failed is not None else None
    reason = str(error) if failed is not None else f"{type(error).__name__}: {error}"
    if "customer" in message.payload:
        reason = redact(reason)  # a mail server may quote the address
    said = {"last_error": reason[:300].replace("\0", "")}
    if ended:
        _settle(ended, state=Message.State.DEAD, available_at=now, **said)
    if left := [row for row in rows if row not in ended]:
        _settle(left, available_at=now + (asked if asked is not None else wait), **said)
    if failed is not None and failed.everybody:
        _put_off(message, now, asked or PUT_OFF)
    if message.endpoint is not None:
        if failed is not None and failed.gone:
            endpoints.disable(endpoint=message.endpoint, reason="gone", by=SYSTEM, now=now)
        else:
            endpoints.note_failure(message.endpoint, now)


def _forgotten(message: Message) -> dict[str, object]:
    """The address of a customer is not kept once their mail has left."""
    if "customer" not in message.payload:
        return {}
    kept = {name: message.payload[name] for name in ("subject", "text")}
    return {"payload": kept}


def _put_off(message: Message, now: datetime, wait: timedelta) -> None:
    """All else that waits for the same mail server or endpoint; no attempt of theirs is lost."""
    alike = Message.objects.due(now + wait).filter(lease=None)
    if message.endpoint is not None:
        alike = alike.filter(endpoint=message.endpoint)
    else:
        alike = alike.filter(channel=message.channel, endpoint=None)
    alike.exclude(pk=message.pk).update(available_at=now + wait)


def _settle(rows: list[Message], **fields: object) -> None:
    """Only while the lease is ours: a sender that was too slow must not undo its successor."""
    ours = Message.objects.pending().filter(pk__in=[row.pk for row in rows], lease=rows[0].lease)
    ours.update(lease=None, **fields)
