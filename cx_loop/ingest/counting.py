"""What responses say, counted: each once, by its newest version, answers taken back taken out."""

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.db import transaction

from cx_loop.ingest import catalog
from cx_loop.ingest.accept import REJECTED, accept_items
from cx_loop.ingest.check import Checker
from cx_loop.ingest.items import MOST_ITEMS
from cx_loop.ingest.removal import remove_observation
from cx_loop.ingest.versions import Reader, Reading, Version
from cx_loop.logic.answers import mapping
from cx_loop.models import Delivery, Source, SurveyResponse

MOST_NAMED = 20  # refusals kept with a delivery
_State = Delivery.State


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


def said_of(reader: Reader, readings: Iterable[Reading]) -> Iterator[Said]:
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


@contextmanager
def counted(source: Source, said: Sequence[Said], now: datetime) -> Iterator[None]:
    """Count what is new; what the caller notes inside is committed with it, or neither is."""
    for each in said:
        _take_out(source, each, now)
    fresh = [each for each in said if not each.is_known]
    with transaction.atomic():
        _store(source, fresh, now)
        _remember(source, said)
        yield


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


def check(source: Source, said: Sequence[Said], now: datetime) -> None:
    """The same without storing anything: what intake would refuse is told in the readings."""
    items = _items([each for each in said if not each.is_known])
    known = catalog.current()
    _, refused = Checker(known, source.pk, None, now).entries([item for _, item in items])
    for place, why in refused.items():
        _refuse(items[place][0], why.code, why.field, why.message)


def _store(source: Source, fresh: Sequence[Said], now: datetime) -> None:
    items = _items(fresh)
    for start in range(0, len(items), MOST_ITEMS):
        some = items[start : start + MOST_ITEMS]
        taken = accept_items([item for _, item in some], source=source, now=now)
        for outcome in taken.results:
            if outcome.status == REJECTED:
                _refuse(some[outcome.index][0], outcome.code, outcome.field, outcome.message)


def _items(fresh: Sequence[Said]) -> list[tuple[Said, dict[str, Any]]]:
    return [(each, item | {"revision": each.edition}) for each in fresh for item in each.items]


def _refuse(said: Said, code: str, field: str, message: str) -> None:
    said.refused = True
    why = {"field": field, "message": message}
    said.reading.hold(code, response=said.version.response.id, **why)


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


def _newest(readings: Iterable[Reading]) -> dict[uuid.UUID, tuple[Reading, Version]]:
    """One version a response: the highest revision, and of those the last."""
    best: dict[uuid.UUID, tuple[Reading, Version]] = {}
    for reading in readings:
        for version in reading.versions:
            other = best.get(version.digest)
            if other is None or version.revision >= other[1].revision:
                best[version.digest] = (reading, version)
    return best


def _identifier(response: str, field: str) -> str:
    """Of one answer: two questions of a response may count for one metric at two places."""
    whole = f"{response}#{field}"
    return whole if len(whole) <= 200 else f"{response}#{uuid.uuid5(uuid.NAMESPACE_OID, field)}"
