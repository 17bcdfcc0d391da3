"""`confidence.bounds` of thousands of windows at once, for rules tried on stored history.

The same formulas as `cx_loop.logic.intervals`, on arrays; that both give the same is a test.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri, ndtri, stdtrit

from alerts.logic.confidence import can_be_certain, percent_change
from cx_loop.logic.bins import Scale
from cx_loop.logic.intervals import percentile_ranks
from cx_loop.logic.scores import PERCENTILES, Aggregate
from cx_loop.logic.timelines import Floats, Integers, Timeline

Bounds = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows [start, end) of a group's history, in seconds since 1970 on the bounds of buckets."""

    timeline: Timeline
    starts: Floats
    ends: Floats

    def values(self, aggregate: Aggregate, scale: Scale) -> tuple[Floats, Floats]:
        return self.timeline.values(self.starts, self.ends, aggregate, scale)

    def at_ranks(self, ranks: Integers, scale: Scale) -> Floats:
        return self.timeline.at_ranks(self.starts, self.ends, ranks, scale)


def bounds_over(
    windows: Windows,
    aggregate: Aggregate,
    scale: Scale,
    certainty: float,
    overdispersion: float | Floats = 1.0,
) -> Bounds:
    """Both one-sided bounds of every window, NaN where there are none.

    Arguments and unit as for `confidence.bounds`; one overdispersion for all windows or one for
    each.
    """
    if not can_be_certain(aggregate, scale):
        return np.full(len(windows.starts), np.nan), np.full(len(windows.starts), np.nan)
    spread = _each(overdispersion, windows)
    with np.errstate(divide="ignore", invalid="ignore"):
        if aggregate.name in PERCENTILES:
            return _of_percentiles(windows, aggregate, scale, certainty, spread)
        values, samples = windows.values(aggregate, scale)
        n = samples / spread
        if aggregate.name in {"count", "sum"}:
            return _poisson(values / spread, certainty, spread)
        if aggregate.name == "rate":
            return _of_rates(values, n, certainty)
        if aggregate.name == "mean":
            reach = stdtrit(np.where(n > 1, n - 1, np.nan), certainty)
            reach = reach * np.sqrt(_variances(windows, scale) / n)
            return values - reach, values + reach
        if aggregate.name == "nps":
            promoters, _ = windows.values(Aggregate("share_above", 8), scale)
            detractors, _ = windows.values(Aggregate("share_below", 7), scale)
            return _adjusted_wald(promoters / 100, detractors / 100, n, certainty)
        return _wilson(values / 100, n, certainty)


def difference_bounds_over(
    windows: Windows,
    base: Windows,
    aggregate: Aggregate,
    scale: Scale,
    certainty: float,
    overdispersion: float | Floats = 1.0,
    *,
    percent: bool = False,
) -> Bounds:
    """`confidence.difference_bounds` of every window against the one at its place in `base`."""
    if aggregate.name == "mean" and not percent:
        return _welch(windows, base, scale, certainty, overdispersion)
    sides = []
    for side in (windows, base):
        values, _ = side.values(aggregate, scale)
        sides.append((values, *bounds_over(side, aggregate, scale, certainty, overdispersion)))
    if percent:
        return _percent_changes(*sides)
    (a, a_low, a_high), (b, b_low, b_high) = sides
    low, high = np.hypot(a - a_low, b_high - b), np.hypot(a_high - a, b - b_low)
    return a - b - low, a - b + high


def _each(overdispersion: float | Floats, windows: Windows) -> Floats:
    spread = np.asarray(overdispersion, dtype=np.float64)
    return np.broadcast_to(spread, windows.starts.shape)


def _variances(windows: Windows, scale: Scale) -> Floats:
    """Of one value; where all are alike as `scores.alike` has it."""
    means, n = windows.values(Aggregate("mean"), scale)
    deviations, _ = windows.values(Aggregate("sd"), scale)
    step = scale.step if scale.bounded else np.abs(means)
    variances: Floats = np.where(deviations == 0, step**2 / (n + 1), deviations**2)
    return variances


