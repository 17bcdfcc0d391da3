"""Confidence intervals of plain numbers: proportions, net promoter scores, counts, quantiles.

Fractions in and out, two-sided; each names its source.
"""

import math
from bisect import bisect_left, bisect_right

# not scipy.stats, which takes longer to import than all these together
from scipy.special import bdtr, chdtri, ndtri, stdtrit


def wilson(count: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Score interval of a proportion, as fractions (Wilson 1927; Newcombe 1998, method 3)."""
    z = _z(confidence)
    p = count / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # at the ends the formula is exact on paper only, otherwise 0 of 20 would start at 1e-18
    low = 0.0 if count <= 0 else max(0.0, centre - half)
    high = 1.0 if count >= n else min(1.0, centre + half)
    return low, high


def nps_variance(promoters: float, detractors: float) -> float:
    """Variance of one answer scored +1, 0, −1, from both shares as fractions: p + d − (p − d)²."""
    return promoters + detractors - (promoters - detractors) ** 2


def nps_adjusted_wald(
    promoters: float, detractors: float, n: float, confidence: float = 0.95
) -> tuple[float, float]:
    """Interval of the net promoter score, as fractions in [−1, 1].

    Adjusted Wald (Rocks 2016, The American Statistician 70(4)): 3 answers are added, three
    quarters of one to the promoters and as much to the detractors.
    """
    n = n + 3
    p, d = (promoters + 0.75) / n, (detractors + 0.75) / n
    half = _z(confidence) * math.sqrt(nps_variance(p, d) / n)
    return max(-1.0, p - d - half), min(1.0, p - d + half)


def poisson(count: float, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of a Poisson count through chi-square (Garwood 1936)."""
    tail = (1 - confidence) / 2
    low = float(chdtri(2 * count, 1 - tail)) / 2 if count > 0 else 0.0
    return low, float(chdtri(2 * count + 2, tail)) / 2


def percentile_ranks(q: float, n: int, confidence: float = 0.95) -> tuple[int, int]:
    """Ranks, from 1, whose values enclose the q-quantile of n values (Conover 1999, § 3.2).

    Rank 0 or n + 1 says that n values are too few for that end.
    """
    tail = (1 - confidence) / 2
    below = bisect_right(range(n), tail, key=lambda k: float(bdtr(k, n, q)))
    upto = bisect_left(range(n), 1 - tail, key=lambda k: float(bdtr(k, n, q)))
    return below, upto + 1


def mean_t(mean: float, sd: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Student's t interval of a mean (NIST/SEMATECH e-Handbook, § 1.3.5.2)."""
    half = float(stdtrit(n - 1, (1 + confidence) / 2)) * sd / math.sqrt(n)
    return mean - half, mean + half


def _z(confidence: float) -> float:
    return float(ndtri((1 + confidence) / 2))
