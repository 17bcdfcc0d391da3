"""Written once, sent by whoever holds the lease, tried again, given up loudly."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from cx_loop import clock
from cx_loop.messaging import outbox
from cx_loop.messaging.outbox import LEASE, MOST_ATTEMPTS, deliver, queue_message, wait_after
from cx_loop.models import Message

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def queue(key: str = "task:1:opened", **fields: Any) -> Message:
    given = {"channel": "email", "recipient": "ana@example.com", "subject": "A task", "text": "…"}
    queue_message(dedup_key=key, now=NOW, **{**given, **fields})
    return Message.objects.get(dedup_key=key)


@pytest.fixture
def broken_mail(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def test_a_message_is_sent_once() -> None:
    queue()
    assert deliver(NOW) == 1
    assert deliver(NOW) == 0
    assert [sent.to for sent in mail.outbox] == [["ana@example.com"]]
    message = Message.objects.get()
    assert (message.state, message.sent_at, message.lease) == ("sent", NOW, None)


def test_the_same_key_is_queued_once() -> None:
    queue(), queue(text="other")
    assert Message.objects.get().payload["text"] == "…"


def test_a_line_break_in_a_subject_cannot_forge_a_header() -> None:
    queue(subject="Gate\r\nBcc: eve@example.com")
    assert deliver(NOW) == 1
    assert mail.outbox[0].subject == "Gate Bcc: eve@example.com"


def test_the_message_id_stays_the_same_when_sent_again() -> None:
    queue()
    deliver(NOW)
    Message.objects.update(state="pending")
    deliver(NOW + LEASE)
    first, second = (sent.extra_headers["Message-ID"] for sent in mail.outbox)
    assert first == second
    assert first.endswith("@testserver>")


def test_under_a_set_clock_nothing_leaves() -> None:
    with clock.set_to(NOW):
        queue()
    assert Message.objects.get().state == "suppressed"
    assert deliver(NOW) == 0


@pytest.mark.usefixtures("broken_mail")
def test_a_failed_message_waits_longer_each_time_and_dies_at_last() -> None:
    queue()
    now = NOW
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert deliver(now) == 0
        assert deliver(now) == 0
        message = Message.objects.get()
        assert message.attempts == attempt
        now = message.available_at
    assert message.state == "dead"
    assert "ConnectionRefusedError" in message.last_error


def test_waits_double_up_to_an_hour() -> None:
    waits = [wait_after(attempts).total_seconds() for attempts in (1, 2, 3, 8, 99)]
    assert waits == [30, 60, 120, 3600, 3600]


@pytest.mark.usefixtures("broken_mail")
def test_a_poisoned_message_does_not_hold_up_the_others(settings: Any) -> None:
    queue("a", channel="pigeon")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    queue("b")
    assert deliver(NOW) == 1
    assert Message.objects.get(dedup_key="a").state == "dead"


def test_a_lease_is_respected_until_it_runs_out() -> None:
    queue()
    claimed = outbox._claimed(NOW)
    assert claimed is not None
    assert deliver(NOW + LEASE - timedelta(seconds=1)) == 0
    assert deliver(NOW + LEASE) == 1


def test_a_sender_that_was_too_slow_does_not_undo_its_successor() -> None:
    queue()
    slow = outbox._claimed(NOW)
    assert slow is not None
    deliver(NOW + LEASE)
    outbox._settle(slow, state="pending", last_error="late")
    assert Message.objects.get().state == "sent"