def _welch(
    windows: Windows,
    base: Windows,
    scale: Scale,
    certainty: float,
    overdispersion: float | Floats,
) -> Bounds:
    spread = _each(overdispersion, windows)
    with np.errstate(divide="ignore", invalid="ignore"):
        (a, a_n), (b, b_n) = (side.values(Aggregate("mean"), scale) for side in (windows, base))
        parts = []
        for side, n in ((windows, a_n / spread), (base, b_n / spread)):
            parts.append((_variances(side, scale) / np.where(n > 1, n, np.nan), n))
        variance = parts[0][0] + parts[1][0]
        df = variance**2 / sum(part**2 / (n - 1) for part, n in parts)
        reach = np.where(variance == 0, 0, stdtrit(df, certainty) * np.sqrt(variance))
        return a - b - reach, a - b + reach


def _percent_changes(
    now: tuple[Floats, Floats, Floats], base: tuple[Floats, Floats, Floats]
) -> Bounds:
    """Window by window: few rules ask for it, and its cases are many."""
    found = [
        None if np.isnan([*a, *b]).any() else percent_change(a, b)
        for a, b in zip(zip(*now, strict=True), zip(*base, strict=True), strict=True)
    ]
    pairs = [(np.nan, np.nan) if ends is None else ends for ends in found]
    low, high = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    return low, high


def _wilson(p: Floats, n: Floats, certainty: float) -> Bounds:
    z = ndtri(certainty)
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low, high = np.maximum(centre - half, 0), np.minimum(centre + half, 1)
    return 100 * np.where(p <= 0, p * 0, low), 100 * np.where(p >= 1, p * 0 + 1, high)


def _adjusted_wald(promoters: Floats, detractors: Floats, n: Floats, certainty: float) -> Bounds:
    p = (promoters * n + 0.75) / (n + 3)
    d = (detractors * n + 0.75) / (n + 3)
    half = ndtri(certainty) * np.sqrt((p + d - (p - d) ** 2) / (n + 3))
    return 100 * np.maximum(p - d - half, -1), 100 * np.minimum(p - d + half, 1)


def _poisson(events: Floats, certainty: float, factor: Floats) -> Bounds:
    low = np.where(events > 0, chdtri(2 * events, certainty) / 2, 0)
    return low * factor, chdtri(2 * events + 2, 1 - certainty) / 2 * factor


def _of_rates(percent: Floats, n: Floats, certainty: float) -> Bounds:
    shares = _wilson(percent / 100, n, certainty)
    counts = _poisson(percent / 100 * n, certainty, 100 / n)
    some = percent <= 100
    return np.where(some, shares[0], counts[0]), np.where(some, shares[1], counts[1])


def _of_percentiles(
    windows: Windows, aggregate: Aggregate, scale: Scale, certainty: float, spread: Floats
) -> Bounds:
    n = windows.values(Aggregate("count"), scale)[0].astype(np.int64)
    independent = np.floor(n / spread).astype(np.int64)
    below, above = _ranks(independent, PERCENTILES[aggregate.name] / 100, 2 * certainty - 1)
    lowest, highest = scale.ends if scale.bounded else (0.0, np.inf)
    one = np.maximum(independent, 1)
    low = windows.at_ranks(np.where(below > 0, below * n // one, 0), scale)
    known = above <= independent
    high = windows.at_ranks(np.where(known, -(-above * n // one), 0), scale)
    low, high = np.where(below > 0, low, lowest), np.where(known, high, highest)
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def _ranks(n: Integers, q: float, confidence: float) -> tuple[Integers, Integers]:
    """`percentile_ranks` of each n; windows of a history share few different ones."""
    different, which = np.unique(n, return_inverse=True)
    found: npt.NDArray[np.int64] = np.array(
        [percentile_ranks(q, each, confidence) if each else (0, 1) for each in different.tolist()],
        dtype=np.int64,
    ).reshape(-1, 2)
    return found[which, 0], found[which, 1]
