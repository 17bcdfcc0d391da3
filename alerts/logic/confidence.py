"""How sure a value is: the ends beyond which a level with `certain: 95%|99%` must lie to fire.

A threshold on the plain value cries wolf wherever answers are few. Here a level fires only when
the bound of the value, not the value itself, lies beyond its line; and the bound knows that days
differ more than their answers explain (`overdispersion`), otherwise many answers would make it
surer than any series is. Formulas and figures: docs/methods.md, "Early warning".

How a rule asks:

    spread = overdispersion(first, daily, aggregate, scale, window=window)   # once a local day
    ends = bounds(totals, aggregate, scale, certainty, spread)               # every window
    fires = ends is not None and surely_beyond(ends, level.interval)

What a whole rule asks for, changes and spreads included: `alerts.logic.certain`.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import permutations
from math import hypot, inf, sqrt

from scipy.special import stdtrit

from cx_loop.logic.bins import Scale
from cx_loop.logic.dispersion import (
    DEFAULT_DISPERSION,
    HISTORY_DAYS,
    WEEK,
    dispersion,
    varying_as,
)
from cx_loop.logic.measures import Measure, day_of, measure_of
from cx_loop.logic.scores import PERCENTILES, Aggregate, alike, interval, value
from cx_loop.logic.totals import Totals

CERTAINTIES = {"95%": 0.95, "99%": 0.99}
Ends = tuple[float, float]

_FEWEST_DAYS = 28  # days with answers, of the eight weeks, that can tell how days differ


def bounds(
    totals: Totals,
    aggregate: Aggregate,
    scale: Scale,
    certainty: float,
    overdispersion: float = 1.0,
) -> Ends | None:
    """Both one-sided bounds of the aggregate, in its unit (shares, rates, NPS in percent).

    The value is below the second with `certainty` (0.95, 0.99), above the first with as much.
    Shares and rates: Wilson 1927; NPS: adjusted Wald, Rocks 2016; means: Student's t; counts:
    exact Poisson, Garwood 1936; percentiles: order statistics, an end that too few values cannot
    give is infinite or the end of the scale. Counts and n are divided by the overdispersion.
    None where there is no honest bound (sd, min, max, sum of durations, an empty window, a mean
    of one): such a window is insufficient, and a rule of such an aggregate cannot be certain.
    """
    found = interval(
        totals,
        aggregate,
        scale,
        2 * certainty - 1,
        dispersion=overdispersion,
        open_ended=True,
    )
    return None if found is None else (found.low, found.high)


def can_be_certain(aggregate: Aggregate, scale: Scale) -> bool:
    """Whether `bounds` exist for it at all: what a rule with `certain` is checked for."""
    return measure_of(aggregate, scale, line=0.0) is not None


def surely_beyond(ends: Ends, healthy: Ends) -> bool:
    """Whether the whole interval lies outside the closed interval of values that do not breach."""
    return ends[1] < healthy[0] or ends[0] > healthy[1]


def difference_bounds(
    totals: Totals,
    base: Totals,
    aggregate: Aggregate,
    scale: Scale,
    certainty: float,
    overdispersion: float = 1.0,
    *,
    percent: bool = False,
) -> Ends | None:
    """One-sided bounds of `totals` minus `base`: a change, or one segment against another.

    In the unit of the aggregate, or with `percent` in percent of the base's absolute value.
    Means: Welch 1947. All else from the bounds of both sides: MOVER, Zou & Donner 2008 (with
    Wilson bounds it is Newcombe 1998, method 10); percent: Donner & Zou 2012. None where a side
    has no bounds, and for percent also where the base cannot be told from 0.
    """
    if aggregate.name == "mean" and not percent:
        return _welch(totals, base, scale, certainty, overdispersion)
    sides = [
        (value(side, aggregate, scale), bounds(side, aggregate, scale, certainty, overdispersion))
        for side in (totals, base)
    ]
    (a, a_ends), (b, b_ends) = sides
    if a is None or b is None or a_ends is None or b_ends is None:
        return None
    if percent:
        return percent_change((a, *a_ends), (b, *b_ends))
    low, high = hypot(a - a_ends[0], b_ends[1] - b), hypot(a_ends[1] - a, b - b_ends[0])
    return a - b - low, a - b + high


def percent_change(
    now: tuple[float, float, float], base: tuple[float, float, float]
) -> Ends | None:
    """Bounds of 100 (a - b) / |b|, each side given as value, low, high (Donner & Zou 2012).

    None where the base may be 0.
    """
    if base[1] <= 0 <= base[2]:
        return None
    if base[0] < 0:  # a rise of a negative NPS stays a rise
        (a, a_low, a_high), (b, b_low, b_high) = now, base
        low, high = _ratio((-a, -a_high, -a_low), (-b, -b_high, -b_low))
        return 100 * (1 - high), 100 * (1 - low)
    low, high = _ratio(now, base)
    return 100 * (low - 1), 100 * (high - 1)


def spread_bounds(
    parts: Sequence[Totals],
    aggregate: Aggregate,
    scale: Scale,
    certainty: float,
    overdispersion: float = 1.0,
) -> Ends | None:
    """Bounds of the largest minus the smallest of several values, never below 0.

    The pair is picked after the fact, so each ordered pair of k gets 1/(k (k - 1)) of the error
    (Bonferroni; Dunn 1961). Parts without a bound are left out; None with fewer than two.
    """
    known = [part for part in parts if bounds(part, aggregate, scale, certainty) is not None]
    pairs = len(known) * (len(known) - 1)
    if not pairs:
        return None
    each = 1 - (1 - certainty) / pairs
    found = [
        difference_bounds(a, b, aggregate, scale, each, overdispersion)
        for a, b in permutations(known, 2)
    ]
    ends = [pair for pair in found if pair is not None]
    if not ends:
        return None
    return max(0.0, *(low for low, _ in ends)), max(high for _, high in ends)


def overdispersion(
    first: date,
    daily: Sequence[Totals],
    aggregate: Aggregate,
    scale: Scale,
    *,
    window: timedelta = timedelta(days=WEEK),
) -> float:
    """How many answers of this series say as much as one independent answer; at least 1.

    `daily`: totals of adjacent local days from `first` on, empty ones included; the last 56 are
    used. They end where the window begins, otherwise the drop a rule waits for would pass for
    noise. `window`: D is that of a sum over so many days, from one to seven (shorter windows are
    held to a day's); see `cx_loop.logic.dispersion`. 1.5 while the series is younger than about
    eight weeks or answered on fewer than 28 of their days, and for what has no bounds anyway. A
    percentile is followed as the share beyond its value over those weeks.
    """
    days, start = list(daily[-HISTORY_DAYS:]), max(0, len(daily) - HISTORY_DAYS)
    measure = followed(Totals.combined(days), aggregate, scale)
    if measure is None or not _long_enough(days, measure):
        return DEFAULT_DISPERSION
    sums = [
        day_of(first + timedelta(days=start + place), totals, measure, scale)
        for place, totals in enumerate(days)
    ]
    summed = min(WEEK, max(1, round(window / timedelta(days=1))))
    return dispersion(sums, [], varying_as(measure, sums), summed_days=summed)[0]


def followed(past: Totals, aggregate: Aggregate, scale: Scale) -> Measure | None:
    """What of the aggregate is followed from day to day; a percentile: the share beyond it."""
    if aggregate.name not in PERCENTILES:
        return measure_of(aggregate, scale)
    line = value(past, aggregate, scale)
    if line is None:
        return None
    above = value(past, Aggregate("share_above", line), scale)
    measure = measure_of(aggregate, scale, line)
    if measure is not None and not above:  # the line is the highest value there is
        return Measure("share", line=line, above=False)
    return measure


def _long_enough(days: Sequence[Totals], measure: Measure) -> bool:
    """Whether the days begin when the series was alive already, and hold enough of it."""
    answered = [totals.n > 0 for totals in days]
    if len(days) < HISTORY_DAYS or not any(answered[:WEEK]):
        return False
    return measure.kind == "count" or sum(answered) >= _FEWEST_DAYS


def _welch(
    now: Totals, base: Totals, scale: Scale, certainty: float, overdispersion: float
) -> Ends | None:
    """Welch's t interval of a difference of means, with Satterthwaite's degrees of freedom."""
    parts = []
    for side in (now, base):
        n = side.n / overdispersion
        if side.n < 2 or n <= 1:
            return None
        sd = value(side, Aggregate("sd"), scale) or alike(side.total / side.n, side.n, scale)
        parts.append((sd**2 / n, n))
    variance = sum(part for part, _ in parts)
    difference = now.total / now.n - base.total / base.n
    if variance == 0:  # nothing but noughts on both sides
        return difference, difference
    df = variance**2 / sum(part**2 / (n - 1) for part, n in parts)
    reach = float(stdtrit(df, certainty)) * sqrt(variance)
    return difference - reach, difference + reach


def _ratio(above: tuple[float, float, float], below: tuple[float, float, float]) -> Ends:
    """Bounds of a / b for b above 0: where MOVER's bound of a - R b is 0 (Donner & Zou 2012)."""
    a, a_low, a_high = above
    b, b_low, b_high = below
    return _root(a, a_low, b, b_high if a_low >= 0 else b_low, -1), _root(
        a, a_high, b, b_low if a_high >= 0 else b_high, 1
    )


def _root(a: float, a_end: float, b: float, b_end: float, side: int) -> float:
    """The R of (b² - (b' - b)²) R² - 2 a b R + a² - (a' - a)² = 0 on the side asked for."""
    if side > 0 and a_end == inf:
        return inf
    if b_end == inf:  # a base that may be anything above leaves nothing of the ratio
        return 0.0
    square, constant = b**2 - (b_end - b) ** 2, a**2 - (a_end - a) ** 2
    root = sqrt(max((a * b) ** 2 - square * constant, 0.0))
    if (a_end >= 0) == (side > 0):  # the root farther from 0
        return (a * b + side * root) / square if square > 0 else side * inf
    divisor = a * b - side * root
    return constant / divisor if divisor else 0.0
