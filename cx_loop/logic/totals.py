"""What rollups store of a set of observations: sums and bins, which add up to any window."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cx_loop.logic.bins import Scale, bins_of


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of a set of observations: they add and subtract, so any window is a sum of rollups.

    `n` observations, `total` and `squares` their sum and sum of squares, `exposure` of a rate,
    `bins` how many fell into each bin (see `bins.py`); a bin without observations is left out.
    """

    n: int = 0
    total: float = 0.0
    squares: float = 0.0
    exposure: float = 0.0
    bins: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Sequence[float], scale: Scale) -> "Totals":
        """Totals of plain values (not of a rate)."""
        bins: dict[int, int] = {}
        for bin in bins_of(values, scale):
            bins[bin] = bins.get(bin, 0) + 1
        squares = math.fsum(value * value for value in values)
        return cls(n=len(values), total=math.fsum(values), squares=squares, bins=bins)

    @classmethod
    def of_rate(cls, pairs: Iterable[tuple[float, float]]) -> "Totals":
        """Totals of (value, exposure) pairs: so many events out of so many."""
        pairs = list(pairs)
        return cls(
            n=len(pairs),
            total=math.fsum(value for value, _ in pairs),
            squares=math.fsum(value * value for value, _ in pairs),
            exposure=math.fsum(exposure for _, exposure in pairs),
            bins={0: len(pairs)} if pairs else {},
        )

    @classmethod
    def combined(cls, parts: Iterable["Totals"]) -> "Totals":
        """The sum of many totals, without a copy of the bins for each."""
        n, total, squares, exposure = 0, 0.0, 0.0, 0.0
        bins: dict[int, int] = {}
        for part in parts:
            n += part.n
            total += part.total
            squares += part.squares
            exposure += part.exposure
            for bin, count in part.bins.items():
                bins[bin] = bins.get(bin, 0) + count
        bins = {bin: count for bin, count in bins.items() if count}
        return cls(n=n, total=total, squares=squares, exposure=exposure, bins=bins)

    def __add__(self, other: "Totals") -> "Totals":
        return Totals.combined((self, other))

    def __sub__(self, other: "Totals") -> "Totals":
        minus = Totals(
            n=-other.n,
            total=-other.total,
            squares=-other.squares,
            exposure=-other.exposure,
            bins={bin: -count for bin, count in other.bins.items()},
        )
        return Totals.combined((self, minus))

    def samples(self, kind: str) -> float:
        """What `min_samples` counts: the exposure of a rate, else the observations."""
        return self.exposure if kind == "rate" else self.n
