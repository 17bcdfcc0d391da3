"""Taking observations out again: of one identifier, or of one customer.

A deletion is the next revision of its key. So what was sent before and comes late, or again,
stays out, and only something sent with a higher revision than the deleted one counts anew.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from cx_loop.events import customer_erased
from cx_loop.ingest import statements
from cx_loop.ingest.derived import derived_digests
from cx_loop.ingest.digests import digest_of, pseudonym
from cx_loop.ingest.store import binary_cursor, tell
from cx_loop.models import CustomerLink, ErasedCustomer, Feedback, Metric, Source

BURIED = uuid.UUID(int=0)  # content of a key whose observation was taken out
AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Removed:
    """How many keys there were, and how many of them were still counted or read."""

    found: int = 0
    removed: int = 0

    def __add__(self, other: "Removed") -> "Removed":
        return Removed(self.found + other.found, self.removed + other.removed)


def remove_observation(
    *,
    source: Source,
    external_id: str,
    now: datetime,
    metric: str | None = None,
    owners: frozenset[int] | None = None,
) -> Removed:
    """Take out what this source sent under an identifier: of one metric, or all of them and the
    comment. `owners`: departments whose touchpoints may be written to, None for all."""
    metrics = (
        [metric] if metric is not None else ["", *Metric.objects.values_list("key", flat=True)]
    )
    digests = [uuid.UUID(bytes=digest_of(source.pk, external_id, name)) for name in metrics]
    return _remove(digests, now, owners)


def remove_customer(*, customer: str, now: datetime) -> Removed:
    """Take out everything that is linked to a customer, with the links; remember the erasure.

    In steps, each committed, so an interrupted one is continued by asking again.
    """
    pseudonymous = uuid.UUID(bytes=pseudonym(customer))
    _bury(pseudonymous, now)
    total = Removed()
    customer_erased(pseudonymous)
    while digests := _linked(pseudonymous):
        total += _remove(digests, now, None)
        # also links whose key is gone: otherwise the loop would meet them for ever
        CustomerLink.objects.filter(digest__in=digests).delete()
    return total


def _bury(customer: uuid.UUID, now: datetime) -> None:
    """The tombstone, when no batch that did not see it is still on its way with a link."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE cx_loop_customerlink IN SHARE ROW EXCLUSIVE MODE")
        ErasedCustomer.objects.get_or_create(customer=customer, defaults={"erased_at": now})


def _linked(customer: uuid.UUID) -> Sequence[uuid.UUID]:
    links = CustomerLink.objects.filter(customer=customer).order_by("digest")
    return list(links.values_list("digest", flat=True)[:AT_ONCE])


def forget(digests: Iterable[uuid.UUID], now: datetime) -> Removed:
    """Take out observations by their keys."""
    return _remove(digests, now, None)


def _remove(digests: Iterable[uuid.UUID], now: datetime, owners: frozenset[int] | None) -> Removed:
    """With what was counted of comments among them, which is not told of."""
    asked = set(digests)
    if not asked:
        return Removed()
    with transaction.atomic(savepoint=False):
        known = _locked(sorted(asked.union(derived_digests(asked))), owners)
        live = [digest for digest, buried in known if not buried]
        if live:
            with binary_cursor() as cursor:
                parameters = {"digest": live, "buried": BURIED, "now": now, "mark": True}
                cursor.execute(statements.REMOVE, parameters)
                series_ids = [series_id for (series_id,) in cursor.fetchall()]
            Feedback.objects.filter(digest__in=live).delete()
            CustomerLink.objects.filter(digest__in=live).delete()
            if series_ids:
                transaction.on_commit(lambda: tell(series_ids, now))
    return Removed(
        sum(digest in asked for digest, _ in known), sum(digest in asked for digest in live)
    )


def _locked(
    digests: list[uuid.UUID], owners: frozenset[int] | None
) -> list[tuple[uuid.UUID, bool]]:
    """(digest, whether taken out before) of the keys there are."""
    bound = None if owners is None else sorted(owners)
    parameters: dict[str, Any] = {"digest": digests, "buried": BURIED, "owners": bound}
    with connection.cursor() as cursor:
        cursor.execute(statements.LOCK_KEYS, parameters)
        return list(cursor.fetchall())
