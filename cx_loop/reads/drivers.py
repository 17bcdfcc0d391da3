"""How important each touchpoint of a journey is, by segment: found in answers, or as stated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from cx_loop.logic.importance import blended
from cx_loop.models import Journey, JourneyDrivers, Metric, Touchpoint

Shares = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Weighed:
    """The importance of one touchpoint: its share, found in data or stated by people."""

    share: float
    is_found: bool
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None


@dataclass(frozen=True, slots=True)
class Driven:
    """What importance was found in: answers of `segment`, None: of all customers together."""

    segment: str | None
    n: int
    r2: float | None
    weighed_at: datetime


@dataclass(frozen=True, slots=True)
class Importance:
    """Of the touchpoints in the order of the journey. `lines` and `drivers` hold None (everybody)
    and each segment whose own customers are enough; the others go by everybody's."""

    lines: dict[str | None, tuple[Weighed, ...]]
    drivers: dict[str | None, Driven]

    def of(self, segment: str | None) -> tuple[Weighed, ...]:
        return self.lines.get(segment, self.lines[None])

    def driven(self, segment: str | None) -> Driven | None:
        return self.drivers.get(segment, self.drivers.get(None))


def importance_of(
    journey: Journey, stops: Sequence[Touchpoint], metric: Metric | None
) -> Importance:
    """As last worked out for that metric; where it never was, as stated."""
    kept = JourneyDrivers.objects.filter(Q(metric=metric), journey=journey).first()
    if kept is None:
        return Importance({None: _weighed(stops, [])}, {})
    parts: dict[str | None, dict[str, Any]] = {
        None: {"n": kept.n, "r2": kept.r2, "shares": kept.shares},
        **kept.by_segment,
    }
    return Importance(
        {key: _weighed(stops, part["shares"]) for key, part in parts.items()},
        {key: Driven(key, part["n"], part["r2"], kept.weighed_at) for key, part in parts.items()},
    )


def _weighed(stops: Sequence[Touchpoint], shares: Shares) -> tuple[Weighed, ...]:
    here = {each.key for each in stops}
    found = {each["touchpoint"]: each for each in shares if each["touchpoint"] in here}
    # of those that are left when one was retired since
    whole = sum(each["share"] for each in found.values())
    driven = [
        found[each.key]["share"] / whole if each.key in found and whole else None for each in stops
    ]
    said = [1.0 if each.importance is None else each.importance for each in stops]
    return tuple(
        Weighed(
            share,
            data is not None,
            *(found[stop.key].get(name) for name in ("rank", "rank_low", "rank_high"))
            if data is not None
            else (),
        )
        for stop, share, data in zip(stops, blended(said, driven), driven, strict=True)
    )
