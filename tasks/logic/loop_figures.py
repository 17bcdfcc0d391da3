"""The loop's own figures: how long its rounds took, and what share of its tasks went how.

Medians and ninth deciles are of working time, by nearest rank, with intervals of order statistics
(Conover 1999, § 3.2); shares have Wilson's (1927), both 95 %. No figure stands without its n.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from cx_loop.logic.intervals import percentile_ranks
from tasks.logic.learning import Share, share_of

DAY = timedelta(days=1)

Ends = tuple[timedelta, timedelta]


@dataclass(frozen=True, slots=True)
class Length:
    """How long something took: a quantile of `n` lengths, None of none.

    `between` is its interval; an end is None where n is too small to name it.
    """

    value: timedelta | None
    between: tuple[timedelta | None, timedelta | None]
    n: int

    def as_json(self) -> dict[str, Any]:
        """In minutes."""
        return {
            "minutes": _minutes(self.value),
            "interval": [_minutes(end) for end in self.between],
            "n": self.n,
        }


@dataclass(frozen=True, slots=True)
class Took:
    """Half took at most `median`, nine of ten at most `most`. `n` were measured of `of`."""

    median: Length
    most: Length
    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted of the tasks opened in a period.

    opened     all of them
    due        of them: submitted, closed, or past their time, so that it can be said
    late       of those: past their time before the fix was in
    lead       of all: pushed up to a lead or higher; `director`: to a director
    """

    opened: int = 0
    due: int = 0
    late: int = 0
    lead: int = 0
    director: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.opened + other.opened,
            self.due + other.due,
            self.late + other.late,
            self.lead + other.lead,
            self.director + other.director,
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one department, or of all together (key '').

    `day`: how long a working day is there; where departments differ (`is_mixed`), the one that
    most of the lengths were measured in.
    """

    key: str
    name: str
    opened: int
    response: Took
    resolution: Took
    late: Share
    to_lead: Share
    to_director: Share
    proven: Share
    recovered: Share
    relapsed: Share
    day: timedelta = DAY
    is_mixed: bool = False


def figures_of(
    *,
    key: str,
    name: str,
    counts: Counts,
    response: Took,
    resolution: Took,
    fixes: tuple[Share, Share, Share],
    day: timedelta = DAY,
    is_mixed: bool = False,
) -> Figures:
    """`fixes`: proven, recovered, relapsed."""
    proven, recovered, relapsed = fixes
    return Figures(
        key=key,
        name=name,
        opened=counts.opened,
        response=response,
        resolution=resolution,
        late=share_of(counts.late, counts.due),
        to_lead=share_of(counts.lead, counts.opened),
        to_director=share_of(counts.director, counts.opened),
        proven=proven,
        recovered=recovered,
        relapsed=relapsed,
        day=day,
        is_mixed=is_mixed,
    )


def took(lengths: Iterable[timedelta], *, of: int | None = None) -> Took:
    """`of`: how many there were, where only some of them, drawn by lot, were measured."""
    known = sorted(lengths)
    return Took(
        median=quantile(known, 0.5),
        most=quantile(known, 0.9),
        n=len(known),
        of=len(known) if of is None else of,
    )


def quantile(lengths: Sequence[timedelta], q: float) -> Length:
    """Of sorted lengths, by nearest rank."""
    n = len(lengths)
    if n == 0:
        return Length(None, (None, None), 0)
    low, high = percentile_ranks(q, n)
    return Length(
        value=lengths[max(1, ceil(q * n)) - 1],
        between=(lengths[low - 1] if low >= 1 else None, lengths[high - 1] if high <= n else None),
        n=n,
    )


def nothing() -> Share:
    return share_of(0, 0)


def _minutes(length: timedelta | None) -> float | None:
    return None if length is None else round(length / timedelta(minutes=1), 1)
