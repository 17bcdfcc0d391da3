"""The door every observation comes through, whatever it came by: check, store, say what became
of each item.

Valid items of a batch are stored even when others are refused. What is reported as accepted is
committed.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from cx_loop.ingest import catalog, partitions, series
from cx_loop.ingest.check import Checker, Entry
from cx_loop.ingest.items import Item, Refused, items_of, shown
from cx_loop.ingest.store import ACCEPTED, DUPLICATE, UPDATED, Stored, moment_of, store, store_alone
from cx_loop.models import Source

REJECTED = "rejected"
_DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item that was not plainly accepted."""

    index: int
    external_id: str
    status: str  # updated, duplicate, rejected
    code: str = ""
    field: str = ""
    message: str = ""


@dataclass(slots=True)
class Acceptance:
    accepted: int = 0
    updated: int = 0
    duplicates: int = 0
    rejected: int = 0
    results: list[Outcome] = field(default_factory=list)
    series_ids: list[int] = field(default_factory=list)


def accept_body(
    body: bytes,
    *,
    source: Source,
    now: datetime,
    lines: bool = False,
    owners: frozenset[int] | None = None,
    known: catalog.Catalog | None = None,
) -> Acceptance:
    """Accept a JSON body: an object, an array, or lines. Raises UnreadableBody."""
    return accept_items(items_of(body, lines), source=source, now=now, owners=owners, known=known)


def accept_items(
    items: Sequence[object],
    *,
    source: Source,
    now: datetime,
    owners: frozenset[int] | None = None,
    mark: bool = True,
    known: catalog.Catalog | None = None,
) -> Acceptance:
    """Accept decoded items (mappings, or `Item`), at most 5,000 a call.

    `owners`: departments whose touchpoints may be written to, None for all. `mark=False` stores
    without anything being evaluated. `now` is aware; it is when the items were received. `known` is
    the catalog as of then; it is asked for when not given.
    """
    known = known or catalog.current()
    entries, refused = Checker(known, source.pk, owners, now).entries(items)
    stored, kept = _stored(source, entries, known, now, mark=mark, refused=refused)
    return _acceptance(items, kept, stored, refused)


def _stored(
    source: Source,
    entries: list[Entry],
    known: catalog.Catalog,
    now: datetime,
    *,
    mark: bool,
    refused: dict[int, Refused],
) -> tuple[Stored, list[Entry]]:
    """Store what may be stored; adds to `refused` what has no series."""
    if not entries:
        return Stored([], []), []
    nested = connection.in_atomic_block
    for attempt in ("first", "last"):
        partitions.ensure(_days_of(entries))
        try:
            # inside another transaction (an Idempotency-Key) the next attempt needs a savepoint
            with transaction.atomic() if nested else nullcontext():
                return _stored_once(source, entries, known, now, mark=mark, refused=refused)
        except IntegrityError:
            # retention in another process may just have dropped a month we knew
            if attempt == "last":
                raise
            partitions.forget()
            for entry in entries:  # a series made meanwhile is rolled back with it
                entry.series_id = entry.where.series_id
    raise AssertionError


def _stored_once(
    source: Source,
    entries: list[Entry],
    known: catalog.Catalog,
    now: datetime,
    *,
    mark: bool,
    refused: dict[int, Refused],
) -> tuple[Stored, list[Entry]]:
    if len(entries) == 1:
        alone = entries[0]
        alone.series_id = alone.series_id or known.series.get(alone.name, 0)
        if stored := store_alone(source, alone, now, mark=mark):
            return stored, entries
    with transaction.atomic(savepoint=False):
        refused |= series.assign(entries, known)
        kept = [entry for entry in entries if entry.place not in refused]
        return store(source, kept, now, mark=mark), kept


def _days_of(entries: list[Entry]) -> list[datetime]:
    """A moment of each day on which something occurred."""
    occurred = [entry.occurred_at for entry in entries]
    first, last = min(occurred) // _DAY, max(occurred) // _DAY
    days = {first, last} if last - first < 2 else {each // _DAY for each in occurred}
    return [moment_of(day * _DAY) for day in days]


def _acceptance(
    items: Sequence[object], kept: list[Entry], stored: Stored, refused: dict[int, Refused]
) -> Acceptance:
    counts = {status: stored.statuses.count(status) for status in (ACCEPTED, UPDATED, DUPLICATE)}
    results = [
        Outcome(entry.place, entry.external_id, status)
        for entry, status in zip(kept, stored.statuses, strict=True)
        if status != ACCEPTED
    ]
    results += [
        Outcome(place, _sent_id(items[place]), REJECTED, why.code, why.field, why.message)
        for place, why in refused.items()
    ]
    results.sort(key=lambda outcome: outcome.index)
    return Acceptance(
        accepted=counts[ACCEPTED],
        updated=counts[UPDATED],
        duplicates=counts[DUPLICATE],
        rejected=len(refused),
        results=results,
        series_ids=stored.series_ids,
    )


def _sent_id(raw: object) -> str:
    """The external_id of a refused item as far as it can be shown."""
    sent = raw.external_id if isinstance(raw, Item) else None
    if isinstance(raw, dict):
        sent = raw.get("external_id")
    return shown(sent) if isinstance(sent, str) else ""
