"""Drift: a series leaves what was normal for it, though nobody has set a target.

An exponentially weighted moving average of how far each day lies from what its weekday was in an
eight-week baseline, in units of what days of this series differ by:

    z_t = (y_t/n_t - e_dow) / sqrt(D v_dow / n_t)
    s_t = (1 - w) s_{t-1} + w z_t                                  w = 0.2
    limit_k = L sqrt(w / (2 - w) (1 - (1 - w)^{2k}))               L = 3.5, k days with answers

Sources: Roberts 1959; NIST/SEMATECH e-Handbook, § 6.3.2.4; Lucas & Saccucci 1990 (the limits of
the first days). What a baseline is made of: `alerts.logic.baseline`; docs/methods.md has the
false alarms a year and the days until a drop is seen.

How a rule asks, once a local day, of whole days only (today's is not over):

    days = drift(first, daily, aggregate, scale)
    fires = days[-1].drifted and days[-1].worse(higher_is_better)
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

from alerts.logic.baseline import LEARNING_DAYS, LONGEST_LEARNING, Baseline, learn
from cx_loop.logic.bins import Scale
from cx_loop.logic.dispersion import WEEK
from cx_loop.logic.measures import day_of
from cx_loop.logic.scores import Aggregate
from cx_loop.logic.totals import Totals

WEIGHT = 0.2
WIDTH = 3.5


@dataclass(frozen=True, slots=True)
class DriftDay:
    """What one local day says. Values in the unit of `baseline.measure` (percent, points, …).

    state      learning (no baseline yet), silent (no answers that day), ok, drifted
    drifted    stands from the day the average passes its limit until it is back inside half of
               it; a silent day changes nothing
    signal     the first day of a drift, or of one the other way: what an alert opens on
    direction  up or down while drifted, else empty
    n, value   answers (exposure, 1 for a count) and value of the day; None without answers
    expected   of its weekday by the baseline
    smoothed, low, high   the average and its limits around the baseline's level, to be drawn
    """

    day: date
    state: str
    n: float
    value: float | None = None
    expected: float | None = None
    smoothed: float | None = None
    low: float | None = None
    high: float | None = None
    drifted: bool = False
    signal: bool = False
    direction: str = ""
    baseline: Baseline | None = None

    def worse(self, higher_is_better: bool) -> bool:
        """Whether the drift is bad news for a metric of this direction."""
        if not self.drifted or self.baseline is None:
            return False
        rises = self.baseline.measure.rises_when_better(higher_is_better)
        return (self.direction == "down") == rises


def drift(
    first: date,
    daily: Sequence[Totals],
    aggregate: Aggregate,
    scale: Scale,
    *,
    settled: Collection[date] = (),
    baseline: Baseline | None = None,
    weight: float = WEIGHT,
    width: float = WIDTH,
) -> list[DriftDay]:
    """Every day's state, for adjacent whole local days from `first` on, oldest first.

    `daily`: totals of each day, empty ones included.
    `settled`: days on which people decided what a drift had been (a verdict on a fix, a dismissed
    alert): the average starts anew and eight new weeks are learned from the next day on; the old
    baseline speaks until the new one is ready. Without a decision it is frozen for good: a
    baseline that crept after the data would take the drift for normal.
    `baseline`: one learned before (`Baseline.from_json`), when `daily` begins after it.

    The first day it can speak is the 57th after the series began, later where answers are few
    (see `learn`). Aggregates without usable sampling error stay learning for ever.
    """
    series = _Series(first, daily, aggregate, scale, frozenset(settled), weight, width)
    return series.read(baseline)


def limit(days: float, weight: float = WEIGHT, width: float = WIDTH) -> float:
    """How far the average of so many standard days may lie from 0 (infinite: for good)."""
    return width * sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * days)))


def averaged(average: float, newest: float, weight: float = WEIGHT) -> float:
    """The average with one more value taken in (Roberts 1959)."""
    return (1 - weight) * average + weight * newest


@dataclass(slots=True)
class _Standing:
    """What is carried from day to day."""

    baseline: Baseline | None
    learning_from: int | None
    average: float = 0.0
    days: int = 0
    direction: str = ""


@dataclass(frozen=True, slots=True)
class _Series:
    first: date
    daily: Sequence[Totals]
    aggregate: Aggregate
    scale: Scale
    settled: frozenset[date]
    weight: float
    width: float

    def read(self, baseline: Baseline | None) -> list[DriftDay]:
        at = _Standing(baseline, None if baseline else self._first_answered())
        found = []
        for place, totals in enumerate(self.daily):
            today = self.first + timedelta(days=place)
            self._learn(at, place)
            found.append(self._judge(at, today, totals))
            if today in self.settled:
                at.learning_from, at.average, at.days, at.direction = place + 1, 0.0, 0, ""
        return found

    def _first_answered(self) -> int:
        answered = (place for place, totals in enumerate(self.daily) if totals.n > 0)
        return next(answered, len(self.daily))

    def _learn(self, at: _Standing, place: int) -> None:
        """Try at the end of every whole week from the eighth on, until there is a baseline."""
        if at.learning_from is None:
            return
        past = place - at.learning_from
        if past < LEARNING_DAYS or past % WEEK:
            return
        start = max(at.learning_from, place - LONGEST_LEARNING)
        found = learn(
            self.first + timedelta(days=start), self.daily[start:place], self.aggregate, self.scale
        )
        if found is not None:
            at.baseline, at.learning_from = found, None
            at.average, at.days, at.direction = 0.0, 0, ""

    def _judge(self, at: _Standing, today: date, totals: Totals) -> DriftDay:
        base = at.baseline
        if base is None:
            return DriftDay(today, "learning", float(totals.n))
        day = day_of(today, totals, base.measure, self.scale)
        drifted = bool(at.direction)
        expected = base.measure.factor * base.expected[today.weekday()]
        if day.n <= 0:
            return DriftDay(
                today,
                "silent",
                0.0,
                expected=expected,
                drifted=drifted,
                direction=at.direction,
                baseline=base,
            )
        signal = self._step(at, base.deviation(day))
        reach, centre = limit(at.days, self.weight, self.width), base.level
        return DriftDay(
            today,
            "drifted" if at.direction else "ok",
            day.n,
            value=base.measure.factor * day.total / day.n,
            expected=expected,
            smoothed=centre + at.average * base.unit,
            low=centre - reach * base.unit,
            high=centre + reach * base.unit,
            drifted=bool(at.direction),
            signal=signal,
            direction=at.direction,
            baseline=base,
        )

    def _step(self, at: _Standing, z: float) -> bool:
        """Take in one day; say whether it begins a drift."""
        at.average = averaged(at.average, z, self.weight)
        at.days += 1
        reach, before = limit(at.days, self.weight, self.width), at.direction
        if abs(at.average) > reach:
            at.direction = "up" if at.average > 0 else "down"
        elif abs(at.average) <= reach / 2:
            at.direction = ""
        return at.direction not in ("", before)
