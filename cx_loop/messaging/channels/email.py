"""Out by e-mail, through Django's mail backend."""

from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from smtplib import SMTPResponseException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from cx_loop.messaging.failures import Failed
from cx_loop.messaging.mail_server import EmailBackend
from cx_loop.models import Message
from cx_loop.models.encryption import decrypt

SECRET = "{{secret}}"  # noqa: S105 - where the text is completed with what the row keeps encrypted

CLOSING = 421  # what a server says that goes away, RFC 5321 4.2.1


class Talk:
    """Mails one after the other, over one connection as long as all goes well.

    After any error the next mail has a connection of its own, otherwise it would be heard as a
    part of the one that failed.
    """

    def __init__(self) -> None:
        self._kept: EmailBackend | None = None

    def __enter__(self) -> "Talk":
        return self

    def __exit__(self, *error: object) -> None:
        self._let_go()

    def send(self, message: Message, now: datetime) -> None:
        """Send one message; raises Failed, or what the mail server says of it.

        A server that cannot be reached or does not let us in fails everybody; what goes wrong
        after that is of this mail, otherwise one address at which it hangs would keep all others
        waiting.
        """
        mail = _mail_of(message)
        kept = self._taken_up()
        server = kept or _opened()
        try:
            server.send_messages([mail])
        except SMTPResponseException as error:
            _close(server)
            if kept is None or error.smtp_code != CLOSING:
                raise Failed(said_of(error), everybody=error.smtp_code == CLOSING) from error
            self.send(message, now)  # it takes so many over one connection, and not one more
        except OSError as error:
            _close(server)
            raise Failed(said_of(error)) from error
        except BaseException:
            _close(server)
            raise
        else:
            self._keep(server)

    def _taken_up(self) -> EmailBackend | None:
        """The connection of the mail before, where there is one that takes another."""
        kept = self._kept
        if kept is not None and not kept.goes_on():
            self._let_go()
            return None
        self._kept = None
        return kept

    def _keep(self, server: Any) -> None:
        if isinstance(server, EmailBackend):
            self._kept = server
        else:
            _close(server)  # one that writes files has one for each connection

    def _let_go(self) -> None:
        if self._kept is not None:
            _close(self._kept)
            self._kept = None


def send(message: Message, now: datetime) -> None:
    """Send one message by itself; raises as `Talk.send`."""
    with Talk() as talk:
        talk.send(message, now)


def _mail_of(message: Message) -> EmailMessage:
    """The Message-ID follows from the dedup key, so a repeated delivery is seen as the same."""
    secret = decrypt(message.payload.get("sealed", ""))
    headers = {
        "Message-ID": message_id(message),
        "Auto-Submitted": "auto-generated",
        "X-Entity-Ref-ID": message.dedup_key,
    }
    customer = decrypt(message.payload.get("customer", ""))
    if customer:
        headers |= {
            # the key of a customer's mail holds their keyed hash
            "X-Entity-Ref-ID": message_id(message),
            # RFC 8058: the mail program offers to end messages with one tap
            "List-Unsubscribe": f"<{secret}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return EmailMessage(
        subject=message.payload["subject"],
        body=message.payload["text"].replace(SECRET, secret),
        to=[customer or message.recipient],
        headers=headers,
    )


def _opened() -> Any:
    server = get_connection()
    try:
        server.open()
    except OSError as error:
        raise Failed(said_of(error), everybody=True) from error
    return server


def _close(server: Any) -> None:
    with suppress(OSError):  # what was taken is taken, and the line is given up anyway
        server.close()


def said_of(error: OSError) -> str:
    return f"{type(error).__name__}: {error}"


def message_id(message: Message) -> str:
    digest = sha256(message.dedup_key.encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.PUBLIC_URL).hostname}>"
