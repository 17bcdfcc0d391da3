"""Intervals of a difference between two samples, as people are shown them: before and after.

Two-sided; each names its source. A verdict has bounds of its own (`tasks.logic.evidence`), which
are stricter at early looks and take out what moved everywhere.
"""

from collections.abc import Mapping
from math import ceil, hypot, inf, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from cx_loop.logic.intervals import nps_adjusted_wald, poisson, wilson

Ends = tuple[float, float]

RESAMPLES = 2_000


def mover(later: float, ends: Ends, before: float, before_ends: Ends) -> Ends:
    """Interval of later - before from both estimates and their intervals (Zou & Donner 2008)."""
    change = later - before
    low = hypot(later - ends[0], before_ends[1] - before)
    high = hypot(ends[1] - later, before - before_ends[0])
    return change - low, change + high


def newcombe(count: float, n: float, count_before: float, n_before: float) -> Ends:
    """Difference of two proportions, as fractions (Newcombe 1998, method 10)."""
    sides = (wilson(count, n), wilson(count_before, n_before))
    return mover(count / n, sides[0], count_before / n_before, sides[1])


def nps_change(later: tuple[float, float, float], before: tuple[float, float, float]) -> Ends:
    """Difference of two net promoter scores, each (promoters, detractors, n), as fractions.

    MOVER on adjusted Wald intervals (Rocks 2016; Zou & Donner 2008).
    """
    (p, d, n), (p_b, d_b, n_b) = later, before
    return mover(
        (p - d) / n, nps_adjusted_wald(*later), (p_b - d_b) / n_b, nps_adjusted_wald(*before)
    )


def welch(
    later: tuple[float, float, float], before: tuple[float, float, float], confidence: float = 0.95
) -> Ends:
    """Difference of two means, each (mean, variance of one answer, n) (Welch 1947)."""
    parts = [(variance / n, n) for _, variance, n in (later, before)]
    error = sum(part for part, _ in parts)
    change = later[0] - before[0]
    if error <= 0:
        return change, change
    spare = sum(part**2 / (n - 1) if n > 1 else inf for part, n in parts)
    df = error**2 / spare
    reach = float(stdtrit(df, (1 + confidence) / 2)) * sqrt(error) if df > 0 else inf
    return change - reach, change + reach


def rate_change(
    events: float, exposure: float, events_before: float, exposure_before: float
) -> Ends:
    """Difference of two Poisson rates, MOVER on exact intervals (Garwood 1936; Li et al. 2011)."""
    later, before = events / exposure, events_before / exposure_before
    ends = [end / exposure for end in poisson(events)]
    ends_before = [end / exposure_before for end in poisson(events_before)]
    return mover(later, (ends[0], ends[1]), before, (ends_before[0], ends_before[1]))


def percentile_change(
    later: Mapping[float, float],
    before: Mapping[float, float],
    q: float,
    *,
    confidence: float = 0.95,
) -> Ends:
    """Difference of two percentiles by percentile bootstrap (Efron 1979; Efron & Tibshirani 1993,
    13.3), of values and how many there are of each. Shown, never judged by: it is five times as
    wide as a median's. The same draws for the same numbers, otherwise a page would say something
    else each time it is opened.
    """
    seed = [round(sum(side.values())) for side in (later, before)]
    rng = np.random.default_rng(seed)
    draws = [_resampled(side, q, rng) for side in (later, before)]
    tail = (1 - confidence) / 2
    low, high = np.quantile(draws[0] - draws[1], (tail, 1 - tail))
    return float(low), float(high)


def _resampled(
    counts: Mapping[float, float], q: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """The percentile, by nearest rank, of each of the draws with replacement."""
    values = np.array(sorted(counts), dtype=np.float64)
    many = np.array([counts[value] for value in values], dtype=np.float64)
    n = max(1, round(float(many.sum())))
    drawn = rng.multinomial(n, many / many.sum(), RESAMPLES).cumsum(axis=1)
    found: NDArray[np.float64] = values[(drawn >= ceil(q * n - 1e-9)).argmax(axis=1)]
    return found
