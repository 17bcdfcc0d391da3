"""What people do about messages: try dead ones again, send one to see whether it arrives."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cx_loop.messaging.failures import Failed
from cx_loop.messaging.outbox import CHANNELS
from cx_loop.models import Actor, Endpoint, Message, record


class CannotSend(Exception):
    """Why a test message was not taken."""


def retry_dead(messages: QuerySet[Message], *, by: Actor, now: datetime) -> int:
    """Send them anew, with all their attempts; gives how many. Those to an endpoint that is
    switched off stay dead: otherwise they would die again at once."""
    with transaction.atomic():
        ids = list(
            messages.filter(state=Message.State.DEAD)
            .exclude(endpoint__disabled_at__isnull=False)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        count = (
            Message.objects.dead()
            .filter(pk__in=ids)
            .update(state=Message.State.PENDING, attempts=0, available_at=now, last_error="")
        )
        if count:
            record(
                verb="retried",
                subject="message",
                subject_id=ids[0],
                by=by,
                now=now,
                params={"messages": ids[:100], "count": count},
            )
    return count


def send_test(*, now: datetime, address: str = "", endpoint: Endpoint | None = None) -> None:
    """One message to an address or an endpoint, at once and past the outbox.

    Raises CannotSend with what the other side said.
    """
    said = _("A test message. What you read here has arrived.")
    channel = endpoint.channel if endpoint else "email"
    event = {"type": "test", "timestamp": now.isoformat(), "data": {"text": said}}
    message = Message(
        dedup_key=f"test:{endpoint.pk if endpoint else address}:{now.isoformat()}",
        channel=channel,
        recipient=endpoint.host if endpoint else address,
        endpoint=endpoint,
        payload={"subject": _("CX Loop: a test message"), "text": said, "event": event},
    )
    try:
        CHANNELS[channel](message, now)
    except Failed as failure:
        raise CannotSend(str(failure)) from failure
    except (OSError, ValueError) as error:
        raise CannotSend(f"{type(error).__name__}: {error}") from error
