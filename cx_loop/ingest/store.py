"""Storing a batch: keys, observations, rollups and dirty marks in one statement.

Everything that writes observations comes through `store`, so that what is counted is what is
stored, once, however often and in whatever order it is sent.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from psycopg import Cursor
from psycopg.errors import UniqueViolation
from psycopg.pq import Format

from cx_loop.events import observations_stored
from cx_loop.ingest import arrays, statements
from cx_loop.ingest.check import Entry
from cx_loop.models import CustomerLink, Feedback, Source
from cx_loop.models.encryption import encrypt

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ACCEPTED, UPDATED, DUPLICATE = "accepted", "updated", "duplicate"

# sources whose last batch held a key that was known: who repeats one, repeats others
_repeating: set[int] = set()


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of each entry, in the order given, and which series were touched."""

    statuses: list[str]
    series_ids: list[int]


class Before(NamedTuple):
    """Where a key was counted before; both None for a new one, no series for a comment alone."""

    series_id: int | None
    occurred_at: datetime | None


def moment_of(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


def store(source: Source, entries: Sequence[Entry], now: datetime, *, mark: bool = True) -> Stored:
    """Store entries whose series are assigned and whose months have a partition.

    One transaction. `mark=False` leaves no dirty marks, so nothing is evaluated (history). After
    the commit `observations_stored` is sent; what a receiver raises is logged, never passed on.
    """
    winners = _winners(entries)
    if not winners:
        return Stored([DUPLICATE] * len(entries), [])
    with transaction.atomic(savepoint=False):
        was = _store(source, winners, now, mark=mark)
        taken = winners if was is None else [each for each in winners if each.digest in was]
        corrected = [each for each in taken if was and was[each.digest].occurred_at]
        touched = {entry.series_id for entry in taken}
        if was and corrected:
            _replace({each.digest: was[each.digest] for each in corrected}, now)
            touched |= {before.series_id or 0 for before in was.values()}
        _set_apart(source, taken, corrected)
        series_ids = sorted(touched - {0})
        if mark and series_ids:
            transaction.on_commit(lambda: tell(series_ids, now))
    if len(taken) == len(entries) and not corrected:
        return Stored([ACCEPTED] * len(entries), series_ids)
    became = {id(entry): ACCEPTED for entry in taken}
    became |= {id(entry): UPDATED for entry in corrected}
    return Stored([became.get(id(entry), DUPLICATE) for entry in entries], series_ids)


def store_alone(source: Source, entry: Entry, now: datetime, *, mark: bool = True) -> Stored | None:
    """Store a new value in one statement, a transaction of its own: its cost is a third.

    None, and nothing is stored, where it takes more: a key that is known, or a value that comes
    with a comment or a customer.
    """
    if not entry.series_id or entry.comment or entry.customer:
        return None
    parameters = {
        "digest": _key(entry),
        "content": uuid.UUID(bytes=entry.content),
        "revision": entry.revision,
        "source": source.pk,
        "series": entry.series_id,
        "occurred_at": moment_of(entry.occurred_at),
        "value": entry.value,
        "exposure": entry.exposure,
        "bin": entry.bin,
        "now": now,
        "mark": mark,
    }
    with binary_cursor() as cursor:
        cursor.execute(statements.ALONE, parameters, prepare=True)
        if cursor.rowcount == 0:
            return None
    if mark:
        transaction.on_commit(lambda: tell([entry.series_id], now))
    return Stored([ACCEPTED], [entry.series_id])


def _winners(entries: Sequence[Entry]) -> list[Entry]:
    """One entry a key: the highest revision, and of those the last."""
    best = {entry.digest: entry for entry in entries}
    if len(best) < len(entries):
        best = {}
        for entry in entries:
            other = best.get(entry.digest)
            if other is None or entry.revision >= other.revision:
                best[entry.digest] = entry
    return list(best.values())


def tell(series_ids: list[int], now: datetime) -> None:
    """Say after the commit which series were touched."""
    observations_stored.send_robust(sender=store, series_ids=series_ids, now=now)


def _store(
    source: Source, entries: list[Entry], now: datetime, *, mark: bool
) -> dict[bytes, Before] | None:
    """What there was before of those that were taken, by digest; None: all of them were new."""
    parameters = _columns(entries) | {"source": source.pk, "now": now, "mark": mark}
    with binary_cursor() as cursor:
        if len(entries) > 1 and source.pk not in _repeating:
            if _all_new(cursor, parameters):
                return None
            _repeating.add(source.pk)
        cursor.execute(statements.STORE, parameters, prepare=True)
        rows = cursor.fetchall()
    many, digest, *_ = rows[0]
    if digest is not None:
        return {digest.bytes: Before(*before) for _, digest, *before in rows}
    if not many:
        return {}
    _repeating.discard(source.pk)
    return None


def _all_new(cursor: "Cursor[Any]", parameters: dict[str, Any]) -> bool:
    """Store a batch whose keys are all new, at a tenth less (decision 0006).

    False, and nothing is stored, where one of them is known.
    """
    try:
        with cursor.connection.pipeline():
            cursor.execute("SAVEPOINT all_new")
            cursor.execute(statements.STORE_NEW, parameters, prepare=True)
    except UniqueViolation:
        cursor.execute("ROLLBACK TO SAVEPOINT all_new")
        return False
    return True


def _columns(entries: list[Entry]) -> dict[str, arrays.Wire]:
    return {
        "digest": arrays.uuids([entry.digest for entry in entries]),
        "content": arrays.uuids([entry.content for entry in entries]),
        "revision": arrays.bigints([entry.revision for entry in entries]),
        "series": arrays.bigints([entry.series_id for entry in entries]),
        "occurred_at": arrays.moments([entry.occurred_at for entry in entries]),
        "value": arrays.floats([entry.value for entry in entries]),
        "exposure": arrays.floats([entry.exposure for entry in entries]),
        "bin": arrays.smallints([entry.bin for entry in entries]),
    }


def _replace(corrected: dict[bytes, Before], now: datetime) -> None:
    parameters = {
        "digest": [uuid.UUID(bytes=digest) for digest in corrected],
        "series": [before.series_id for before in corrected.values()],
        "occurred_at": [before.occurred_at for before in corrected.values()],
        "now": now,
    }
    with binary_cursor() as cursor:
        cursor.execute(statements.REPLACE, parameters)


def _set_apart(source: Source, taken: list[Entry], corrected: list[Entry]) -> None:
    """Comments and customers live in tables of their own, with their own retention."""
    comments = [entry for entry in taken if entry.comment]
    customers = [entry for entry in taken if entry.customer]
    silent = [_key(entry) for entry in corrected if not entry.comment]
    nameless = [_key(entry) for entry in corrected if not entry.customer]
    if silent:
        withdrawn = Feedback.objects.filter(digest__in=silent)
        withdrawn.filter(heard=False).delete()
        # what was made of it is counted: whoever listens takes that out, and then the row
        withdrawn.update(comment="", redacted="", mentions=[], heard=False)
    if nameless:
        CustomerLink.objects.filter(digest__in=nameless).delete()
    if not comments and not customers:
        return
    with connection.cursor() as cursor:
        if comments:
            cursor.execute(statements.COMMENTS, _comment_columns(source, comments))
        if customers:
            cursor.execute(statements.CUSTOMERS, _customer_columns(customers))


def _comment_columns(source: Source, entries: list[Entry]) -> dict[str, Any]:
    names = [entry.name for entry in entries]
    return {
        "source": source.pk,
        "digest": [_key(entry) for entry in entries],
        "series": [entry.series_id for entry in entries],
        "touchpoint": [name[0] for name in names],
        "stage": [name[1] for name in names],
        "journey": [name[2] for name in names],
        "segment": [name[4] for name in names],
        "channel": [name[5] for name in names],
        "location": [name[6] for name in names],
        "occurred_at": [moment_of(entry.occurred_at) for entry in entries],
        "comment": [entry.comment for entry in entries],
    }


def _customer_columns(entries: list[Entry]) -> dict[str, Any]:
    return {
        "digest": [_key(entry) for entry in entries],
        "customer": [uuid.UUID(bytes=entry.customer) for entry in entries],
        "may_contact": [entry.contact for entry in entries],
        "reference": [encrypt(entry.reference) for entry in entries],
        "occurred_at": [moment_of(entry.occurred_at) for entry in entries],
    }


def _key(entry: Entry) -> uuid.UUID:
    return uuid.UUID(bytes=entry.digest)


@contextmanager
def binary_cursor() -> Iterator["Cursor[Any]"]:
    """psycopg's own cursor on Django's connection: binary both ways, errors as Django's."""
    connection.ensure_connection()
    plain = connection.connection
    assert plain is not None
    arrays.understand_wire(plain)
    with connection.wrap_database_errors, Cursor(plain) as cursor:
        cursor.format = Format.BINARY
        yield cursor
