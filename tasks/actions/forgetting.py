"""Contacts with customers are kept for a time, and not at all of who was erased."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from cx_loop.actions.retention import delete_in_steps
from tasks.models import Recovery


def forget_customer(customer: UUID) -> int:
    """An erased customer is on no list."""
    gone, _by_model = Recovery.objects.filter(customer=customer).delete()
    return gone


def prune_contacts(*, now: datetime) -> int:
    """Customers who were contacted, as long ago as comments are kept (CX_KEEP_COMMENTS)."""
    days = settings.KEEP["comments"]
    if not days:
        return 0
    return delete_in_steps(Recovery, Q(contacted_at__lt=now - timedelta(days=days)))
