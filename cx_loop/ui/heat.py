"""Figures in a row, shaded by how good they are: the number is there, the shade only helps."""

from collections.abc import Sequence
from dataclasses import dataclass

from cx_loop.ui.charts import FEW

SHADES = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """`shade`: 1 the worst to 5 the best, 0 where nothing is known."""

    text: str
    shade: int
    few: bool
    said: str


def shade_of(value: float | None, *, worst: float, best: float) -> int:
    """Where a value stands between `worst` and `best`, which may be the lower end of a scale;
    0 for None, and where both ends are one."""
    if value is None or worst == best:
        return 0
    share = min(1.0, max(0.0, (value - worst) / (best - worst)))
    return 1 + min(SHADES - 1, int(share * SHADES))


def heat_row(
    values: Sequence[tuple[float | None, float, str, str]], *, worst: float, best: float
) -> list[Cell]:
    """(value, n, text, what is said of it) each."""
    return [
        Cell(text, shade_of(value, worst=worst, best=best), 0 < n < FEW, said)
        for value, n, text, said in values
    ]
