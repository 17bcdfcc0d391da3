"""Talking to a mail server, and no longer than `PATIENCE` seconds for one mail.

A timeout of a socket is one of each single read: a server that says a letter every ten seconds
would hold a sender for ever. Here the line is cut after that time, at whatever stage: while
connecting, greeting, agreeing on TLS, signing in, taking a mail. The next mail may go over the
same line, and has that time again.
"""

import smtplib
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

PATIENCE = 20.0  # seconds of a mail, with connecting and good-bye; well below a lease
TO_GOOD_BYE = 2.0  # seconds of it; the mail is taken by then
TO_GO_ON = 2.0  # seconds to say that another mail may come
FINE = 250


class EmailBackend(smtp.EmailBackend):
    """Django's, with an end. Raises TimeoutError for a line that was cut."""

    line: "Line | None" = None

    @property
    def connection_class(self) -> Any:
        assert self.line is not None
        return partial(_Secure if self.use_ssl else _Plain, line=self.line)

    def open(self) -> bool | None:
        if self.connection is None and self.line is None:
            self.line = Line(PATIENCE)
        try:
            made = super().open()
            if made and self.connection is not None:
                self.connection.ehlo_or_helo_if_needed()  # otherwise the first mail is to blame
            if late := self._late():  # an answer that was cut looks like a whole one
                raise late
        except OSError as error:
            late = self._late()
            self.close()
            raise late or error from None
        return made

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            return super().send_messages(email_messages)
        except OSError as error:
            raise self._late() or error from None

    def goes_on(self) -> bool:
        """Whether the server takes another mail over the line of the one before."""
        if self.connection is None or self.line is None or not self.line.begin_anew(TO_GO_ON):
            return False
        try:
            fine: bool = self.connection.rset()[0] == FINE
        except OSError:
            return False
        return fine and self.line.begin_anew(PATIENCE)

    def close(self) -> None:
        try:
            super().close()
        finally:
            if self.line is not None:
                self.line.end()
                self.line = None

    def _close_connection(self, connection: smtplib.SMTP) -> None:
        if connection.sock is not None:
            connection.sock.settimeout(TO_GOOD_BYE)
        try:
            super()._close_connection(connection)  # type: ignore[misc]  # not in its stubs
        except OSError:
            connection.close()  # a good-bye that goes wrong undoes nothing

    def _late(self) -> TimeoutError | None:
        cut = self.line is not None and self.line.is_cut
        return TimeoutError(f"no whole conversation within {PATIENCE:g} s") if cut else None


class Line:
    """The connection of one conversation, which another thread may cut."""

    def __init__(self, patience: float) -> None:
        self.is_cut = False
        self.until = monotonic() + patience
        self._lock = threading.Lock()
        self._held: socket.socket | None = None
        self._watch = self._cut_after(patience)

    def connect(self, host: str, port: int, timeout: float | None) -> socket.socket:
        """A connection to the first of the host's addresses that takes one."""
        failed: OSError = TimeoutError("no time is left to connect")
        for family, kind, protocol, _, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        ):
            made = socket.socket(family, kind, protocol)
            made.settimeout(max(0.01, min(timeout or PATIENCE, self.until - monotonic())))
            try:
                made.connect(address)
                self._hold(made)
            except OSError as error:
                made.close()
                failed = error
            else:
                made.settimeout(timeout)
                return made
        raise failed

    def begin_anew(self, patience: float) -> bool:
        """Give the line that time from now on; not one that is cut already."""
        with self._lock:
            if not self.is_cut:
                self._watch.cancel()
                self.until = monotonic() + patience
                self._watch = self._cut_after(patience)
            return not self.is_cut

    def end(self) -> None:
        self._watch.cancel()
        with self._lock:
            if self._held is not None:
                self._held.close()
                self._held = None

    def _hold(self, made: socket.socket) -> None:
        """Keep a second handle: the first one goes with the TLS that is put around it."""
        with self._lock:
            if self.is_cut:
                raise TimeoutError("the line was cut")
            self._held = made.dup()

    def _cut_after(self, patience: float) -> threading.Timer:
        watch = threading.Timer(patience, self._cut)
        watch.daemon = True
        watch.start()
        return watch

    def _cut(self) -> None:
        with self._lock:
            self.is_cut = True
            if self._held is not None:
                with suppress(OSError):
                    self._held.shutdown(socket.SHUT_RDWR)


class _Plain(smtplib.SMTP):
    def __init__(self, *given: Any, line: Line, **said: Any) -> None:
        self.line = line
        super().__init__(*given, **said)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.line.connect(host, port, timeout)


class _Secure(smtplib.SMTP_SSL):
    def __init__(self, *given: Any, line: Line, **said: Any) -> None:
        self.line, self.name = line, str(given[0])
        super().__init__(*given, **said)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made = self.line.connect(host, port, timeout)
        return self.context.wrap_socket(made, server_hostname=self.name)
