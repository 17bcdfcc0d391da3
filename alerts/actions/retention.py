"""Decisions on windows that were still open: of use for a while, and many."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from alerts.models import Alert, Evaluation
from cx_loop.actions.retention import delete_in_steps


def prune_evaluations(*, now: datetime) -> int:
    """Delete provisional decisions of CX_KEEP_PROVISIONAL days ago and before, but none that an
    alert was raised on: it is the answer to why."""
    days: int = settings.KEEP["provisional"]
    if not days:
        return 0
    raised = Alert.objects.filter(
        group=OuterRef("group"), edge__gte=OuterRef("edge"), edge__lte=OuterRef("until")
    )
    old = Q(provisional=True, until__lt=now - timedelta(days=days)) & ~Q(Exists(raised))
    return delete_in_steps(Evaluation, old)
