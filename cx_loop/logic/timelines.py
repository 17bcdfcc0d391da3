"""The buckets of one group as arrays: the values of thousands of overlapping windows at once.

`scores.value` answers for one window; a rule tried on ninety days of history asks for two
thousand a group. Sums and bins are cumulated once, and every window is a difference.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from cx_loop.logic.bins import Scale, value_of
from cx_loop.logic.scores import PERCENTILES, Aggregate, weigher
from cx_loop.logic.totals import Totals

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
N, TOTAL, SQUARES, EXPOSURE = range(4)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Cumulated sums before each of T buckets and after the last.

    `buckets`: T starts in seconds since 1970, ascending. `bins`: the B bins that occur, ascending.
    `sums`: (T + 1, 4) of n, total, squares and exposure. `counts`: (T + 1, B).
    """

    buckets: Floats
    bins: Integers
    sums: Floats
    counts: Integers

    @classmethod
    def of(cls, rows: Floats) -> "Timeline":
        """A timeline of rollup rows of one grain, in any order; rows of one bucket and bin, as
        several series have them, add up.

        `rows`: (k, 6) of bucket in seconds since 1970, bin, n, total, squares, exposure.
        """
        buckets, at = np.unique(rows[:, 0], return_inverse=True)
        bins, which = np.unique(rows[:, 1].astype(np.int64), return_inverse=True)
        sums = np.zeros((len(buckets) + 1, 4))
        np.add.at(sums, at + 1, rows[:, 2:])
        counts = np.zeros((len(buckets) + 1, len(bins)), dtype=np.int64)
        np.add.at(counts, (at + 1, which), rows[:, 2].astype(np.int64))
        return cls(buckets, bins, sums.cumsum(axis=0), counts.cumsum(axis=0))

    def values(
        self, starts: Floats, ends: Floats, aggregate: Aggregate, scale: Scale
    ) -> tuple[Floats, Floats]:
        """`scores.value` of each window [start, end), NaN where that is None, and its samples.

        Starts and ends in seconds since 1970, of one length, on the bounds of buckets.
        """
        first, last = self._places(starts, ends)
        sums = self.sums[last] - self.sums[first]
        # differences of rounded sums: otherwise an empty window of a rate would have 1e-17 of it
        sums[sums[:, N] == 0] = 0
        samples = sums[:, EXPOSURE] if scale.kind == "rate" else sums[:, N]
        with np.errstate(divide="ignore", invalid="ignore"):
            return self._values(sums, first, last, aggregate, scale), samples

    def at_ranks(self, starts: Floats, ends: Floats, ranks: Integers, scale: Scale) -> Floats:
        """The value at a rank of each window, counted from 1; NaN where it holds no such rank."""
        first, last = self._places(starts, ends)
        if not len(self.bins):
            return np.full(len(ranks), np.nan)
        n = self.sums[last, N] - self.sums[first, N]
        found = self._ranked(self.counts[last] - self.counts[first], ranks, scale)
        return _where((ranks >= 1) & (ranks <= n), found)

    def totals(self, start: float, end: float) -> Totals:
        """The totals of one window, for what only `Totals` can answer."""
        first, last = self._places(np.array([start]), np.array([end]))
        n, total, squares, exposure = (self.sums[last] - self.sums[first])[0].tolist()
        counts = (self.counts[last] - self.counts[first])[0].tolist()
        bins = {bin: n for bin, n in zip(self.bins.tolist(), counts, strict=True) if n}
        return Totals(round(n), total, squares, exposure, bins)

    def _places(self, starts: Floats, ends: Floats) -> tuple[Integers, Integers]:
        return np.searchsorted(self.buckets, starts), np.searchsorted(self.buckets, ends)

    def _values(
        self, sums: Floats, first: Integers, last: Integers, aggregate: Aggregate, scale: Scale
    ) -> Floats:
        name, n, total = aggregate.name, sums[:, N], sums[:, TOTAL]
        if name == "count":
            return n
        if name == "sum":
            return total
        if name == "rate":
            return _where(sums[:, EXPOSURE] > 0, 100 * total / sums[:, EXPOSURE])
        if name == "mean":
            return _where(n > 0, total / n)
        if name == "sd":
            return _deviations(sums)
        if not len(self.bins):
            return np.full(len(n), np.nan)
        counts = self.counts[last] - self.counts[first]
        if name in {"min", "max"} or name in PERCENTILES:
            return _where(n > 0, self._by_rank(counts, n, name, scale))
        adds = weigher(aggregate, scale)
        weights = np.array([int(adds(bin)) for bin in self.bins.tolist()])
        return _where(n > 0, 100 * (counts @ weights) / n)

    def _by_rank(self, counts: Integers, n: Floats, name: str, scale: Scale) -> Floats:
        """The value at a rank counted from 1: nearest rank for percentiles."""
        if name in PERCENTILES:
            ranks = -(-n.astype(np.int64) * PERCENTILES[name] // 100)
        else:
            ranks = np.ones(len(n), dtype=np.int64) if name == "min" else n.astype(np.int64)
        return self._ranked(counts, ranks, scale)

    def _ranked(self, counts: Integers, ranks: Integers, scale: Scale) -> Floats:
        reached = counts.cumsum(axis=1) >= ranks[:, None]
        stands_for = np.array([value_of(bin, scale) for bin in self.bins.tolist()])
        found: Floats = stands_for[reached.argmax(axis=1)]
        return found


def _deviations(sums: Floats) -> Floats:
    n, total, squares = sums[:, N], sums[:, TOTAL], sums[:, SQUARES]
    spread = squares - total * total / n
    # what is left of equal values is rounding, otherwise a constant metric would seem to vary
    constant = spread <= squares * 1e-15 * np.sqrt(np.maximum(n, 0))
    return _where(n > 1, np.where(constant, 0, np.sqrt(np.maximum(spread, 0) / (n - 1))))


def _where(known: npt.NDArray[np.bool_], values: Floats) -> Floats:
    found: Floats = np.where(known, values, np.nan)
    return found
