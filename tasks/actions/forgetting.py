"""Contacts with customers are kept for a time, and not at all of who was erased. That they want no
messages is kept for good."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from cx_loop.actions.retention import delete_in_steps
from cx_loop.models import Message
from tasks.actions.opt_outs import keys_of
from tasks.models import Recovery, Told


def forget_customer(customer: UUID) -> int:
    """An erased customer is on no list, and nothing of theirs waits in the outbox."""
    Message.objects.filter(dedup_key__in=keys_of([customer])).delete()
    told, _by_model = Told.objects.filter(customer=customer).delete()
    gone, _by_model = Recovery.objects.filter(customer=customer).delete()
    return gone + told


def prune_contacts(*, now: datetime) -> int:
    """Customers who were contacted or told, as long ago as comments are kept
    (CX_KEEP_COMMENTS)."""
    days = settings.KEEP["comments"]
    if not days:
        return 0
    before = now - timedelta(days=days)
    told = delete_in_steps(Told, Q(telling__at__lt=before))
    return told + delete_in_steps(Recovery, Q(contacted_at__lt=before))
