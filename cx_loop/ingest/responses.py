"""From deliveries to observations, a source at a time and in the order they came.

One process maps a source at once, so an edit cannot overtake what it edits. Observations go through
`accept_items` like any other: exactly once, rolled up, marked. A delivery stays `received` until
what it says is committed, so whoever is killed in between does it again, to the same end.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection

from cx_loop.ingest import catalog
from cx_loop.ingest.counting import MOST_NAMED, counted, said_of
from cx_loop.ingest.versions import Reader, Reading, read_delivery, reader_of, storable
from cx_loop.logic.answers import mapping
from cx_loop.logic.answers.faults import Known
from cx_loop.logic.answers.numbers import Ends
from cx_loop.models import Delivery, Metric, Source
from cx_loop.models.prepared import ask, rows

AT_ONCE = 200  # deliveries a transaction
MOST_A_CALL = 5_000  # otherwise a job would outlive its time limit; the next one goes on
MOST_BYTES = 8 * 1024 * 1024  # of bodies at once, unless a single one is larger
_ONE_AT_A_TIME = 0x637864  # first key of the advisory locks of sources
_State = Delivery.State

# one statement for all of them: by the ORM's `bulk_update` this was four fifths of the mapping
_SETTLE = """
UPDATE cx_loop_delivery AS kept SET
    state = said.state, reason = said.reason, params = said.params, responses = said.responses,
    settled_at = %(now)s::timestamptz,
    try_at = CASE WHEN said.state = 'waiting' THEN %(now)s::timestamptz END
FROM jsonb_to_recordset(%(settled)s::jsonb)
    AS said(id bigint, state varchar, reason varchar, params jsonb, responses jsonb)
WHERE kept.id = said.id
"""

log = logging.getLogger(__name__)


def map_due(*, now: datetime) -> int:
    """Map everything received. Returns how many deliveries were settled."""
    waiting = Delivery.objects.unread().order_by("source").values_list("source", flat=True)
    return sum(map_source(source_id, now=now) for source_id in list(waiting.distinct()))


def map_source(source_id: int, *, now: datetime) -> int:
    """Map what one source has received, unless somebody else is at it."""
    total = 0
    with alone_with(source_id) as alone:
        while alone and total < MOST_A_CALL and (some := _next(source_id)):
            source = Source.objects.get(pk=source_id)
            plan, _ = mapping.read(source.mapping, known())
            _map_safely(reader_of(source, plan), some, now)
            total += len(some)
    return total


def known() -> Known:
    """What entries of a mapping may name now."""
    there = catalog.current()
    metrics: dict[str, Ends | None] = {}
    for row in Metric.objects.filter(retired_at=None).order_by("key"):
        better = row.direction == Metric.Direction.HIGHER
        metrics[row.key] = Ends(*row.scale.ends, better) if row.scale.bounded else None
    return Known(
        metrics,
        frozenset(there.touchpoints),
        frozenset(there.stages),
        frozenset(there.journeys),
        frozenset(key for key, each in there.metrics.items() if each.kind == "rate"),
    )


def is_mapped(source: Source) -> bool:
    """Whether anything of its answers would be counted."""
    return mapping.read(source.mapping, known())[0].counts


def _map_safely(reader: Reader, some: Sequence[Delivery], now: datetime) -> None:
    """A delivery that makes us fail is put aside; otherwise all behind it would wait for ever."""
    try:
        _map(reader, some, now)
    except (OperationalError, InterfaceError):
        raise  # the storage is away: all of them are tried again
    except Exception:
        if len(some) > 1:
            for each in some:
                _map_safely(reader, [each], now)
            return
        log.exception("delivery %s cannot be mapped", some[0].pk)
        reading = Reading(some[0])
        reading.hold("internal_error")
        _settle([reading], now)


def _map(reader: Reader, deliveries: Sequence[Delivery], now: datetime) -> None:
    readings = _read_all(reader, deliveries)
    said = list(said_of(reader, readings))
    with counted(reader.source, said, now):
        _settle(readings, now)


def _settle(readings: Sequence[Reading], now: datetime) -> None:
    settled = [
        {
            "id": each.delivery.pk,
            "state": str(each.state),
            "reason": each.reason[:80],
            "params": storable(each.params),
            "responses": [version.response.id for version in each.versions[:MOST_NAMED]],
        }
        for each in readings
    ]
    ask(_SETTLE, {"settled": rows(settled), "now": now})
    for reading in readings:
        if reading.parts:
            _take_apart(reading, now)


def _take_apart(reading: Reading, now: datetime) -> None:
    """A delivery for each envelope, waiting to be asked for; mapped again, none comes twice."""
    whole = reading.delivery
    names = [f"part-{whole.pk}-{place}" for place in range(len(reading.parts))]
    alike = Delivery.objects.filter(source=whole.source_id, message_id__in=names)
    there = set(alike.values_list("message_id", flat=True))
    Delivery.objects.bulk_create(
        Delivery(
            source_id=whole.source_id,
            received_at=whole.received_at,
            content_type="application/json",
            body=body,
            message_id=name,
            state=_State.WAITING,
            reason="to_ask_for",
            try_at=now,
        )
        for name, body in zip(names, reading.parts, strict=True)
        if name not in there
    )


def _read_all(reader: Reader, deliveries: Sequence[Delivery]) -> list[Reading]:
    """A message that was mapped before under its name is not mapped again."""
    names = {each.message_id for each in deliveries} - {""}
    seen: set[str] = set()
    if names:
        alike = Delivery.objects.filter(source=reader.source, message_id__in=names)
        mapped = alike.filter(state=_State.MAPPED, pk__lt=deliveries[0].pk)
        seen = set(mapped.values_list("message_id", flat=True))
    readings = []
    for each in deliveries:
        if each.message_id in seen:
            readings.append(Reading(each, state=_State.IGNORED, reason="repeated"))
            continue
        readings.append(read_delivery(reader, each))
        seen |= {each.message_id} - {""}
    return readings


def _next(source_id: int) -> list[Delivery]:
    """The oldest deliveries that are still to be mapped, as many as memory bears."""
    waiting = Delivery.objects.unread().filter(source=source_id).order_by("id")
    some: list[Delivery] = []
    size = 0
    for each in waiting[:AT_ONCE].iterator(chunk_size=20):
        size += len(each.body)
        if some and size > MOST_BYTES:
            break
        some.append(each)
    return some


@contextmanager
def alone_with(source_id: int) -> Iterator[bool]:
    """Whether nobody else counts for this source now; the lock is freed with its session."""
    keys = [_ONE_AT_A_TIME, source_id]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", keys)
        row = cursor.fetchone()
    got = bool(row and row[0])
    try:
        yield got
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", keys)
