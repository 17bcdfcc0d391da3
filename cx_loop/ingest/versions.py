"""Deliveries read: which version of which response each holds, or why it holds none."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from cx_loop.ingest.vendors.adapter import (
    WAIT,
    Adapter,
    response_of_answer,
    responses_of,
    responses_of_event,
)
from cx_loop.ingest.vendors.reading import parse, read
from cx_loop.ingest.vendors.tools import adapter_of
from cx_loop.logic.answers.faults import OF_RESPONSE
from cx_loop.logic.answers.mapping import Plan
from cx_loop.logic.answers.moments import moment_of, revision_of
from cx_loop.logic.answers.numbers import said
from cx_loop.logic.answers.response import Misshapen, NoAnswer, Response
from cx_loop.logic.answers.yes_no import said_yes
from cx_loop.models import Delivery, Organization, Source

AHEAD = timedelta(minutes=5)  # what intake allows a sender's clock
LONGEST_ID = 150  # characters of a tool's identifier; longer ones are known by a digest
_State = Delivery.State


@dataclass(frozen=True, slots=True)
class Reader:
    """What the deliveries of one source are read with."""

    source: Source
    adapter: Adapter
    plan: Plan
    zone: tzinfo

    @property
    def waits_for_the_end(self) -> bool:
        return str(self.source.options.get("partial") or self.adapter.partial) == WAIT


@dataclass(frozen=True, slots=True)
class Version:
    """One response as one delivery has it."""

    response: Response
    digest: uuid.UUID
    revision: int
    at: datetime


@dataclass(slots=True)
class Reading:
    """One delivery while it is mapped, and what becomes of it."""

    delivery: Delivery
    versions: list[Version] = field(default_factory=list)
    state: str = _State.MAPPED
    reason: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    parts: list[bytes] = field(default_factory=list)  # envelopes to be asked for one by one

    def hold(self, reason: str, **params: Any) -> None:
        """Keep it in quarantine; the first reason is the one told."""
        if self.state != _State.QUARANTINED:
            self.state, self.reason, self.params = _State.QUARANTINED, reason, params


def reader_of(source: Source, plan: Plan) -> Reader:
    adapter = adapter_of(source.tool)
    name = str(source.options.get("timezone") or adapter.zone)
    try:
        zone: tzinfo = ZoneInfo(name) if name else Organization.current_zone()
    except (KeyError, ValueError):  # one that is no longer known; checked when it is saved
        zone = Organization.current_zone()
    return Reader(source, adapter, plan, zone)


def read_delivery(reader: Reader, delivery: Delivery) -> Reading:
    """Never raises for what was delivered: it is told in the reading."""
    reading = Reading(delivery)
    try:
        found = _responses(reader, delivery)
        for response in found:
            take(reader, reading, response)
        if sum(response.fetch for response in found) > 1:
            _take_apart(reader, reading)
    except NoAnswer as none:
        reading.state, reading.reason = _State.IGNORED, none.code
    except Misshapen as wrong:
        reading.versions.clear()
        reading.hold(wrong.code, **({"where": wrong.where} if wrong.where else {}))
    return reading


def _responses(reader: Reader, delivery: Delivery) -> Sequence[Response]:
    if delivery.answer is not None:
        parsed = parse(bytes(delivery.answer).decode("utf-8-sig", "replace"))
        return [response_of_answer(reader.adapter, parsed)]
    encoding = str(delivery.headers.get("content-encoding", ""))
    document = read(bytes(delivery.body), delivery.content_type, encoding)
    return responses_of(reader.adapter, document, reader.source.options)


def _take_apart(reader: Reader, reading: Reading) -> None:
    """Several envelopes of one delivery wait each for itself; of a response the last event."""
    delivery, options = reading.delivery, reader.source.options
    encoding = str(delivery.headers.get("content-encoding", ""))
    parts: dict[tuple[str, str], bytes] = {}
    for event in read(bytes(delivery.body), delivery.content_type, encoding).objects:
        for response in responses_of_event(reader.adapter, event, options):
            if response.fetch:
                parts[response.survey, response.id] = json.dumps(event).encode()
    reading.parts = list(parts.values())
    reading.state = _State.MAPPED if reading.versions else _State.IGNORED
    reading.reason = "taken_apart"


def take(reader: Reader, reading: Reading, found: Response) -> None:
    """Add a response to what was read of its delivery. Raises Misshapen: token_missing."""
    delivery = reading.delivery
    if found.fetch:
        _wait_for_answers(reader, reading)
        return
    response = _named(reader, found)
    if not response.finished and not response.deleted and reader.waits_for_the_end:
        if not reading.versions and reading.state == _State.MAPPED:
            reading.state, reading.reason = _State.IGNORED, "unfinished"
        return
    if reading.state == _State.IGNORED:
        reading.state, reading.reason = _State.MAPPED, ""
    revision = revision_of(response.revision, reader.zone)
    if revision is None:  # then the order of arrival tells which is newer
        revision = round(delivery.received_at.timestamp() * 1_000_000)
    at = moment_of(response.occurred_at, reader.zone) or delivery.received_at
    digest = digest_of(reader.source.pk, response.id)
    reading.versions.append(Version(response, digest, revision, at))


def _wait_for_answers(reader: Reader, reading: Reading) -> None:
    if not reader.source.token:
        raise Misshapen("token_missing")
    reading.state, reading.reason = _State.WAITING, "to_ask_for"


def _named(reader: Reader, found: Response) -> Response:
    """With what the mapping says of the response itself, where the tool's adapter cannot know."""
    plan, fields = reader.plan, found.fields
    texts: dict[str, Any] = {}
    for target in OF_RESPONSE:
        entry = plan.source_of(target)
        answer = fields.get(entry.field) if entry else None
        if answer is not None and not answer.is_empty:
            texts[target] = answer.value if target == "revision" else answer.text
    if entry := plan.source_of("finished"):
        word = texts.get("finished", "")
        texts["finished"] = said_yes(entry.values.get(said(word), word))
    if not texts.get("id") and not found.id:
        texts["id"] = _digest_of_answers(found)
    texts["id"] = _short(str(texts.get("id") or found.id))
    return replace(found, **texts)


def _digest_of_answers(found: Response) -> str:
    """Of a response without a name: the same again counts once, an edited one counts anew."""
    text = "\0".join(f"{key}\1{field.text}" for key, field in sorted(found.fields.items()))
    return blake2b(text.encode(), digest_size=12).hexdigest()


def _short(name: str) -> str:
    plain = str(storable(name))
    if len(plain) <= LONGEST_ID:
        return plain
    return blake2b(plain.encode(), digest_size=16).hexdigest()


def storable(said: Any) -> Any:
    """The same without what PostgreSQL takes in no JSON: NUL, and halves of surrogate pairs."""
    if isinstance(said, str):
        return said.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(said, dict):
        return {storable(name): storable(value) for name, value in said.items()}
    return [storable(each) for each in said] if isinstance(said, list) else said


def digest_of(source_id: int, response: str) -> uuid.UUID:
    """What a response of a source is known by."""
    text = f"response\0{source_id}\0{response}"
    return uuid.UUID(bytes=blake2b(text.encode(), digest_size=16).digest())
