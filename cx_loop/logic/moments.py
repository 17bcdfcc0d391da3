"""Moments of truth: what was expected, what was met, and how one answers it.

Experience E and expectation X stand on 0..5, so satisfaction S = E − X stands on −5..+5. It is a
diagnosis: measured satisfaction (2E − 5, on the same −5..+5) is what decisions run on, because
stated satisfaction follows perceived quality and hardly the gap (decision 0022).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cx_loop.logic.bins import Scale
from cx_loop.logic.dispersion import DEFAULT_DISPERSION
from cx_loop.logic.scores import Aggregate, interval, value
from cx_loop.logic.totals import Totals

HIGHEST = 5.0  # of experience and expectation; satisfaction goes as far on both sides of 0
TYPES = ("product", "service", "brand", "virtual", "emotional", "social")
POLARITIES = ("positive", "neutral", "negative")
ANSWERS = {"positive": "reinforce", "neutral": "streamline", "negative": "recover"}
ANSWER_WORDS = tuple(ANSWERS.values())
READINGS = ("mean", "top_box")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its two-sided 95 % interval (None where it cannot be told) and n answers.

    n 0: it was set by somebody rather than measured, and is taken as exact.
    """

    value: float
    low: float | None
    high: float | None
    n: int

    @classmethod
    def stated(cls, value: float) -> "Estimate":
        return cls(value, value, value, 0)

    def moved(self, factor: float, shift: float) -> "Estimate":
        """factor · value + shift; `factor` above 0."""
        ends = [None if end is None else factor * end + shift for end in (self.low, self.high)]
        return Estimate(factor * self.value + shift, ends[0], ends[1], self.n)


def experience(
    totals: Totals, scale: Scale, *, higher_is_better: bool = True, reading: str = "mean"
) -> Estimate | None:
    """What customers met, on 0..5; None without answers.

    mean      5 (mean − lowest) / (highest − lowest) of the scale; mirrored where lower is better
    top_box   5 times the share in the two highest scores

    The interval is Student's t or Wilson's, of n / 1.5: days have a life of their own, and 1.5 is
    what is assumed of it (`dispersion.py`). Raises ValueError for a metric without a scale, and
    for a top box where low scores are the good ones.
    """
    if not scale.bounded:
        raise ValueError(f"A {scale.kind} metric has no scale to read experience from.")
    if reading == "top_box" and not higher_is_better:
        raise ValueError("The top box of a metric where lower is better is its worst scores.")
    asked = Aggregate(reading)
    found = value(totals, asked, scale)
    if found is None:
        return None
    ends = interval(totals, asked, scale, dispersion=DEFAULT_DISPERSION)
    low, high = (ends.low, ends.high) if ends else (None, None)
    bottom, top = (0.0, 100.0) if reading == "top_box" else scale.ends
    unit = HIGHEST / (top - bottom)
    told = _on_five(Estimate(found, low, high, totals.n).moved(unit, -unit * bottom))
    return told if higher_is_better else _mirrored(told)


def satisfaction(met: Estimate, expected: Estimate) -> Estimate:
    """S = E − X on −5..+5, with the interval of a difference by MOVER (Zou & Donner 2008).

    Both on 0..5, otherwise ValueError. n is that of the experience.
    """
    for each in (met, expected):
        if not 0 <= each.value <= HIGHEST:
            raise ValueError(f"{each.value:g} is not on 0..5.")
    found = met.value - expected.value
    low = _reach([met.value, -expected.value], [met.low, _negative(expected.high)])
    high = _reach([met.value, -expected.value], [met.high, _negative(expected.low)])
    return Estimate(
        found, None if low is None else found - low, None if high is None else found + high, met.n
    )


def measured(met: Estimate) -> Estimate:
    """Measured satisfaction on −5..+5: 2E − 5, so that the middle of the scale is 0."""
    return met.moved(2.0, -HIGHEST)


def together(parts: Sequence[tuple[Estimate, float]]) -> Estimate | None:
    """One score of several segments: Σ w n S / Σ w n, with the weight w of each segment.

    The interval is that of a sum of independent parts by MOVER (Zou, Huang & Zhang 2009). Parts
    without answers weigh nothing; None where no part has any. Raises ValueError for a negative
    weight.
    """
    if any(weight < 0 for _, weight in parts):
        raise ValueError("The weight of a segment is 0 or more.")
    whole = sum(weight * part.n for part, weight in parts)
    if whole <= 0:
        return None
    shares = [(part, weight * part.n / whole) for part, weight in parts if weight * part.n > 0]
    values = [share * part.value for part, share in shares]
    lows = [None if part.low is None else share * part.low for part, share in shares]
    highs = [None if part.high is None else share * part.high for part, share in shares]
    found, below, above = sum(values), _reach(values, lows), _reach(values, highs)
    return Estimate(
        found,
        None if below is None else found - below,
        None if above is None else found + above,
        sum(part.n for part, _ in shares),
    )


def polarity(score: float, neutral: float = 1.0) -> str:
    """positive, neutral or negative: neutral from −`neutral` to +`neutral`, both included.

    Raises ValueError for a negative band.
    """
    if neutral < 0:
        raise ValueError("The neutral band is 0 or wider.")
    if abs(score) <= neutral:
        return "neutral"
    return "positive" if score > 0 else "negative"


def is_certain(score: Estimate, neutral: float = 1.0) -> bool:
    """Whether both ends of the interval have the polarity of the score."""
    if score.low is None or score.high is None:
        return False
    return polarity(score.low, neutral) == polarity(score.high, neutral)


def _reach(values: Sequence[float], ends: Sequence[float | None]) -> float | None:
    """How far the interval of a sum reaches to one side; None where one end is not known."""
    squares = [
        None if end is None else (value - end) ** 2 for value, end in zip(values, ends, strict=True)
    ]
    known = [square for square in squares if square is not None]
    return math.sqrt(sum(known)) if len(known) == len(squares) else None


def _negative(end: float | None) -> float | None:
    return None if end is None else -end


def _on_five(found: Estimate) -> Estimate:
    """Within 0..5: rounding, and Student's t, may lead a little beyond the scale."""
    ends = [None if end is None else min(max(end, 0.0), HIGHEST) for end in (found.low, found.high)]
    return Estimate(min(max(found.value, 0.0), HIGHEST), ends[0], ends[1], found.n)


def _mirrored(found: Estimate) -> Estimate:
    low, high = found.high, found.low
    return Estimate(
        HIGHEST - found.value,
        None if low is None else HIGHEST - low,
        None if high is None else HIGHEST - high,
        found.n,
    )
