"""One item against the catalog: what it measures, where it belongs, and its two digests.

Every refusal has a stable code (listed in docs/integrations.md), the field, and a sentence.
"""

import os
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec

from cx_loop.ingest.catalog import Catalog, KnownMetric, SeriesName
from cx_loop.ingest.digests import pseudonym
from cx_loop.ingest.items import Item, Refused, item_of
from cx_loop.logic.bins import LARGEST_VALUE, SMALLEST_VALUE, bin_of, check_value

FUTURE = timedelta(minutes=5)  # clocks of senders may run ahead by so much
PAST = timedelta(days=20 * 366)  # a month makes a partition: no sender may make thousands
LONGEST = {"channel": 80, "location": 80, "external_id": 200, "customer": 200, "comment": 10_000}
_MOST_BINS = 2_000  # remembered of a scale; it has a thousand steps at most
_LARGEST_REVISION = 2**63 - 2  # one is left for the deletion, which is the next revision
_numbers = struct.Struct("<qddq").pack  # the part of the content that is hardly ever the same


class Where(msgspec.Struct, gc=False):
    """Where values of one kind belong: what a batch's items have in common.

    Worked out once for each combination of keys a sender uses and then remembered, because a
    thousand items of a batch share a few of them. Only what was not refused is remembered.
    """

    name: SeriesName  # its metric is 0 for a comment alone
    metric: KnownMetric | None
    content: Any  # blake2b of the part of the content all its items share, to be copied
    bins: dict[float | None, int]  # of the values met so far, when the scale is bounded
    series_id: int = 0  # 0 until its series is there for good


class Entry(msgspec.Struct, gc=False):
    """An item that may be stored. Times are microseconds since 1970, UTC."""

    place: int  # in the batch
    external_id: str
    digest: bytes
    content: bytes
    revision: int
    where: Where
    occurred_at: int
    value: float
    exposure: float
    bin: int
    comment: str
    customer: bytes | None
    contact: bool | None = None  # whether they agreed to be contacted
    reference: str = ""  # of whom to contact; only of who agreed
    series_id: int = 0

    @property
    def name(self) -> SeriesName:
        return self.where.name


class Checker:
    """Checks items of one sender. `owners` are the departments whose touchpoints it may write to
    (None: all), `now` is aware."""

    def __init__(
        self, catalog: Catalog, source_id: int, owners: frozenset[int] | None, now: datetime
    ) -> None:
        self.catalog, self.owners, self.now = catalog, owners, now
        self._first, self._last = micros_of(now - PAST), micros_of(now + FUTURE)
        self._prefix = f"{source_id}\0"
        self._known: dict[tuple[str | None, ...], Where] = catalog.places_of(owners)

    def entries(self, items: Sequence[object]) -> tuple[list[Entry], dict[int, Refused]]:
        """What to store of the items, and by place why the others are refused."""
        entries: list[Entry] = []
        refused: dict[int, Refused] = {}
        for place, raw in enumerate(items):
            try:
                entries.append(self.entry(place, raw if type(raw) is Item else item_of(raw)))
            except Refused as refusal:
                refused[place] = refusal
        return entries, refused

    def entry(self, place: int, item: Item) -> Entry:
        """What to store of an item. Raises Refused."""
        keys = (
            item.touchpoint,
            item.stage,
            item.journey,
            item.metric,
            item.segment,
            item.channel,
            item.location,
        )
        where = self._known.get(keys)
        if where is None:
            where = self._known[keys] = self._where(item)
        occurred_at = self._moment(item.occurred_at)
        # a value this scale was seen to have needs no second look; + 0.0 makes -0.0 plain
        bin = where.bins.get(item.value) if item.exposure is None else None
        if bin is None:
            value, exposure, bin = _counted(item, where)
        else:
            value, exposure = item.value + 0.0, 0.0  # type: ignore[operator]
        external_id, customer, comment = item.external_id or "", item.customer, item.comment or ""
        _check_text("external_id", external_id)
        if customer:
            _check_text("customer", customer)
        if comment:
            _check_text("comment", comment)
        revision = item.revision or 0
        if revision and abs(revision) > _LARGEST_REVISION:
            raise Refused("revision_invalid", "revision", "revision is too large.")
        content = where.content.copy()
        content.update(_numbers(occurred_at, value, exposure, revision))
        pseudonymous = pseudonym(customer) if customer else None
        if pseudonymous or comment:
            content.update(f"{pseudonymous!r}\0{comment}".encode())
        contact = item.contact if customer else None
        if contact is not None:
            content.update(b"\1" if contact else b"\0")
        known_as = f"{self._prefix}{external_id}\0{item.metric or ''}".encode()
        return Entry(
            place,
            external_id,
            blake2b(known_as, digest_size=16).digest() if external_id else os.urandom(16),
            content.digest(),
            revision,
            where,
            occurred_at,
            value,
            exposure,
            bin,
            comment,
            pseudonymous,
            contact,
            customer or "" if contact else "",
            where.series_id,
        )

    def _where(self, item: Item) -> Where:
        """Looked up. Faults are met in the order an item is checked, the item's own included:
        otherwise what an item is refused for would depend on what came before it."""
        self._moment(item.occurred_at)
        touchpoint, stage, journey = self._subject(item)
        metric = self._metric(item)
        if metric:
            _measured(item, metric)
        segment, channel, location = item.segment or "", item.channel or "", item.location or ""
        if segment and segment not in self.catalog.segments:
            raise Refused("segment_unknown", "segment", "No such segment is configured.")
        _check_text("channel", channel)
        _check_text("location", location)
        name = (touchpoint, stage, journey, metric.id if metric else 0, segment, channel, location)
        sent = f"{touchpoint} {stage} {journey} {name[3]}\0{segment}\0{channel}\0{location}\0"
        return Where(name, metric, blake2b(sent.encode(), digest_size=16), {})

    def _moment(self, moment: datetime | None) -> int:
        if moment is None:
            raise _missing("occurred_at")
        micros = round(moment.timestamp() * 1_000_000)  # micros_of, without the call
        if self._first <= micros <= self._last:
            return micros
        if micros > self._last:
            server = self.now.astimezone(UTC).isoformat(timespec="seconds")
            message = f"occurred_at lies in the future; the time of the server is {server}."
            raise Refused("time_in_future", "occurred_at", message)
        raise Refused("time_too_old", "occurred_at", "occurred_at is over 20 years ago.")

    def _subject(self, item: Item) -> tuple[int, int, int]:
        """(touchpoint, stage, journey), two of them 0."""
        if bool(item.touchpoint) + bool(item.stage) + bool(item.journey) > 1:
            field = "stage" if item.stage else "journey"
            message = "Give one of touchpoint, stage and journey, not several."
            raise Refused("subject_ambiguous", field, message)
        if item.touchpoint:
            known = self.catalog.touchpoints.get(item.touchpoint)
            if known is None or (self.owners is not None and known[1] not in self.owners):
                raise _unknown("touchpoint")
            return known[0], 0, 0
        if not item.stage and not item.journey:
            raise _missing("touchpoint", "touchpoint (or stage, or journey)")
        field = "stage" if item.stage else "journey"
        stage = self.catalog.stages.get(item.stage or "", 0)
        journey = self.catalog.journeys.get(item.journey or "", 0)
        # a department owns touchpoints; a stage or a journey belongs to several departments
        if not (stage or journey) or self.owners is not None:
            raise _unknown(field)
        return 0, stage, journey

    def _metric(self, item: Item) -> KnownMetric | None:
        """None of a comment alone."""
        if not item.metric:
            _check_comment_alone(item)
            return None
        metric = self.catalog.metrics.get(item.metric)
        if metric is None:
            raise _unknown("metric")
        return metric


