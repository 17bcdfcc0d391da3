"""From deliveries to observations, a source at a time and in the order they came.

One process maps a source at once, so an edit cannot overtake what it edits. Observations go through
`accept_items` like any other: exactly once, rolled up, marked. A delivery stays `received` until
what it says is committed, so whoever is killed in between does it again, to the same end.
"""

import json
import logging
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from cx_loop.ingest import catalog
from cx_loop.ingest.accept import REJECTED, accept_items
from cx_loop.ingest.items import MOST_ITEMS
from cx_loop.ingest.removal import remove_observation
from cx_loop.ingest.versions import (
    Reader,
    Reading,
    Version,
    read_delivery,
    reader_of,
    storable,
)
from cx_loop.logic.answers import mapping
from cx_loop.logic.answers.mapping import Known
from cx_loop.logic.answers.numbers import Ends
from cx_loop.models import Delivery, Metric, Source, SurveyResponse

AT_ONCE = 200  # deliveries a transaction
MOST_A_CALL = 5_000  # otherwise a job would outlive its time limit; the next one goes on
MOST_BYTES = 8 * 1024 * 1024  # of bodies at once, unless a single one is larger
MOST_NAMED = 20  # identifiers and refusals kept with a delivery
_ONE_AT_A_TIME = 0x637864  # first key of the advisory locks of sources
_State = Delivery.State

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Said:
    """What the newest version of a response says, before it is stored."""

    reading: Reading
    version: Version
    earlier: SurveyResponse | None
    items: list[dict[str, Any]]
    refused: bool = False  # something of it is not counted: the same again is tried again

    @property
    def edition(self) -> int:
        """Of our own counting, so that a mapping can be changed and changed back: by the tool's
        revision an observation that was taken out would never come back."""
        before = self.earlier.edition if self.earlier else 0
        return before if self.is_known else before + 1

    @property
    def sent(self) -> list[list[str]]:
        return [[item["external_id"], item.get("metric", "")] for item in self.items]

    @property
    def content(self) -> uuid.UUID:
        text = json.dumps(self.items, sort_keys=True, ensure_ascii=False)
        return uuid.UUID(bytes=blake2b(text.encode("utf-8", "replace"), digest_size=16).digest())

    @property
    def is_known(self) -> bool:
        return self.earlier is not None and self.earlier.content == self.content


def map_due(*, now: datetime) -> int:
    """Map everything received. Returns how many deliveries were settled."""
    waiting = Delivery.objects.unread().order_by("source").values_list("source", flat=True)
    return sum(map_source(source_id, now=now) for source_id in list(waiting.distinct()))


def map_source(source_id: int, *, now: datetime) -> int:
    """Map what one source has received, unless somebody else is at it."""
    total = 0
    with _alone_with(source_id) as alone:
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
        metrics, frozenset(there.touchpoints), frozenset(there.stages), frozenset(there.journeys)
    )


def observations_of(
    reader: Reader, version: Version
) -> tuple[list[dict[str, Any]], list[mapping.Refusal], str]:
    """What a version says: observations as intake takes them, what could not be read, and why
    nothing of its survey is mapped."""
    plan = reader.plan.of_survey(version.response.survey)
    if not plan.counts:
        return [], [], "survey_not_mapped" if reader.plan.counts else "mapping_missing"
    items, refusals = mapping.apply(plan, version.response, version.at.isoformat())
    for item in items:
        item["external_id"] = _identifier(version.response.id, item.pop("field"))
    return items, refusals, ""


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
    said = list(_said(reader, readings))
    for each in said:
        _take_out(reader.source, each, now)
    fresh = [each for each in said if not each.is_known]
    with transaction.atomic():
        _store(reader.source, fresh, now)
        _remember(reader.source, said)
        _settle(readings, now)


