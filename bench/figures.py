"""What a measurement is compared with, and how it is said."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `must` and `stretch` are upper limits in the same unit (with `at_least`
    lower ones), None without one; `baseline` is what the value was divided by, or stands beside;
    `spread` is the lowest and the highest of the repetitions whose median `value` is, or the 95 %
    interval of a share."""

    name: str
    value: float
    unit: str
    must: float | None = None
    stretch: float | None = None
    baseline: float | None = None
    spread: tuple[float, float] | None = None
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        if self.must is None:
            return None
        return self.value >= self.must if self.at_least else self.value <= self.must

    def shown(self) -> dict[str, Any]:
        rounded = {
            name: _rounded(value) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }
        if self.spread is not None:
            rounded["spread"] = [_rounded(value) for value in self.spread]
        return {**rounded, "met": self.met}


def median_of(
    name: str,
    values: Sequence[float],
    unit: str,
    *,
    must: float | None = None,
    stretch: float | None = None,
    baseline: float | None = None,
) -> Figure:
    """The median of the repetitions, with their spread."""
    spread = (min(values), max(values))
    return Figure(name, statistics.median(values), unit, must, stretch, baseline, spread)


def ratio_of(
    name: str, values: Sequence[float], bases: Sequence[float], **limits: float | None
) -> Figure:
    """Median of the ratios, each of two values measured one after the other."""
    ratios = [value / base for value, base in zip(values, bases, strict=True)]
    return median_of(name, ratios, "ratio", baseline=statistics.median(bases), **limits)


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank; `share` in (0, 1]."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def table(figures: Sequence[Figure]) -> str:
    """The figures for people, one a line."""
    head = ("figure", "value", "unit", "must", "stretch", "baseline", "spread", "met")
    rows = [head, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _cells(figure: Figure) -> tuple[str, ...]:
    spread = " to ".join(_said(value) for value in figure.spread) if figure.spread else ""
    limits = (_limit(figure), _said(figure.stretch), _said(figure.baseline))
    met = {None: "", True: "yes", False: "NO"}[figure.met]
    return (figure.name, _said(figure.value), figure.unit, *limits, spread, met)


def _limit(figure: Figure) -> str:
    return f"≥ {_said(figure.must)}" if figure.at_least else _said(figure.must)


def _said(value: float | None) -> str:
    return "" if value is None else f"{_rounded(value):g}"


def _rounded(value: float) -> float:
    return float(f"{value:.3g}") if abs(value) < 100 else round(value)
