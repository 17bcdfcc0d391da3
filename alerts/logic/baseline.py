"""What is normal for a series: its weekdays over eight weeks, and how much its days differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite, sqrt
from typing import Any

from alerts.logic.confidence import followed
from cx_loop.logic.bins import Scale
from cx_loop.logic.dispersion import (
    HISTORY_DAYS,
    WEEK,
    answer_variance,
    dispersion,
    rarer,
    variance_over,
    varying_as,
)
from cx_loop.logic.measures import Day, Measure, day_of
from cx_loop.logic.scores import Aggregate
from cx_loop.logic.totals import Totals

LEARNING_DAYS = HISTORY_DAYS
LONGEST_LEARNING = 26 * WEEK  # a thin series learns longer; still thinner, it never speaks
LEAST_ANSWERS = 100
LEAST_RARE = 30  # of the rarer outcome, otherwise two of them would look like a drift
_LEAST_DAYS = 28


@dataclass(frozen=True, slots=True)
class Baseline:
    """Eight weeks (or more) of a series, frozen. Values are raw ratios, times `measure.factor`
    in the unit people read.

    expected   by weekday, Monday first
    variance   of one answer, by weekday
    dispersion how many answers say as much as one independent answer, day by day
    day_size   mean answers of a day that had some
    """

    start: date
    end: date  # the last day
    measure: Measure
    n: float
    mean: float
    expected: tuple[float, ...]
    variance: tuple[float, ...]
    dispersion: float
    day_size: float

    @property
    def level(self) -> float:
        """The mean over all days, in the unit of the measure."""
        return self.measure.factor * self.mean

    @property
    def unit(self) -> float:
        """One standard deviation of an ordinary day, in the unit of the measure."""
        variance = sum(self.variance) / WEEK
        return self.measure.factor * sqrt(self.dispersion * variance / self.day_size)

    def deviation(self, day: Day) -> float:
        """z of a day that has answers."""
        weekday = day.date.weekday()
        spread = sqrt(self.dispersion * self.variance[weekday] / day.n)
        return (day.total / day.n - self.expected[weekday]) / spread

    def as_json(self) -> dict[str, Any]:
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "measure": self.measure.as_json(),
            "n": self.n,
            "mean": self.mean,
            "expected": list(self.expected),
            "variance": list(self.variance),
            "dispersion": self.dispersion,
            "day_size": self.day_size,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Baseline":
        """What `as_json` wrote."""
        return cls(
            **dict(raw)
            | {
                "start": date.fromisoformat(raw["start"]),
                "end": date.fromisoformat(raw["end"]),
                "measure": Measure(**raw["measure"]),
                "expected": tuple(raw["expected"]),
                "variance": tuple(raw["variance"]),
            }
        )


def learn(
    first: date, daily: Sequence[Totals], aggregate: Aggregate, scale: Scale
) -> Baseline | None:
    """The baseline of adjacent local days from `first` on, or None while they are too few.

    Needed are 28 days with answers, 100 answers and 30 of the rarer outcome (30 events; 30 of
    the fewer of promoters and others); otherwise a single answer would pass for a drift. None
    also for an aggregate without usable sampling error, and for a series that never varies.
    """
    measure = followed(Totals.combined(daily), aggregate, scale)
    if measure is None:
        return None
    days = [
        day_of(first + timedelta(days=place), totals, measure, scale)
        for place, totals in enumerate(daily)
    ]
    varying = varying_as(measure, days)
    variance = variance_over(days, varying)
    answered = [day for day in days if day.n > 0]
    if not _enough(days, varying) or not isfinite(variance) or variance <= 0:
        return None
    n, total = sum(day.n for day in days), sum(day.total for day in days)
    spread, _ = dispersion(days, [], varying, summed_days=1)
    expected = _weekdays(days, spread * variance)
    return Baseline(
        start=first,
        end=days[-1].date,
        measure=measure,
        n=n,
        mean=total / n,
        expected=expected,
        variance=tuple(_variance_at(each, n, varying, variance) for each in expected),
        dispersion=spread,
        day_size=n / len(answered),
    )


def _enough(days: Sequence[Day], measure: Measure) -> bool:
    n, total = sum(day.n for day in days), sum(day.total for day in days)
    squares = sum(day.squares for day in days)
    many = measure.kind == "count" or n >= LEAST_ANSWERS
    answered = sum(day.n > 0 for day in days) >= _LEAST_DAYS
    return many and answered and rarer(measure.kind, n, total, squares) >= LEAST_RARE


def _variance_at(expected: float, n: float, measure: Measure, pooled: float) -> float:
    """Variance of one answer where so much is expected; of means and NPS that of all answers."""
    if measure.kind in ("mean", "nps"):
        return pooled
    return answer_variance(measure.kind, n, expected * n, expected * n)


def _weekdays(days: Sequence[Day], variance: float) -> tuple[float, ...]:
    """What each weekday brings, drawn towards the mean as far as chance explains it.

    e_dow = m + t^2 / (t^2 + D v / n_dow) (y_dow / n_dow - m), t^2 the variance between weekdays
    by the method of moments (DerSimonian & Laird 1986; shrinkage: Morris 1983). At five answers
    a day the plain weekday means are mostly noise, and noise in the baseline is what false alarms
    are made of. `variance`: D v.
    """
    n, total = [0.0] * WEEK, [0.0] * WEEK
    for day in days:
        n[day.date.weekday()] += day.n
        total[day.date.weekday()] += day.total
    mean, everything = sum(total) / sum(n), sum(n)
    seen = [(size, each / size) for size, each in zip(n, total, strict=True) if size > 0]
    q = sum(size * (each - mean) ** 2 for size, each in seen) / variance
    free = everything - sum(size**2 for size, _ in seen) / everything
    between = max(0.0, (q - (len(seen) - 1)) * variance / free) if free > 0 else 0.0
    return tuple(
        mean + between / (between + variance / size) * (each / size - mean) if size > 0 else mean
        for size, each in zip(n, total, strict=True)
    )
