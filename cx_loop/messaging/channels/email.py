"""Out by e-mail, through Django's mail backend."""

from datetime import datetime
from hashlib import sha256
from smtplib import SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from cx_loop.messaging.failures import Failed
from cx_loop.models import Message
from cx_loop.models.encryption import decrypt

SECRET = "{{secret}}"  # noqa: S105 - where the text is completed with what the row keeps encrypted

CLOSING = 421  # what a server says that goes away, RFC 5321 4.2.1


def send(message: Message, now: datetime) -> None:
    """Send one message; raises Failed, or what the mail server says of it.

    A server that cannot be reached or does not let us in fails everybody; what goes wrong after
    that is of this mail, otherwise one address at which it hangs would keep all others waiting.
    The Message-ID follows from the dedup key, so a repeated delivery is seen as the same mail.
    """
    mail = EmailMessage(
        subject=message.payload["subject"],
        body=message.payload["text"].replace(SECRET, decrypt(message.payload.get("sealed", ""))),
        to=[message.recipient],
        headers={
            "Message-ID": message_id(message),
            "Auto-Submitted": "auto-generated",
            "X-Entity-Ref-ID": message.dedup_key,
        },
    )
    server = get_connection()
    try:
        server.open()
    except OSError as error:
        raise Failed(said_of(error), everybody=True) from error
    try:
        server.send_messages([mail])
    except SMTPResponseException as error:
        raise Failed(said_of(error), everybody=error.smtp_code == CLOSING) from error
    except OSError as error:
        raise Failed(said_of(error)) from error
    finally:
        server.close()


def said_of(error: OSError) -> str:
    return f"{type(error).__name__}: {error}"


def message_id(message: Message) -> str:
    digest = sha256(message.dedup_key.encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.PUBLIC_URL).hostname}>"
