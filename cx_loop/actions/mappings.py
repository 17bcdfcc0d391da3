"""A mapping before it is saved: the fields the last deliveries had, and what would be counted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cx_loop.ingest.counting import observations_of
from cx_loop.ingest.responses import known
from cx_loop.ingest.vendors.tools import adapter_of
from cx_loop.ingest.versions import Reader, Reading, read_delivery, reader_of
from cx_loop.logic.answers import mapping
from cx_loop.logic.answers.faults import OF_RESPONSE, SHARED, Fault
from cx_loop.logic.answers.mapping import Refusal
from cx_loop.logic.answers.proposals import Proposal, Seen, propose
from cx_loop.logic.answers.response import Field
from cx_loop.models import Delivery, Segment, Source

LOOKED_AT = 20  # deliveries
MOST_TRIED = 10  # responses shown of a trial
MOST_SAMPLES = 4
MOST_FIELDS = 500
LONGEST_SAMPLE = 120
_State = Delivery.State


@dataclass(frozen=True, slots=True)
class Tried:
    """What one response of a stored delivery would be counted as."""

    delivery: Delivery
    response: str
    at: datetime
    items: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    reason: str = ""  # why none of it, "" where it would be counted


def last_deliveries(source: Source) -> list[Delivery]:
    """The newest that could be read: not what somebody without the secret sent; and the head of
    the file handed in last."""
    newest = source.deliveries.exclude(state__in=[_State.REFUSED, _State.WAITING])
    found = list(newest.order_by("-received_at", "-id")[:LOOKED_AT])
    if file := source.files.exclude(head="").only("head", "handed_at").first():
        # the head of a file is looked at as if it had been delivered; it is not stored as one
        said = {"body": file.head.encode(), "content_type": "text/csv"}
        found.insert(0, Delivery(source=source, received_at=file.handed_at, **said))
    return found


def seen_fields(source: Source, deliveries: Sequence[Delivery]) -> list[Seen]:
    """Every field of the given deliveries in the order met, with what was answered."""
    met: dict[str, tuple[Field, list[str], int]] = {}
    for reading in _readings(source, mapping.Plan(()), deliveries):
        for version in reading.versions:
            for each in version.response.fields.values():
                _meet(met, each)
    return [
        Seen(key, one.title, one.kind, tuple(samples), count)
        for key, (one, samples, count) in list(met.items())[:MOST_FIELDS]
    ]


def proposals_for(source: Source, seen: Sequence[Seen]) -> dict[str, Proposal]:
    """By the key of the field."""
    segments = list(Segment.objects.filter(retired_at=None).values_list("key", flat=True))
    names = adapter_of(source.tool).names_responses
    found = {each.key: propose(each, segments, names_responses=names) for each in seen}
    return dict(_first_only(found))


def try_mapping(
    source: Source, entries: list[dict[str, Any]], deliveries: Sequence[Delivery]
) -> tuple[list[Tried], list[Fault]]:
    """What the given deliveries would be counted as; nothing is stored."""
    plan, faults = mapping.read(entries, known())
    tried: list[Tried] = []
    reader = reader_of(source, plan)
    for reading in _readings(source, plan, deliveries):
        tried += _tried(reader, reading)
        if len(tried) >= MOST_TRIED:
            break
    return tried[:MOST_TRIED], faults


def _tried(reader: Reader, reading: Reading) -> Iterator[Tried]:
    delivery = reading.delivery
    if not reading.versions:
        yield Tried(delivery, "", delivery.received_at, reason=reading.reason)
    for version in reading.versions[:MOST_TRIED]:
        items, refusals, why_none = observations_of(reader, version)
        yield Tried(delivery, version.response.id, version.at, items, refusals, why_none)


def _readings(
    source: Source, plan: mapping.Plan, deliveries: Sequence[Delivery]
) -> Iterator[Reading]:
    reader = reader_of(source, plan)
    for each in deliveries:
        yield read_delivery(reader, each)


def _meet(met: dict[str, tuple[Field, list[str], int]], one: Field) -> None:
    before, samples, count = met.get(one.key, (one, [], 0))
    text = one.text.strip()[:LONGEST_SAMPLE]
    if text and text not in samples and len(samples) < MOST_SAMPLES:
        samples.append(text)
    met[one.key] = (before if before.title else one, samples, count + (not one.is_empty))


def _first_only(found: dict[str, Proposal]) -> Iterator[tuple[str, Proposal]]:
    """What a response has one of is proposed for the first field that may be it."""
    taken: set[str] = set()
    for key, each in found.items():
        single = each.to in (*OF_RESPONSE, *SHARED)
        yield key, Proposal() if single and each.to in taken else each
        taken.add(each.to)
