"""Receivers on loopback that keep what they are sent."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from cx_loop.messaging.endpoints import endpoint_of, queue_event
from cx_loop.models import Endpoint, Message
from tests.cx_loop.messaging.receivers import Handler, certified, receiver

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
Way = Callable[[Any], None]


@pytest.fixture
def inside(settings: Any) -> None:
    """Loopback counts as a network that may be sent to."""
    settings.OUTGOING_NETWORKS = ["127.0.0.0/8"]


@dataclass
class Receiver:
    """Answers as `answer` says, and keeps headers and bodies of what came."""

    address: str = ""
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def handle(self, request: Any) -> None:
        sent = {name.lower(): value for name, value in request.headers.items()}
        self.got.append((sent, request.body))
        request.send_response(self.status)
        for name, value in self.headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(self.body)


@pytest.fixture
def other(inside: None) -> Iterator[Receiver]:
    there = Receiver()
    with receiver(there.handle) as port:
        there.address = f"http://127.0.0.1:{port}/hook/secret-path"
        yield there


@pytest.fixture
def opened(inside: None) -> Iterator[Callable[[Handler], str]]:
    """Starts a receiver of one's own; gives its address."""
    with ExitStack() as stack:
        yield lambda handle: f"http://127.0.0.1:{stack.enter_context(receiver(handle))}/"


@pytest.fixture
def vendor(
    inside: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> Iterator[Callable[[str], Receiver]]:
    """A vendor's host with a certificate of its own, where its name leads to loopback."""
    with ExitStack() as stack:

        def made(host: str) -> Receiver:
            there = Receiver(status=200)
            context = certified(host, tmp_path)
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
            port = stack.enter_context(receiver(there.handle, context))
            found = [(2, 1, 6, "", ("127.0.0.1", port))]
            monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: found)
            there.address = f"https://{host}:{port}/services/x"
            return there

        yield made


def queue_one(address: str, key: str = "opened:12:1", **event: Any) -> Message:
    """One event to an address; the endpoint is made."""
    endpoint = endpoint_of(address, now=NOW)
    return queue_at(endpoint, key, **event)


def queue_at(endpoint: Endpoint, key: str, **event: Any) -> Message:
    queue_event(
        endpoint=endpoint,
        key=key,
        event={"type": "task.opened", "data": {"task": 12}, **event},
        subject="#12 Boarding",
        text="A new improvement task waits.\nhttp://testserver/tasks/12/",
        now=NOW,
    )
    return Message.objects.get(dedup_key__startswith=f"{key}:endpoint")
