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
from cx_loop.messaging.channels import email
from cx_loop.messaging.failures import Failed
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
    "RSET": "250 fine",
    "QUIT": "221",
}


class Server:
    """Says a letter every now and then at stage `slow_at`, and never ends its line."""

    def __init__(self) -> None:
        self.slow_at, self.taken, self.pace = "", 0, 0.02
        self.lines = 0
        self.refuses: dict[str, str] = {}  # what a line of a mail begins with, and the answer
        self.most = 100  # mails over one line, then 421
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
        self.lines += 1
        left = self.most
        with suppress(OSError, UnicodeDecodeError), closing(line), line.makefile("rb") as said:
            self._say(line, "GREETING", "220 here")
            for words in said:
                verb = words[:4].decode().upper()
                if verb == "MAIL" and not left:
                    line.sendall(b"421 enough\r\n")
                    return
                self._say(line, verb, self._answer(words.decode(), verb))
                if verb == "DATA":
                    while said.readline() not in (b".\r\n", b""):
                        pass
                    self.taken, left = self.taken + 1, left - 1
                    self._say(line, "BODY", "250 taken")

    def _answer(self, words: str, verb: str) -> str:
        refused = [said for begins, said in self.refuses.items() if words.startswith(begins)]
        return refused[0] if refused else ANSWERS.get(verb, "500 what")

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


def test_mails_of_one_look_go_over_one_line(server: Server) -> None:
    for key in ("ana", "bob", "cho"):
        queue(key)
    assert deliver(NOW) == server.taken == 3
    assert server.lines == 1


def test_the_next_look_has_a_line_of_its_own(server: Server) -> None:
    for key in ("ana", "bob"):
        queue(key)
        assert deliver(NOW) == 1
    assert server.lines == 2


def test_a_refused_mail_does_not_spoil_the_next(server: Server) -> None:
    server.refuses["rcpt TO:<bob"] = "550 nobody of that name"
    for key in ("ana", "bob", "cho", "dan"):
        queue(key)
    assert deliver(NOW) == server.taken == 3
    assert server.lines == 2
    assert "550" in Message.objects.get(dedup_key="bob").last_error


def test_a_mail_that_hangs_does_not_spoil_the_next(server: Server) -> None:
    queue("ana")
    queue("bob")
    with email.Talk() as talk:
        ana, bob = Message.objects.order_by("pk")
        talk.send(ana, NOW)
        server.slow_at = "RCPT"
        with pytest.raises(Failed, match=r"no whole conversation within 0\.6 s"):
            talk.send(bob, NOW)
        server.slow_at = ""
        talk.send(bob, NOW)
    assert (server.taken, server.lines) == (2, 2)


def test_each_mail_over_a_line_has_its_whole_time(server: Server) -> None:
    with email.Talk() as talk:
        queue("ana")
        for _ in range(3):
            talk.send(Message.objects.get(), NOW)
            threading.Event().wait(0.4)
    assert (server.taken, server.lines) == (3, 1)


@pytest.mark.parametrize(("most", "lines"), [(2, 2), (1, 3)])
def test_a_server_that_takes_so_many_over_one_line_is_asked_anew(
    server: Server, most: int, lines: int
) -> None:
    server.most = most
    for key in ("ana", "bob", "cho"):
        queue(key)
    assert deliver(NOW) == server.taken == 3
    assert server.lines == lines
    assert set(Message.objects.values_list("attempts", "state")) == {(1, "sent")}


def test_a_server_that_takes_nobody_any_more_lets_all_wait(server: Server) -> None:
    server.most = 0
    queue("ana"), queue("bob")
    assert deliver(NOW) == 0
    assert set(Message.objects.values_list("available_at", flat=True)) > {NOW + PUT_OFF}
    assert server.lines == 1


@pytest.mark.parametrize("silent", [True, False])
def test_a_line_that_does_not_go_on_is_left_for_a_fresh_one(
    server: Server, monkeypatch: pytest.MonkeyPatch, silent: bool
) -> None:
    monkeypatch.setattr(mail_server, "TO_GO_ON", 0.2)
    if silent:
        server.slow_at, server.pace = "RSET", 60
    else:
        server.refuses["rset"] = "502 what"
    queue("ana"), queue("bob")
    assert deliver(NOW) == server.taken == server.lines == 2
