"""Many mails to one person within a short time: the further ones wait, and leave as one digest."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Min

from cx_loop.logic.telling import AT_ONCE, gathered_until
from cx_loop.messaging.queue import after_quiet_hours
from cx_loop.models import Message, User

_GATHER = """
UPDATE cx_loop_message SET bundled = true, available_at = %s
WHERE id IN (
    SELECT id FROM cx_loop_message
    WHERE state = 'pending' AND NOT bundled AND user_id = %s AND channel = 'email' AND urgency > 0
      AND attempts = 0 AND lease IS NULL AND available_at <= %s
    ORDER BY id FOR UPDATE SKIP LOCKED
)
"""


def put_aside(message: Message, now: datetime) -> bool:
    """Whether a leased mail is one too many now: it then waits for the digest, and with it all
    that is due to the same person. No attempt is lost.

    What was tried before goes by itself: otherwise mails that fail would wait for one another.
    Two senders at the same moment may let one more each through.
    """
    user, most = message.user, settings.FLOOD_MAILS
    urgent = message.urgency == AT_ONCE or message.channel != "email"
    if not most or user is None or urgent or message.bundled or message.attempts > 1:
        return False
    within = timedelta(minutes=settings.FLOOD_MINUTES)
    until = gathered_until(_left(user, now - within, most), now, most, within)
    if until is None:
        return False
    until = _next_digest(user, now, until)
    ours = Message.objects.pending().filter(pk=message.pk, lease=message.lease)
    ours.update(bundled=True, available_at=until, lease=None, attempts=F("attempts") - 1)
    with connection.cursor() as cursor:
        cursor.execute(_GATHER, [until, user.pk, now])
    return True


def _left(user: User, since: datetime, most: int) -> list[datetime]:
    """When mails left to the person, the newest first; those of one digest left together."""
    mails = Message.objects.filter(
        user=user, channel="email", state=Message.State.SENT, sent_at__gt=since
    ).order_by("-sent_at")
    single = mails.filter(bundled=False).values_list("sent_at", flat=True)[:most]
    digests = mails.filter(bundled=True).values_list("sent_at", flat=True).distinct()[:most]
    return [at for at in (*single, *digests) if at is not None]


def _next_digest(user: User, now: datetime, until: datetime) -> datetime:
    """With the digest that waits for the person already, where that one leaves sooner."""
    waiting = Message.objects.pending().filter(user=user, channel="email", bundled=True, lease=None)
    soonest = waiting.filter(available_at__gt=now).aggregate(at=Min("available_at"))["at"]
    return after_quiet_hours(user, min(until, soonest or until))
