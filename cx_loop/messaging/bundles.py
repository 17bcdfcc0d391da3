"""A digest: all mails that wait for one person, sent as one."""

from datetime import datetime

from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from cx_loop.models import Message

MOST = 500  # the rest comes as the next one
WHOLE = 10  # more are said by their subjects and links: a longer mail is read by nobody

_JOIN = """
UPDATE cx_loop_message SET attempts = attempts + 1, lease = %s, available_at = %s
WHERE id IN (
    SELECT id FROM cx_loop_message
    WHERE state = 'pending' AND bundled AND user_id = %s AND channel = 'email'
      AND lease IS NULL AND id <> %s
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
)
"""


def bundle_of(message: Message, until: datetime) -> list[Message]:
    """The message, and under the same lease all others that wait to go with it."""
    if not message.bundled:
        return [message]
    with connection.cursor() as cursor:
        cursor.execute(_JOIN, [message.lease, until, message.user_id, message.pk, MOST - 1])
        if not cursor.rowcount:
            return [message]
    beside = Message.objects.pending().filter(lease=message.lease).exclude(pk=message.pk)
    rows = [message, *beside.order_by("created_at", "id")]
    return sorted(rows, key=lambda row: row.urgency)


def bundled_mail(rows: list[Message]) -> Message:
    """One mail that says how many there are, and all of them, the most urgent first.

    Known by the one that was written first: its name stays the same when the mail fails.
    """
    first = min(rows, key=lambda row: row.pk)
    if len(rows) == 1:
        return first
    language = first.user.language if first.user else "en"
    with translation.override(language):
        subject = _("%(count)s messages from CX Loop") % {"count": len(rows)}
        head = _("%(count)s messages, the most urgent first:") % {"count": len(rows)}
    is_short = len(rows) <= WHOLE
    parts = [row.payload["text"] if is_short else _link(row.payload["text"]) for row in rows]
    parts = [f"{row.payload['subject']}\n{part}" for row, part in zip(rows, parts, strict=True)]
    rule = f"\n\n{'-' * 40}\n\n" if is_short else "\n\n"
    return Message(
        dedup_key=first.dedup_key,
        channel=first.channel,
        recipient=first.recipient,
        payload={"subject": subject, "text": rule.join([head, *parts])},
        user=first.user,
    )


def _link(text: str) -> str:
    """The line that leads to what a mail tells of; a mail without one is short as it is."""
    links = [line for line in text.splitlines() if line.startswith(("http://", "https://"))]
    return links[-1] if links else text
