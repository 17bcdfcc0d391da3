"""What is kept only for a time. Rollups, decisions and the trail stay; so do the keys of
observations, otherwise what is sent again after years would count twice."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, Q

from cx_loop.ingest import partitions
from cx_loop.models import (
    AnsweredRequest,
    CustomerLink,
    Delivery,
    DroppedMonth,
    Feedback,
    HandedFile,
)

AT_ONCE = 5_000  # rows a transaction
ANSWERS_KEPT = timedelta(days=7)
REFUSED_KEPT = timedelta(days=30)


def prune_observations(*, now: datetime) -> int:
    """Drop the months that ended CX_KEEP_OBSERVATIONS days ago or earlier. Returns how many.

    A month is dropped for good: what comes for it late is counted, and dropped with the next run.
    """
    if (before := _before(settings.KEEP["observations"], now)) is None:
        return 0
    old = [start for start, end in partitions.months() if end <= before]
    for start in old:
        with transaction.atomic(), connection.cursor() as cursor:
            # rather tomorrow than a queue of senders behind a long query
            cursor.execute("SET LOCAL lock_timeout = '3s'")
            # told first: otherwise the rollups would be counted anew from nothing
            DroppedMonth.objects.get_or_create(month=start, defaults={"dropped_at": now})
            cursor.execute(f"DROP TABLE {partitions.name_of(start.year, start.month)}")
    if old:
        partitions.forget()
    return len(old)


def prune_comments(*, now: datetime) -> int:
    """Comments and links to customers of CX_KEEP_COMMENTS days ago and before."""
    if (before := _before(settings.KEEP["comments"], now)) is None:
        return 0
    old = Q(occurred_at__lt=before)
    return delete_in_steps(Feedback, old) + delete_in_steps(CustomerLink, old)


def prune_deliveries(*, now: datetime) -> int:
    """Deliveries and files of CX_KEEP_DELIVERIES days ago and before, refused deliveries after a
    month at most. What is still to be mapped or asked for stays."""
    settled = ~Q(state__in=[Delivery.State.RECEIVED, Delivery.State.WAITING])
    refused = Q(state=Delivery.State.REFUSED, received_at__lt=now - REFUSED_KEPT)
    old = refused
    if (before := _before(settings.KEEP["deliveries"], now)) is not None:
        old |= settled & Q(received_at__lt=before)
        files = Q(handed_at__lt=before) & ~Q(state__in=HandedFile.AT_WORK)
        delete_in_steps(HandedFile, files)
    return delete_in_steps(Delivery, old)


def prune_answers(*, now: datetime) -> int:
    """Answers kept for an Idempotency-Key, after a week."""
    return delete_in_steps(AnsweredRequest, Q(answered_at__lt=now - ANSWERS_KEPT))


def delete_in_steps(model: type[Model], old: Q) -> int:
    """Each step committed, so none holds its locks for long."""
    total = 0
    while True:
        with transaction.atomic():
            # what a batch just corrects is left to the next run: waiting for it could deadlock
            free = (
                model._default_manager.filter(old)
                .order_by("pk")
                .select_for_update(skip_locked=True, of=("self",))
            )
            some = list(free.values_list("pk", flat=True)[:AT_ONCE])
            model._default_manager.filter(pk__in=some).delete()
        total += len(some)
        if len(some) < AT_ONCE:
            return total


def _before(days: int, now: datetime) -> datetime | None:
    return now - timedelta(days=days) if days else None
