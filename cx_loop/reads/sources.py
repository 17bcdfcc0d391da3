"""How sources do: when each was heard of last, how much comes, and what could not be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery

from cx_loop.logic.answers.silence import LOOKED_AT, patience
from cx_loop.models import Delivery, HandedFile, Source

WEEK = timedelta(days=7)
FILES = 8  # shown of a source
_State = Delivery.State


@dataclass(frozen=True, slots=True)
class Health:
    """`rejected` is the share of the week's deliveries that were refused or wait in quarantine;
    `held` is how many wait, whenever they came. `silent_for` is None unless it is too long."""

    last_at: datetime | None = None
    day: int = 0
    week: int = 0
    rejected: float = 0.0
    refused: int = 0
    held: int = 0
    patience: timedelta | None = None
    silent_for: timedelta | None = None

    @property
    def per_day(self) -> float:
        return self.week / 7


@dataclass(frozen=True, slots=True)
class Heard:
    """When a source was heard of last; how many deliveries came in the four weeks before, and over
    which part of them."""

    at: datetime | None = None
    count: int = 0
    span: timedelta = timedelta(0)


def sources_in_force() -> QuerySet[Source]:
    return Source.objects.filter(retired_at=None).order_by("key")


def files_of(source: Source) -> QuerySet[HandedFile]:
    """The newest files handed in, without what is in them."""
    return source.files.defer("content", "text", "head").order_by("-pk")[:FILES]


def health_of(sources: Sequence[Source], now: datetime) -> Mapping[int, Health]:
    """By primary key; four queries however many sources there are."""
    ids = [source.pk for source in sources]
    last = _last_heard(ids)
    recent = Delivery.objects.filter(source__in=ids, received_at__gte=now - WEEK)
    rows = recent.values("source").annotate(
        week=Count("id"),
        day=Count("id", filter=Q(received_at__gte=now - timedelta(days=1))),
        bad=Count("id", filter=Q(state__in=[_State.REFUSED, _State.QUARANTINED])),
        refused=Count("id", filter=Q(state=_State.REFUSED)),
    )
    counted = {row["source"]: row for row in rows.order_by("source")}
    waiting = Delivery.objects.filter(source__in=ids, state=_State.QUARANTINED)
    held = dict(waiting.values_list("source").annotate(n=Count("id")).order_by("source"))
    found = {}
    for source in sources:
        row: Mapping[str, Any] = counted.get(source.pk, {})
        heard = last.get(source.pk, Heard())
        found[source.pk] = Health(
            last_at=heard.at,
            day=row.get("day", 0),
            week=row.get("week", 0),
            rejected=row["bad"] / row["week"] if row else 0.0,
            refused=row.get("refused", 0),
            held=held.get(source.pk, 0),
            **_silence(source, heard, now),
        )
    return found


def expected_every(source: Source) -> timedelta | None:
    """What was said of it, in hours."""
    hours = source.options.get("expected_every")
    if isinstance(hours, int | float) and not isinstance(hours, bool) and hours > 0:
        return timedelta(hours=hours)
    return None


def _silence(source: Source, heard: Heard, now: datetime) -> dict[str, timedelta | None]:
    at, length = heard.at, patience(heard.count, heard.span, expected_every(source))
    too_long = at is not None and length is not None and now - at > length
    silent = now - at if too_long and at is not None and not source.disabled_at else None
    return {"patience": length, "silent_for": silent}


def _last_heard(ids: Sequence[int]) -> dict[int, Heard]:
    """When each was heard of last, and how often in the four weeks before."""
    mine = Delivery.objects.counted().filter(source=OuterRef("pk"))
    newest = mine.order_by("-received_at", "-id").values("received_at")[:1]
    found = dict(
        Source.objects.filter(pk__in=ids).values_list("pk", Subquery(newest)).order_by("pk")
    )
    known = {pk: at for pk, at in found.items() if at is not None}
    if not known:
        return {}
    usual = Q(pk__in=[])
    for pk, at in known.items():
        usual |= Q(source=pk, received_at__gt=at - LOOKED_AT, received_at__lte=at)
    rows = Delivery.objects.counted().filter(usual).values_list("source")
    counts = rows.annotate(n=Count("id"), first=Min("received_at")).order_by("source")
    return {pk: Heard(known[pk], n, known[pk] - first) for pk, n, first in counts}
