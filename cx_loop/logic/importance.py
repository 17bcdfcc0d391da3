"""How much each touchpoint makes of overall satisfaction: by Johnson's weights, or as stated."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST_PAIRS = 100  # answers of the same customers, for a correlation to be used
FEWEST_TO_RANK = 200  # below this the best of six is found in two of three cases only
DRAWS = 300
_FLAT = 1e-9  # an eigenvalue below: one touchpoint is a sum of others
_FLOOR = 1e-4


@dataclass(frozen=True, slots=True)
class Driver:
    """One touchpoint: `share` of what can be explained (of all drivers together 1); its rank (1
    the strongest) and between which ranks 95 % of the draws put it; None where n is too small."""

    share: float
    rank: int | None
    rank_low: int | None
    rank_high: int | None


@dataclass(frozen=True, slots=True)
class Drivers:
    """By column. `used`: the columns with enough answers, `drivers` in their order. `n`: answers
    of the thinnest pair. `r2`: share of the variance of overall satisfaction that is explained."""

    n: int
    r2: float
    used: tuple[int, ...]
    drivers: tuple[Driver, ...]


def relative_weights(among: Floats, outcome: Floats) -> Floats:
    """Johnson's relative weights (Johnson 2000, Multivariate Behavioral Research 35(1)).

    `among`: correlations of the p drivers, p × p; `outcome`: of each with the outcome, p. Gives
    p weights from 0 on that add up to R²:

    R_xx = V D Vᵀ,  Λ = V D^½ Vᵀ,  β = Λ⁻¹ r_xy,  ε_j = Σ_k Λ_jk² β_k²

    Raises ValueError where the shapes do not fit, and where a driver is a sum of others.
    """
    if among.ndim != 2 or among.shape != (len(outcome), len(outcome)) or not len(outcome):
        raise ValueError("The correlations are a square matrix, and a vector of its length.")
    values, vectors = np.linalg.eigh(among)
    if values[0] <= _FLAT:
        raise ValueError("A driver is a sum of others, or has no variance.")
    root = (vectors * np.sqrt(values)) @ vectors.T
    beta = np.linalg.solve(root, outcome)
    return np.asarray(root**2 @ beta**2, dtype=np.float64)


def correlations(table: Floats, times: Floats | None = None) -> tuple[Floats, Floats]:
    """Pearson's correlations of each pair of columns, and of how many rows each is.

    `table`: n × p, NaN where somebody was not asked: each pair uses the rows that have both.
    `times`: how often a row counts, n (a draw of the bootstrap). NaN where a column does not vary.
    """
    weight = (np.ones(len(table)) if times is None else times)[:, None]
    there = ~np.isnan(table)
    # centred first, otherwise large values would cancel each other out
    middle = np.where(
        there.any(axis=0), np.nanmean(np.where(there.any(axis=0), table, 0.0), axis=0), 0.0
    )
    filled = np.where(there, table - middle, 0.0)
    seen = there.astype(np.float64)
    n = (seen * weight).T @ seen
    sums, squares = (filled * weight).T @ seen, (filled**2 * weight).T @ seen
    products = (filled * weight).T @ filled
    with np.errstate(divide="ignore", invalid="ignore"):
        covariance = products / n - sums * sums.T / n**2
        variance = squares / n - (sums / n) ** 2
        found = covariance / np.sqrt(variance * variance.T)
    flat = (variance <= 1e-12) | (variance.T <= 1e-12)
    return np.where(flat, np.nan, np.clip(found, -1.0, 1.0)), n


def made_definite(found: Floats) -> Floats:
    """The correlations as some table could have: those of pairs of different rows may fit none.

    Eigenvalues below 10⁻⁴ are raised to it and the diagonal brought back to 1 (spectral
    decomposition: Rebonato & Jäckel 1999). What is definite already is given back as it is.
    """
    values, vectors = np.linalg.eigh(found)
    if values[0] >= _FLOOR:
        return found
    mended = (vectors * np.maximum(values, _FLOOR)) @ vectors.T
    scale = np.sqrt(np.diag(mended))
    return np.asarray(mended / np.outer(scale, scale), dtype=np.float64)


def drivers_of(
    table: Floats, overall: Floats, *, seed: int = 0, draws: int = DRAWS
) -> Drivers | None:
    """How much each touchpoint makes of overall satisfaction.

    `table`: n customers × p touchpoints, NaN where one did not answer; `overall`: n. A column is
    used when it and every other used one share 100 customers, and 100 with `overall`; of columns
    that do not, the thinnest goes first. None where fewer than two are left, or nothing varies.

    Ranks are given from n = 200 on, with the 2.5th and 97.5th percentile of `draws` draws of the
    customers with replacement (Efron & Tibshirani 1993, § 13.3; of relative weights: Tonidandel,
    LeBreton & Johnson 2009). The same `seed` gives the same draws. Raises ValueError where the
    lengths differ.
    """
    if table.ndim != 2 or len(table) != len(overall):
        raise ValueError("There is one overall answer for each row of the table.")
    asked = ~np.isnan(overall)
    if not asked.any():
        return None
    whole = np.column_stack([table[asked], overall[asked]])
    found, n = correlations(whole)
    used = _used(found, n)
    if len(used) < 2:
        return None
    kept = whole[:, [*used, whole.shape[1] - 1]]
    weights = _weights(kept)
    if weights is None:
        return None
    r2, fewest = float(weights.sum()), int(n[np.ix_([*used, -1], [*used, -1])].min())
    shares = [float(each) for each in weights / r2]
    if fewest < FEWEST_TO_RANK:
        return Drivers(fewest, r2, used, tuple(Driver(each, None, None, None) for each in shares))
    ends = _drawn_ranks(kept, weights, seed=seed, draws=draws)
    ranked = zip(shares, _ranks(weights), *ends, strict=True)
    return Drivers(fewest, r2, used, tuple(Driver(*each) for each in ranked))


def stated_shares(said: Sequence[float]) -> list[float]:
    """What people say a touchpoint matters, as shares that add up to 1.

    Raises ValueError for a negative one; where all are 0, or none is, each has an equal share.
    """
    if any(each < 0 for each in said):
        raise ValueError("An importance is 0 or more.")
    whole = sum(said)
    return [each / whole if whole > 0 else 1 / len(said) for each in said]


def blended(said: Sequence[float], found: Sequence[float | None]) -> list[float]:
    """Shares of all touchpoints of a journey: those found in data where there are any.

    `found`: shares of the drivers (adding up to 1), None of touchpoints with too few answers.
    These keep their stated share; the drivers divide what is left. Adds up to 1. Raises
    ValueError where the lengths differ.
    """
    shares = stated_shares(said)
    if len(shares) != len(found):
        raise ValueError("There is one figure for each touchpoint.")
    left = 1 - sum(share for share, data in zip(shares, found, strict=True) if data is None)
    return [
        share if data is None else left * data for share, data in zip(shares, found, strict=True)
    ]


def _used(found: Floats, n: Floats) -> tuple[int, ...]:
    """The columns left when those that share too few rows, or do not vary, are out."""
    last = len(n) - 1
    left = [
        place
        for place in range(last)
        if n[place, last] >= FEWEST_PAIRS and not np.isnan(found[place, last])
    ]
    while left:
        part = n[np.ix_(left, left)]
        if part.min() >= FEWEST_PAIRS:
            break
        short = (part < FEWEST_PAIRS).sum(axis=1)
        # the one that lacks the most others; of equals the one with the fewest answers
        worst = max(range(len(left)), key=lambda at: (short[at], -part[at, at]))
        left.pop(worst)
    return tuple(left)


def _weights(whole: Floats, times: Floats | None = None) -> Floats | None:
    """Relative weights of all columns but the last, on the last; None where nothing varies."""
    found, _ = correlations(whole, times)
    if np.isnan(found).any():
        return None
    found = made_definite(found)
    weights = relative_weights(found[:-1, :-1], found[:-1, -1])
    return weights if weights.sum() > 0 else None


def _drawn_ranks(
    whole: Floats, found: Floats, *, seed: int, draws: int
) -> tuple[list[int], list[int]]:
    random = np.random.default_rng(seed)
    # what was found in the data is one of them, so there is always one
    ranks = [_ranks(found)]
    for _ in range(draws):
        drawn = np.bincount(random.integers(0, len(whole), len(whole)), minlength=len(whole))
        weights = _weights(whole, drawn.astype(np.float64))
        if weights is not None:
            ranks.append(_ranks(weights))
    ends = np.percentile(np.array(ranks), [2.5, 97.5], axis=0, method="nearest")
    return [int(each) for each in ends[0]], [int(each) for each in ends[1]]


def _ranks(weights: Floats) -> list[int]:
    """1 the largest; equal ones in their order."""
    order = np.argsort(-weights, kind="stable")
    ranks = np.empty(len(weights), dtype=np.int64)
    ranks[order] = np.arange(1, len(weights) + 1)
    return [int(each) for each in ranks]
