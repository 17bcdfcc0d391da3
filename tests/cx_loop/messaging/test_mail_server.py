"""A real server on loopback that hangs, or dawdles, at each stage: the sender leaves in time."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from django.core.mail import get_connection

from cx_loop.messaging import mail_server
from cx_loop.messaging.outbox import PUT_OFF, deliver, queue_message
from cx_loop.models import Message

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
STAGES = ("GREETING", "EHLO", "MAIL", "RCPT", "DATA", "BODY")
ANSWERS = {
    "EHLO": "250 fine",
    "MAIL": "250 fine",
    "RCPT": "250 fine",
    "DATA": "354 go on",
    "QUIT": "221",
}


class Server:
    """Says a letter every now and then at stage `slow_at`, and never ends its line."""

    def __init__(self) -> None:
        self.slow_at, self.taken, self.pace = "", 0, 0.02
        self.ended = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(
                    target=self._talk, args=(self.socket.accept()[0],), daemon=True
                ).start()

    def _talk(self, line: socket.socket) -> None:
        with suppress(OSError, UnicodeDecodeError), closing(line), line.makefile("rb") as said:
            self._say(line, "GREETING", "220 here")
            for words in said:
                verb = words[:4].decode().upper()
                self._say(line, verb, ANSWERS.get(verb, "500 what"))
                if verb == "DATA":
                    while said.readline() not in (b".\r\n", b""):
                        pass
                    self.taken += 1
                    self._say(line, "BODY", "250 taken")

    def _say(self, line: socket.socket, stage: str, text: str) -> None:
        while stage == self.slow_at and not self.ended.wait(self.pace):
            line.sendall(b"2")
        line.sendall(f"{text}\r\n".encode())


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(mail_server, "PATIENCE", 0.6)
    settings.EMAIL_BACKEND = "cx_loop.messaging.mail_server.EmailBackend"
    there = Server()
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", there.port, 15
    yield there
    there.ended.set()
    there.socket.close()


def queue(key: str) -> None:
    said = {"channel": "email", "recipient": f"{key}@example.com", "subject": "A", "text": "…"}
    queue_message(dedup_key=key, now=NOW, **said)


def test_a_mail_goes_through(server: Server) -> None:
    queue("ana")
    assert deliver(NOW) == server.taken == 1


@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_dawdles_is_left_in_time(server: Server, stage: str) -> None:
    server.slow_at = stage
    queue("ana")
    began = monotonic()
    assert deliver(NOW) == 0
    assert monotonic() - began < 10  # the timeout of one read is 15 seconds
    assert Message.objects.get().last_error.endswith("no whole conversation within 0.6 s")


@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_is_silent_is_left_in_time(server: Server, stage: str) -> None:
    server.slow_at, server.pace = stage, 60
    queue("ana")
    assert deliver(NOW) == 0
    assert Message.objects.get().state == "pending"


def test_what_was_taken_is_sent_though_the_good_bye_hangs(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_server, "TO_GOOD_BYE", 0.1)
    server.slow_at, server.pace = "QUIT", 60
    queue("ana")
    assert deliver(NOW) == 1
    assert Message.objects.get().state == "sent"


@pytest.mark.parametrize(("stage", "everybody"), [("EHLO", True), ("RCPT", False)])
def test_others_wait_for_a_server_that_lets_nobody_in_not_for_one_address(
    server: Server, stage: str, everybody: bool
) -> None:
    server.slow_at = stage
    queue("ana"), queue("bob")
    deliver(NOW, limit=1)
    bob = Message.objects.get(dedup_key="bob")
    assert bob.available_at == (NOW + PUT_OFF if everybody else NOW)
    assert bob.attempts == 0
    server.slow_at = ""
    assert deliver(NOW + PUT_OFF + timedelta(seconds=1)) == 2


def test_nobody_there_is_said_at_once(server: Server, settings: Any) -> None:
    settings.EMAIL_PORT = 1
    with pytest.raises(ConnectionRefusedError):
        get_connection().open()


def test_a_server_that_takes_no_tls_is_left_in_time(server: Server, settings: Any) -> None:
    settings.EMAIL_USE_SSL = True
    server.slow_at, server.pace = "GREETING", 60
    with pytest.raises(TimeoutError):
        get_connection().open()
