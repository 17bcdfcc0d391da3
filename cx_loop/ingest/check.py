"""One item against the catalog: what it measures, where it belongs, and its two digests.

Every refusal has a stable code (listed in docs/integrations.md), the field, and a sentence.
"""

import hmac
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from django.conf import settings

from cx_loop.ingest.catalog import Catalog, KnownMetric, SeriesName
from cx_loop.ingest.items import Item, Refused
from cx_loop.logic.bins import LARGEST_VALUE, bin_of, check_value

FUTURE = timedelta(minutes=5)  # clocks of senders may run ahead by so much
PAST = timedelta(days=20 * 366)  # a month makes a partition: no sender may make thousands
LONGEST = {"channel": 80, "location": 80, "external_id": 200, "customer": 200, "comment": 10_000}
_LARGEST_REVISION = 2**63 - 2  # one is left for the deletion, which is the next revision


@dataclass(slots=True)
class Entry:
    """An item that may be stored. Times are microseconds since 1970, UTC."""

    place: int  # in the batch
    external_id: str
    digest: bytes
    content: bytes
    revision: int
    name: SeriesName  # its metric is 0 for a comment alone
    occurred_at: int
    value: float
    exposure: float
    bin: int
    comment: str
    customer: bytes | None
    series_id: int = 0


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks items of one sender. `owners` are the departments whose touchpoints it may write to
    (None: all), `now` is aware."""

    catalog: Catalog
    source_id: int
    owners: frozenset[int] | None
    now: datetime

    def entry(self, place: int, item: Item) -> Entry:
        """What to store of an item. Raises Refused."""
        occurred_at = self._moment(item.occurred_at)
        touchpoint, stage, journey = self._subject(item)
        metric, value, exposure = self._measured(item)
        segment = item.segment or ""
        if segment and segment not in self.catalog.segments:
            raise Refused("segment_unknown", "segment", "No such segment is configured.")
        for field, longest in LONGEST.items():
            text = getattr(item, field)
            if text:
                _check_text(field, text, longest)
        revision = item.revision or 0
        if abs(revision) > _LARGEST_REVISION:
            raise Refused("revision_invalid", "revision", "revision is too large.")
        name = (
            touchpoint,
            stage,
            journey,
            metric.id if metric else 0,
            segment,
            item.channel or "",
            item.location or "",
        )
        customer = pseudonym(item.customer) if item.customer else None
        comment = item.comment or ""
        sent = f"{touchpoint} {stage} {journey} {name[3]}\0{segment}\0{name[5]}\0{name[6]}"
        sent += f"\0{occurred_at}\0{value}\0{exposure}\0{revision}\0{customer!r}\0{comment}"
        return Entry(
            place=place,
            external_id=item.external_id or "",
            digest=self._digest(item),
            content=blake2b(sent.encode(), digest_size=16).digest(),
            revision=revision,
            name=name,
            occurred_at=occurred_at,
            value=value,
            exposure=exposure,
            bin=bin_of(value, metric.scale) if metric else 0,
            comment=comment,
            customer=customer,
        )

    def _digest(self, item: Item) -> bytes:
        """Of (source, external_id, metric): what makes an observation the same one."""
        if not item.external_id:
            return os.urandom(16)
        return digest_of(self.source_id, item.external_id, item.metric or "")

    def _moment(self, moment: datetime | None) -> int:
        if moment is None:
            raise _missing("occurred_at")
        if moment > self.now + FUTURE:
            server = self.now.astimezone(UTC).isoformat(timespec="seconds")
            message = f"occurred_at lies in the future; the time of the server is {server}."
            raise Refused("time_in_future", "occurred_at", message)
        if moment < self.now - PAST:
            raise Refused("time_too_old", "occurred_at", "occurred_at is over 20 years ago.")
        return round(moment.timestamp() * 1_000_000)

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

    def _measured(self, item: Item) -> tuple[KnownMetric | None, float, float]:
        """The metric, its value and its exposure; (None, 0, 0) of a comment alone."""
        if not item.metric:
            if item.value is not None or not item.comment:
                raise _missing("metric", "metric with value (or a comment alone)")
            if item.exposure is not None:
                raise _missing("metric")
            return None, 0.0, 0.0
        metric = self.catalog.metrics.get(item.metric)
        if metric is None:
            raise _unknown("metric")
        if item.value is None:
            raise _missing("value")
        if code := check_value(item.value, metric.scale):
            raise Refused(code, "value", _why(code, metric))
        return metric, float(item.value), _exposure(item, metric)


def digest_of(source_id: int, external_id: str, metric: str) -> bytes:
    """The 16 bytes an observation is known by; `metric` is '' for a comment alone."""
    key = f"{source_id}\0{external_id}\0{metric}"
    return blake2b(key.encode(), digest_size=16).digest()


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
    if not 0 < exposure <= LARGEST_VALUE:  # NaN is in no range
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


def _check_text(field: str, text: str, longest: int) -> None:
    if len(text) > longest:
        code = "external_id_too_long" if field == "external_id" else "text_too_long"
        raise Refused(code, field, f"{field} has {len(text)} characters; at most {longest}.")
    if "\0" in text:
        raise Refused("text_has_nul", field, f"{field} contains a NUL character.")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            message = f"{field} contains half of a surrogate pair, which is no character."
            raise Refused("text_not_unicode", field, message) from None


def pseudonym(customer: str) -> bytes:
    """A keyed hash: the customer cannot be read from it, yet can be found to be erased."""
    return hmac.digest(settings.KEY_PEPPER.encode(), customer.encode(), "sha256")[:16]


def _missing(field: str, what: str = "") -> Refused:
    return Refused("missing_field", field, f"{what or field} is missing.")


def _unknown(field: str) -> Refused:
    return Refused(f"{field}_unknown", field, f"No such {field} is configured.")
