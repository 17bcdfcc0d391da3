"""`confidence.bounds` of thousands of windows at once, for rules tried on stored history.

The same formulas as `cx_loop.logic.intervals`, on arrays; that both give the same is a test.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri, ndtri, stdtrit

from alerts.logic.confidence import can_be_certain
from cx_loop.logic.bins import Scale
from cx_loop.logic.intervals import percentile_ranks
from cx_loop.logic.scores import PERCENTILES, Aggregate
from cx_loop.logic.timelines import Floats, Integers, Timeline

Bounds = tuple[Floats, Floats]


def bounds_over(
    timeline: Timeline,
    starts: Floats,
    ends: Floats,
    aggregate: Aggregate,
    scale: Scale,
    certainty: float,
    overdispersion: float | Floats = 1.0,
) -> Bounds:
    """Both one-sided bounds of every window [start, end), NaN where there are none.

    Arguments and unit as for `Timeline.values` and `confidence.bounds`; one overdispersion for
    all windows or one for each.
    """
    nothing = np.full(len(starts), np.nan)
    if not can_be_certain(aggregate, scale):
        return nothing, nothing.copy()
    spread = np.broadcast_to(np.asarray(overdispersion, dtype=np.float64), starts.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        if aggregate.name in PERCENTILES:
            return _of_percentiles(timeline, starts, ends, aggregate, scale, certainty, spread)
        values, samples = timeline.values(starts, ends, aggregate, scale)
        n = samples / spread
        if aggregate.name in {"count", "sum"}:
            return _poisson(values / spread, certainty, spread)
        if aggregate.name == "rate":
            return _of_rates(values, n, certainty)
        if aggregate.name == "mean":
            deviations, _ = timeline.values(starts, ends, Aggregate("sd"), scale)
            reach = stdtrit(np.where(n > 1, n - 1, np.nan), certainty) * deviations / np.sqrt(n)
            return values - reach, values + reach
        if aggregate.name == "nps":
            promoters, _ = timeline.values(starts, ends, Aggregate("share_above", 8), scale)
            detractors, _ = timeline.values(starts, ends, Aggregate("share_below", 7), scale)
            return _adjusted_wald(promoters / 100, detractors / 100, n, certainty)
        return _wilson(values / 100, n, certainty)


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
    timeline: Timeline,
    starts: Floats,
    ends: Floats,
    aggregate: Aggregate,
    scale: Scale,
    certainty: float,
    spread: Floats,
) -> Bounds:
    n = timeline.values(starts, ends, Aggregate("count"), scale)[0].astype(np.int64)
    independent = np.floor(n / spread).astype(np.int64)
    below, above = _ranks(independent, PERCENTILES[aggregate.name] / 100, 2 * certainty - 1)
    lowest, highest = scale.ends if scale.bounded else (0.0, np.inf)
    one = np.maximum(independent, 1)
    low = timeline.at_ranks(starts, ends, np.where(below > 0, below * n // one, 0), scale)
    known = above <= independent
    high = timeline.at_ranks(starts, ends, np.where(known, -(-above * n // one), 0), scale)
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
