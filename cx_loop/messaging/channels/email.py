"""Out by e-mail, through Django's mail backend."""

from datetime import datetime
from hashlib import sha256
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from cx_loop.messaging.failures import Failed
from cx_loop.models import Message
from cx_loop.models.encryption import decrypt

SECRET = "{{secret}}"  # noqa: S105 - where the text is completed with what the row keeps encrypted

# what a server says of one mail; any other failure is its own and would meet the next mail too
OF_THIS_MAIL = (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError)


def send(message: Message, now: datetime) -> None:
    """Send one message; raises Failed, or what the mail server says of it.

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
    try:
        mail.send()
    except OF_THIS_MAIL:
        raise
    except OSError as error:
        raise Failed(f"{type(error).__name__}: {error}", everybody=True) from error


def message_id(message: Message) -> str:
    digest = sha256(message.dedup_key.encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.PUBLIC_URL).hostname}>"
