"""A digest: all mails that wait for one person, sent as one."""

from datetime import datetime

from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from cx_loop.models import Message

MOST = 100  # a longer mail is read by nobody; the rest comes as the next one

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
    return [message, *beside.order_by("created_at", "id")]


def bundled_mail(rows: list[Message]) -> Message:
    """One message that says them all; known by the first, which stays the same when it fails."""
    first = rows[0]
    if len(rows) == 1:
        return first
    language = first.user.language if first.user else "en"
    with translation.override(language):
        subject = _("%(count)s messages from CX Loop") % {"count": len(rows)}
        head = _("What has happened, the newest last:")
    parts = [f"{row.payload['subject']}\n{row.payload['text']}" for row in rows]
    rule = "\n\n" + "-" * 40 + "\n\n"
    return Message(
        dedup_key=first.dedup_key,
        channel=first.channel,
        recipient=first.recipient,
        payload={"subject": subject, "text": rule.join([head, *parts])},
        user=first.user,
    )
