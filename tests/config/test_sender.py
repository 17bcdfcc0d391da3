"""Delivery in a thread of its own: it ends when told to, and what it had in hand is settled."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from config.sender import Sender
from cx_loop.messaging.outbox import deliver, queue_message
from cx_loop.models import Heartbeat, Message

PATIENCE = 60.0  # seconds; a failure takes so long, success does not


@pytest.fixture
def sender(transactional_db: None) -> Iterator[Sender]:
    made = Sender()
    yield made
    made.stop()


def queue(*keys: str) -> None:
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    said = {"channel": "email", "recipient": "ana@example.com", "subject": "A", "text": "…"}
    for key in keys:
        queue_message(dedup_key=key, now=now, **said)


def wait_for(done: Any) -> None:
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.05)):
        if done():
            return
        pause.wait(0.05)
    raise AssertionError("nothing happened")


def test_it_sends_what_is_due_and_says_that_it_lives(sender: Sender, mailoutbox: Any) -> None:
    queue("a", "b")
    sender.start()
    wait_for(lambda: len(mailoutbox) == 2)
    wait_for(Heartbeat.objects.filter(name="deliver").exists)
    assert sender.stop()


def test_told_to_end_it_takes_nothing_new(transactional_db: None, mailoutbox: Any) -> None:
    queue("a", "b", "c")
    now = datetime(2026, 3, 11, tzinfo=UTC)
    assert deliver(now, ended=lambda: len(mailoutbox) == 2) == 2
    assert Message.objects.get(state="pending").lease is None
