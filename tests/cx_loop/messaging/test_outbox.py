"""Written once, sent by whoever holds the lease, tried again, given up loudly."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from cx_loop import clock
from cx_loop.messaging import outbox
from cx_loop.messaging.outbox import LEASE, deliver, queue_message
from cx_loop.models import Message
from tests.factories import make_user

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
    for attempt in range(1, 9):
        assert deliver(now) == 0
        assert deliver(now) == 0
        message = Message.objects.get()
        assert message.attempts == attempt
        now = message.available_at
    assert message.state == "dead"
    assert "ConnectionRefusedError" in message.last_error


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
    outbox._settle([slow], state="pending", last_error="late")
    assert Message.objects.get().state == "sent"


@pytest.mark.usefixtures("broken_mail")
def test_a_mail_server_that_is_away_costs_one_attempt_and_holds_up_only_mails(
    settings: Any,
) -> None:
    for serial in range(5):
        queue(f"mail:{serial}")
    deliver(NOW)
    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]
    assert not Message.objects.due(NOW).exists()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert deliver(NOW + timedelta(minutes=1)) == 5


def test_whoever_has_left_gets_nothing() -> None:
    queue(user=make_user("ana@example.com", is_active=False))
    assert deliver(NOW) == 0
    assert Message.objects.get().state == "cancelled"