def micros_of(moment: datetime) -> int:
    """Microseconds since 1970, UTC. A float holds them exactly until the year 2255."""
    return round(moment.timestamp() * 1_000_000)


def _counted(item: Item, where: Where) -> tuple[float, float, int]:
    """Value, exposure and bin; zeros of a comment alone."""
    metric = where.metric
    if metric is None:
        _check_comment_alone(item)
        return 0.0, 0.0, 0
    number, exposure = _measured(item, metric)
    bin = bin_of(number, metric.scale)
    if metric.scale.bounded and len(where.bins) < _MOST_BINS:
        where.bins[number] = bin
    return number, exposure, bin


def _check_comment_alone(item: Item) -> None:
    if item.value is not None or not item.comment:
        raise _missing("metric", "metric with value (or a comment alone)")
    if item.exposure is not None:
        raise _missing("metric")


def _measured(item: Item, metric: KnownMetric) -> tuple[float, float]:
    """Value and exposure."""
    if item.value is None:
        raise _missing("value")
    if code := check_value(item.value, metric.scale):
        raise Refused(code, "value", _why(code, metric))
    # one whose square is none would break the statement that stores the whole batch
    value = float(item.value) if abs(item.value) >= SMALLEST_VALUE else 0.0
    return value, _exposure(item, metric)


def _exposure(item: Item, metric: KnownMetric) -> float:
    exposure = item.exposure
    if metric.kind != "rate":
        if exposure is not None:
            message = "Only a metric of kind rate has an exposure."
            raise Refused("exposure_invalid", "exposure", message)
        return 0.0
    if exposure is None:
        message = "A rate needs its exposure: out of how many."
        raise Refused("exposure_required", "exposure", message)
    if not SMALLEST_VALUE <= exposure <= LARGEST_VALUE:  # NaN is in no range
        raise Refused("exposure_invalid", "exposure", "exposure must be above 0.")
    return float(exposure)


def _why(code: str, metric: KnownMetric) -> str:
    scale = metric.scale
    if code == "value_not_finite":
        return "value must be a finite number."
    if code == "value_negative":
        return "value must not be below 0."
    if not scale.bounded:
        return f"value must not be above {LARGEST_VALUE:g}."
    low, high = scale.ends
    if code == "value_not_on_step":
        return f"value must be on a step of {scale.step:g} from {low:g} to {high:g}."
    return f"value must lie between {low:g} and {high:g}."


def _check_text(field: str, text: str) -> None:
    longest = LONGEST[field]
    if len(text) <= longest and text.isascii() and "\0" not in text:
        return
    if len(text) > longest:
        code = "external_id_too_long" if field == "external_id" else "text_too_long"
        raise Refused(code, field, f"{field} has {len(text)} characters; at most {longest}.")
    if "\0" in text:
        raise Refused("text_has_nul", field, f"{field} contains a NUL character.")
    try:
        text.encode()
    except UnicodeEncodeError:
        message = f"{field} contains half of a surrogate pair, which is no character."
        raise Refused("text_not_unicode", field, message) from None


def _missing(field: str, what: str = "") -> Refused:
    return Refused("missing_field", field, f"{what or field} is missing.")


def _unknown(field: str) -> Refused:
    return Refused(f"{field}_unknown", field, f"No such {field} is configured.")
