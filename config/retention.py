"""Everything that is kept only for a time, in one call."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.core.cache import cache

from alerts.actions.retention import prune_evaluations
from config.timeouts import patiently
from cx_loop import clock
from cx_loop.actions.retention import (
    prune_answers,
    prune_comments,
    prune_deliveries,
    prune_observations,
)
from tasks.actions.forgetting import prune_contacts

A_DAY = timedelta(days=1)


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


def prune_daily(*, now: datetime) -> None:
    """For the engine, which has no timetable: once a day and at its start; never in virtual
    time."""
    if not clock.is_set() and cache.add("pruned", 1, timeout=A_DAY.total_seconds()):
        prune(now=now)
