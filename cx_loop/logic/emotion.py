"""One line of an emotion curve, for a segment or for all: each touchpoint with what it means."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cx_loop.logic.moments import (
    Estimate,
    is_certain,
    measured,
    polarity,
    satisfaction,
    together,
)
from cx_loop.logic.peak_end import Recall, end_of, journey_score, peak_of
from cx_loop.logic.priority import Factors, gap, places, priority, quadrant


@dataclass(frozen=True, slots=True)
class Weighing:
    """`by_gap`: priority, matrix and polarity follow the gap to expectation, not the measured."""

    by_gap: bool = False
    neutral: float = 1.0
    recall: Recall = field(default_factory=Recall)
    factors: Factors = field(default_factory=Factors)


@dataclass(frozen=True, slots=True)
class Stop:
    """What is stated of a touchpoint: its share of importance, its goal on −5..+5, and the share
    of customers who pass it (None: judged by the answers)."""

    importance: float
    goal: float
    reach: float | None = None


@dataclass(frozen=True, slots=True)
class Met:
    """What one segment met at one touchpoint, and had expected; both on 0..5."""

    experience: Estimate | None
    expectation: Estimate

    @property
    def n(self) -> int:
        return self.experience.n if self.experience else 0


@dataclass(frozen=True, slots=True)
class Moment:
    """A touchpoint on the line; None is what cannot be said without answers.

    `expectation` of all segments together is that of those who answered; `is_peak` is of what
    decides, not of the gap.
    """

    n: int
    experience: Estimate | None
    expectation: Estimate | None
    satisfaction: Estimate | None
    measured: Estimate | None
    is_peak: bool
    is_end: bool
    polarity: str | None
    is_certain: bool
    gap: float | None
    reach: float
    priority: float | None
    place: int | None
    quadrant: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """The moments in the order of the journey, and what it is remembered as, on −5..+5: by the
    gap to expectation, and by what was measured. `peak`: the place of the peak of the gap."""

    moments: tuple[Moment, ...]
    peak: int | None
    satisfaction: float | None
    measured: float | None


@dataclass(frozen=True, slots=True)
class _Scores:
    experience: Estimate | None
    expectation: Estimate | None
    satisfaction: Estimate | None
    measured: Estimate | None
    weighed: float  # answers, each with the weight of its segment

    @property
    def n(self) -> int:
        return self.experience.n if self.experience else 0


def line_of(
    stops: Sequence[Stop], met: Sequence[Sequence[tuple[Met, float]]], weighing: Weighing
) -> Line:
    """`met`: for each stop what each segment met, with the segment's weight; one segment for a
    line of its own. Raises ValueError where there is not one entry a stop."""
    if len(stops) != len(met):
        raise ValueError("There is one entry for each touchpoint.")
    scores = [_scores(parts) for parts in met]
    deciding = [each.satisfaction if weighing.by_gap else each.measured for each in scores]
    values = [each.value if each else None for each in deciding]
    peak, end, most = peak_of(values), end_of(values), max((s.weighed for s in scores), default=0)
    moments = []
    for at, (stop, score, decides) in enumerate(zip(stops, scores, deciding, strict=True)):
        passed = score.weighed / most if stop.reach is None and most else stop.reach or 0.0
        moments.append(
            _moment(stop, score, decides, passed, (at == peak, at == end), len(stops), weighing)
        )
    ranked = places([each.priority for each in moments])
    told = [replace(each, place=place) for each, place in zip(moments, ranked, strict=True)]
    gaps = [_value(each.satisfaction) for each in scores]
    return Line(
        tuple(told),
        peak_of(gaps),
        journey_score(gaps, weighing.recall),
        journey_score([_value(each.measured) for each in scores], weighing.recall),
    )


def _scores(parts: Sequence[tuple[Met, float]]) -> _Scores:
    there = [
        (each, each.experience, weight) for each, weight in parts if each.experience and each.n
    ]
    experience = together([(met, weight) for _, met, weight in there])
    gaps = [(satisfaction(met, each.expectation), weight) for each, met, weight in there]
    expected = [(_as_of(each.expectation, met.n), weight) for each, met, weight in there]
    return _Scores(
        experience,
        together(expected),
        together(gaps),
        measured(experience) if experience else None,
        sum(weight * met.n for _, met, weight in there),
    )


def _moment(
    stop: Stop,
    score: _Scores,
    decides: Estimate | None,
    reach: float,
    remembered: tuple[bool, bool],
    stops: int,
    weighing: Weighing,
) -> Moment:
    size = gap(decides.value, stop.goal) if decides else None
    return Moment(
        n=score.n,
        experience=score.experience,
        expectation=score.expectation,
        satisfaction=score.satisfaction,
        measured=score.measured,
        is_peak=remembered[0],
        is_end=remembered[1],
        polarity=polarity(decides.value, weighing.neutral) if decides else None,
        is_certain=decides is not None and is_certain(decides, weighing.neutral),
        gap=size,
        reach=reach,
        priority=None
        if size is None
        else priority(
            importance=stop.importance,
            gap=size,
            reach=reach,
            is_peak=remembered[0],
            is_end=remembered[1],
            factors=weighing.factors,
        ),
        place=None,
        quadrant=quadrant(decides.value, stop.goal, stop.importance, stops) if decides else None,
    )


def _as_of(expectation: Estimate, n: int) -> Estimate:
    """What was expected by those who answered: it weighs as they do."""
    return replace(expectation, n=n)


def _value(estimate: Estimate | None) -> float | None:
    return estimate.value if estimate else None