def _said(reader: Reader, readings: Iterable[Reading]) -> Iterator[Said]:
    """What is to be counted of each response: its newest version, unless a newer one is."""
    newest = _newest(readings)
    before = SurveyResponse.objects.in_bulk(list(newest))
    for digest, (reading, version) in sorted(newest.items()):
        earlier = before.get(digest)
        if earlier is not None and earlier.revision > version.revision:
            continue
        if (items := _say(reader, reading, version)) is not None:
            refused = reading.state == _State.QUARANTINED
            yield Said(reading, version, earlier, items, refused)


def _say(reader: Reader, reading: Reading, version: Version) -> list[dict[str, Any]] | None:
    """What a version says now; None where it must wait for a better mapping, so that what was
    counted of it before stays."""
    if version.response.deleted:
        return []
    items, refusals, why_none = observations_of(reader, version)
    if why_none:
        reading.hold(why_none, survey=version.response.survey)
        return None
    if refusals:
        shown = [[each.field, each.code] for each in refusals[:MOST_NAMED]]
        reading.hold(refusals[0].code, field=refusals[0].field, refused=shown)
    elif not items and reading.state == _State.MAPPED and len(reading.versions) == 1:
        reading.state, reading.reason = _State.IGNORED, "nothing_answered"
    return items


def _take_out(source: Source, said: Said, now: datetime) -> None:
    """Answers that the newer version has no more. In a transaction of its own: otherwise keys and
    rollups would be locked in another order than intake locks them."""
    stay = {(name, metric) for name, metric in said.sent}
    for name, metric in said.earlier.sent if said.earlier else ():
        if (name, metric) not in stay:
            remove_observation(source=source, external_id=name, metric=metric, now=now)


def _store(source: Source, fresh: Sequence[Said], now: datetime) -> None:
    items = [(each, item | {"revision": each.edition}) for each in fresh for item in each.items]
    for start in range(0, len(items), MOST_ITEMS):
        some = items[start : start + MOST_ITEMS]
        taken = accept_items([item for _, item in some], source=source, now=now)
        for outcome in taken.results:
            if outcome.status == REJECTED:
                each = some[outcome.index][0]
                each.refused = True
                why = {"field": outcome.field, "message": outcome.message}
                each.reading.hold(outcome.code, response=each.version.response.id, **why)


def _remember(source: Source, said: Iterable[Said]) -> None:
    rows = [
        SurveyResponse(
            digest=each.version.digest,
            source=source,
            revision=each.version.revision,
            edition=each.edition,
            content=None if each.refused else each.content,
            delivery_id=each.reading.delivery.pk,
            sent=each.sent,
        )
        for each in said
    ]
    SurveyResponse.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["digest"],
        update_fields=["revision", "edition", "content", "delivery_id", "sent"],
    )


def _settle(readings: Iterable[Reading], now: datetime) -> None:
    rows = []
    for reading in readings:
        row = reading.delivery
        row.state, row.reason = reading.state, reading.reason[:80]
        row.params = storable(reading.params)
        row.responses = [each.response.id for each in reading.versions[:MOST_NAMED]]
        row.settled_at = now
        row.try_at = now if row.state == _State.WAITING else None
        rows.append(row)
    fields = ["state", "reason", "params", "responses", "settled_at", "try_at"]
    Delivery.objects.bulk_update(rows, fields)


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


def _newest(readings: Iterable[Reading]) -> dict[uuid.UUID, tuple[Reading, Version]]:
    """One version a response: the highest revision, and of those the last."""
    best: dict[uuid.UUID, tuple[Reading, Version]] = {}
    for reading in readings:
        for version in reading.versions:
            other = best.get(version.digest)
            if other is None or version.revision >= other[1].revision:
                best[version.digest] = (reading, version)
    return best


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


def _identifier(response: str, field: str) -> str:
    """Of one answer: two questions of a response may count for one metric at two places."""
    whole = f"{response}#{field}"
    return whole if len(whole) <= 200 else f"{response}#{uuid.uuid5(uuid.NAMESPACE_OID, field)}"


@contextmanager
def _alone_with(source_id: int) -> Iterator[bool]:
    """Whether nobody else maps this source now; PostgreSQL frees the lock with its session."""
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
