"""Out by e-mail, through Django's mail backend."""

from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from cx_loop.models import Message


def send(message: Message) -> None:
    """Send one message; raises what the mail server says.

    The Message-ID follows from the dedup key, so a repeated delivery is seen as the same mail.
    """
    EmailMessage(
        subject=message.payload["subject"],
        body=message.payload["text"],
        to=[message.recipient],
        headers={
            "Message-ID": message_id(message),
            "Auto-Submitted": "auto-generated",
            "X-Entity-Ref-ID": message.dedup_key,
        },
    ).send()


def message_id(message: Message) -> str:
    digest = sha256(message.dedup_key.encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.PUBLIC_URL).hostname}>"
