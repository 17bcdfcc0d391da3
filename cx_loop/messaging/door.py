"""The one door to addresses that people wrote down: webhooks, chats, survey tools of their own.

The name is resolved once, every address it stands for must be of the open network, and the
connection goes to the very address that was checked, so a name that changes its mind in between
reaches nothing. Redirects are not followed; a receiver that answers slowly or without end is
left after `PATIENCE` seconds and `MOST_READ` bytes.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from cx_loop.logic.addresses import is_open

PATIENCE = 20.0  # seconds for the whole exchange; well below the lease of a message
MOST_READ = 4_096  # bytes of an answer's body; nobody needs more of it
PORTS = {"https": 443, "http": 80}


class Unreachable(Exception):
    """An address that is refused, or where nobody answered; says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    retry_after: str
    body: bytes


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, most_read: int = MOST_READ
) -> Answer:
    """Send one body and give the answer, whatever its status. Raises Unreachable."""
    return _exchange("POST", url, body, headers, most_read)


def get(url: str, headers: Mapping[str, str], *, most_read: int) -> Answer:
    """Ask for something and give the answer, whatever its status. Raises Unreachable."""
    return _exchange("GET", url, None, headers, most_read)


def _exchange(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str], most_read: int
) -> Answer:
    connection, path = _opened(url)
    watch = threading.Timer(PATIENCE, connection.give_up)
    watch.start()
    try:
        connection.request(method, path, body, {"User-Agent": "cx-loop", **headers})
        answer = connection.getresponse()
        if connection.given_up:  # cut off headers look like whole ones
            raise TimeoutError
        retry_after = answer.headers.get("Retry-After", "")
        return Answer(answer.status, retry_after, answer.read(most_read))
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = f"no whole answer within {PATIENCE:g} s" if connection.given_up else ""
        raise Unreachable(late or f"{type(error).__name__}: {error}") from None
    finally:
        watch.cancel()
        connection.close()


def checked_address(host: str, port: int) -> str:
    """The IP address to connect to. Raises Unreachable when any that the name stands for lies in
    an internal network: otherwise one name with two addresses would be a way in."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(f"The name {host} is not known.") from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not is_open(address) and not _is_allowed(address):
            raise Unreachable(f"{host} leads to an internal network ({address}).")
    return addresses[0]


def check_written(url: str) -> str:
    """The host of an address; refuses at once what would never be sent to. What a name leads to
    is asked when it is.

    Raises ValueError for no address, Unreachable for an internal one.
    """
    parts, _port = _taken_apart(url)
    named = parts.hostname or ""
    host = named.rstrip(".")
    try:
        inside = not is_open(host) and not _is_allowed(host)
    except ValueError:  # a name
        inside = host.rpartition(".")[2] == "localhost" and not settings.OUTGOING_NETWORKS
    if inside:
        way_out = "Name another address, or open that network with CX_OUTGOING_NETWORKS."
        raise Unreachable(f"{host} leads to an internal network. {way_out}")
    return named


def _is_allowed(address: str) -> bool:
    """Networks of one's own that the installation opens on purpose."""
    plain = ip_address(address.partition("%")[0])
    return any(plain in ip_network(each) for each in settings.OUTGOING_NETWORKS)


def _taken_apart(url: str) -> tuple[SplitResult, int]:
    """An address and its port. Raises ValueError."""
    allowed = {"https", "http"} if settings.OUTGOING_NETWORKS else {"https"}
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        raise ValueError("This is no address.") from None
    if parts.scheme not in allowed or not parts.hostname or parts.username:
        raise ValueError("Only https:// addresses without a user name are sent to.")
    return parts, port


def _opened(url: str) -> "tuple[_Pinned, str]":
    """A connection that is not made yet, and the path to ask for."""
    try:
        parts, port = _taken_apart(url)
    except ValueError as refusal:
        raise Unreachable(str(refusal)) from None
    assert parts.hostname is not None
    connection = _Pinned(parts.hostname, port, checked_address(parts.hostname, port))
    if parts.scheme == "https":
        connection.context = ssl.create_default_context()
    return connection, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"


class _Pinned(http.client.HTTPConnection):
    """A connection to the checked address, under the name that was asked for."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self.address = address
        self.context: ssl.SSLContext | None = None
        self.given_up = False

    def connect(self) -> None:
        plain = socket.create_connection((self.address, self.port), self.timeout)
        self.sock = plain
        if self.context is not None:
            self.sock = self.context.wrap_socket(plain, server_hostname=self.host)

    def give_up(self) -> None:
        """From another thread: whatever is being waited for ends now."""
        self.given_up = True
        if self.sock is not None:
            with suppress(OSError):  # it may have ended by itself
                self.sock.shutdown(socket.SHUT_RDWR)
