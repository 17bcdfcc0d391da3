"""Drift: a series leaves what was normal for it, though nobody has set a target.

An exponentially weighted moving average of how far each day lies from what its weekday was in an
eight-week baseline, in units of what days of this series differ by:

    z_t = (y_t/n_t - e_dow) / sqrt(D v_dow / n_t)
    s_t = (1 - w) s_{t-1} + w z_t                                  w = 0.2
    limit_k = L sqrt(w / (2 - w) (1 - (1 - w)^{2k}))               L = 3.5, k days with answers

Sources: Roberts 1959; NIST/SEMATECH e-Handbook, § 6.3.2.4; Lucas & Saccucci 1990 (the limits of
the first days). What a baseline is made of: `alerts.logic.baseline`; docs/methods.md has the
false alarms a year and the days until a drop is seen.

How a rule asks, once a local day, of whole days only (today's is not over), and only of those
that are new to it:

    days, standing = carry_on(standing, first, daily, aggregate, scale, since=…, keep=…)
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import sqrt
from typing import Any

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
    since      the day on which it was found to drift this way
    deviation  the average in its own standard errors: beyond `WIDTH` of them it drifts
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
    since: date | None = None
    deviation: float | None = None

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
    return list(series.read(Standing(baseline=baseline, learning=baseline is None), 0))


def carry_on(
    standing: "Standing",
    first: date,
    daily: Sequence[Totals],
    aggregate: Aggregate,
    scale: Scale,
    *,
    since: date,
    keep: date,
    settled: Collection[date] = (),
) -> tuple[list[DriftDay], "Standing"]:
    """The states of the days from `since` on, and the standing after the day `keep`.

    `daily` as for `drift`; what lies before `since` is only learned from, and needed only while
    `standing.learning`: `LONGEST_LEARNING` days of it. `keep` may lie before `since`, then the
    standing is what it was.
    """
    series = _Series(first, daily, aggregate, scale, frozenset(settled), WEIGHT, WIDTH)
    kept, found = replace(standing), []
    for day in series.read(standing, (since - first).days):
        found.append(day)
        if day.day == keep:
            kept = replace(standing)
    return found, kept


def limit(days: float, weight: float = WEIGHT, width: float = WIDTH) -> float:
    """How far the average of so many standard days may lie from 0 (infinite: for good)."""
    return width * sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * days)))


def averaged(average: float, newest: float, weight: float = WEIGHT) -> float:
    """The average with one more value taken in (Roberts 1959)."""
    return (1 - weight) * average + weight * newest


@dataclass(slots=True)
class Standing:
    """What is carried from day to day; `learning_from` None: from the first day with answers."""

    baseline: Baseline | None = None
    learning: bool = True
    learning_from: date | None = None
    average: float = 0.0
    days: int = 0
    direction: str = ""
    since: date | None = None

    def begin_anew(self) -> None:
        self.average, self.days, self.direction, self.since = 0.0, 0, "", None

    def as_json(self) -> dict[str, Any]:
        return {
            "baseline": self.baseline and self.baseline.as_json(),
            "learning": self.learning,
            "learning_from": self.learning_from and self.learning_from.isoformat(),
            "average": self.average,
            "days": self.days,
            "direction": self.direction,
            "since": self.since and self.since.isoformat(),
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Standing":
        """What `as_json` wrote."""
        days = {name: raw[name] for name in ("learning_from", "since")}
        read = {name: each and date.fromisoformat(each) for name, each in days.items()}
        baseline = raw["baseline"] and Baseline.from_json(raw["baseline"])
        return cls(**{**raw, **read, "baseline": baseline})


@dataclass(frozen=True, slots=True)
class _Series:
    first: date
    daily: Sequence[Totals]
    aggregate: Aggregate
    scale: Scale
    settled: frozenset[date]
    weight: float
    width: float

    def read(self, at: Standing, begin: int) -> Iterator[DriftDay]:
        """Each day from a place on, `at` moving along."""
        answered = self._first_answered()
        for place, totals in enumerate(self.daily[begin:], begin):
            today = self.first + timedelta(days=place)
            if at.learning:
                since = at.learning_from
                self._learn(at, place, answered if since is None else (since - self.first).days)
            found = self._judge(at, today, totals)
            if today in self.settled:
                at.learning, at.learning_from = True, today + timedelta(days=1)
                at.begin_anew()
            yield found

    def _first_answered(self) -> int:
        answered = (place for place, totals in enumerate(self.daily) if totals.n > 0)
        return next(answered, len(self.daily))

    def _learn(self, at: Standing, place: int, since: int) -> None:
        """Try at the end of every whole week from the eighth on, until there is a baseline: of
        the newest eight, or where these are too thin of up to 26."""
        past = place - since
        if past < LEARNING_DAYS or past % WEEK:
            return
        for length in {LEARNING_DAYS: 0, min(past, LONGEST_LEARNING): 0}:
            start = place - length
            days = self.daily[start:place]
            found = learn(self.first + timedelta(days=start), days, self.aggregate, self.scale)
            if found is not None:
                at.baseline, at.learning, at.learning_from = found, False, None
                at.begin_anew()
                return

    def _judge(self, at: Standing, today: date, totals: Totals) -> DriftDay:
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
                since=at.since,
            )
        signal = self._step(at, today, base.deviation(day))
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
            since=at.since,
            deviation=at.average * self.width / reach,
        )

    def _step(self, at: Standing, today: date, z: float) -> bool:
        """Take in one day; say whether it begins a drift."""
        at.average = averaged(at.average, z, self.weight)
        at.days += 1
        reach, before = limit(at.days, self.weight, self.width), at.direction
        if abs(at.average) > reach:
            at.direction = "up" if at.average > 0 else "down"
        elif abs(at.average) <= reach / 2:
            at.direction = ""
        signal = at.direction not in ("", before)
        if signal or not at.direction:
            at.since = today if signal else None
        return signal
