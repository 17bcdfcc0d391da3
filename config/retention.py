"""Everything that is kept only for a time, in one call."""

from datetime import datetime

from django.contrib.sessions.models import Session

from alerts.actions.retention import prune_evaluations
from config.timeouts import patiently
from cx_loop.actions.retention import (
    prune_answers,
    prune_comments,
    prune_deliveries,
    prune_observations,
)
from tasks.actions.forgetting import prune_contacts


def prune(*, now: datetime) -> dict[str, int]:
    """What went, by what it was."""
    with patiently():
        return {
            "months of observations": prune_observations(now=now),
            "comments and links to customers": prune_comments(now=now),
            "deliveries": prune_deliveries(now=now),
            "answers to an Idempotency-Key": prune_answers(now=now),
            "contacts with customers": prune_contacts(now=now),
            "evaluations": prune_evaluations(now=now),
            "sessions that ended": Session.objects.filter(expire_date__lt=now).delete()[0],
        }
