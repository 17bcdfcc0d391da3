"""Writing messages: a row in the transaction of what it tells of. `outbox.py` carries them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from cx_loop import clock
from cx_loop.events import message_queued
from cx_loop.logic.telling import AT_ONCE, quiet_until, urgency_of, wants_mail
from cx_loop.models import Endpoint, Message, Organization, User
from cx_loop.models.encryption import encrypt
from cx_loop.models.together import add, answered


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
    endpoint: Endpoint | None = None,
    event: Mapping[str, Any] | None = None,
    available_at: datetime | None = None,
    bundled: bool = False,
    urgency: int = AT_ONCE,
    secret: str = "",
    customer: str = "",
) -> None:
    """Write a message in the caller's transaction; the same `dedup_key` again changes nothing.

    Under a set clock (replay) it is written and never sent. Never put a customer's words into
    `subject`, `text` or `event`. `secret`, such as a link that signs somebody in, is kept encrypted
    and put in the place of SECRET when a mail is sent. `customer`: the address of one, kept
    encrypted until the mail has left; `recipient` then tells them apart without naming them, and
    `secret` is their link to hear no more.
    """
    state = Message.State.SUPPRESSED if clock.is_set() else Message.State.PENDING
    said = {"subject": " ".join(subject.split()), "text": text}
    if secret:
        said["sealed"] = encrypt(secret)
    if customer:
        said["customer"] = encrypt(customer)
    message = Message(
        dedup_key=dedup_key,
        channel=channel,
        recipient=recipient,
        payload=said if event is None else {"event": dict(event)},
        user=user,
        endpoint=endpoint,
        task_number=task_number,
        state=state,
        bundled=bundled,
        urgency=urgency,
        available_at=available_at or now,
        created_at=now,
    )
    add(message, unless_there=True)
    if state == Message.State.PENDING and message.available_at <= now:
        answered("messages told of", lambda: transaction.on_commit(_tell))


def queue_mail(
    *,
    user: User,
    code: str,
    key: str,
    subject: str,
    text: str,
    now: datetime,
    critical: bool = False,
    task_number: int | None = None,
) -> None:
    """A mail to a person as they want to be told: not at all, after their quiet hours, gathered
    with others. What is critical goes at once, unless its kind is not wanted. When many leave
    within a short time, `floods.py` gathers the further ones."""
    if not wants_mail(code, user.muted_kinds):
        return
    at = now if critical else when_told(user, now)
    queue_message(
        dedup_key=f"{key}:email",
        channel="email",
        recipient=user.email,
        subject=subject,
        text=text,
        now=now,
        user=user,
        task_number=task_number,
        available_at=at,
        bundled=at > now,
        urgency=urgency_of(code, critical=critical),
    )


def when_told(user: User, now: datetime) -> datetime:
    """The moment a mail to this person may leave, when nothing is urgent."""
    return after_quiet_hours(user, now + timedelta(minutes=user.digest_minutes))


def after_quiet_hours(user: User, at: datetime) -> datetime:
    if user.quiet_from is None or user.quiet_until is None:
        return at
    zone = ZoneInfo(user.timezone) if user.timezone else Organization.current_zone()
    return quiet_until(at, user.quiet_from, user.quiet_until, zone)


def _tell() -> None:
    message_queued.send_robust(sender=queue_message)
