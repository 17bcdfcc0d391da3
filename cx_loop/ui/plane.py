"""Where a day and a value stand in the picture of a chart, in units of its viewBox."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 44, 96, 30, 30  # the names of lines stand at the right


@dataclass(frozen=True, slots=True)
class Placed:
    """Something at a place of the picture, with what is written beside it."""

    x: str
    y: str
    kind: str = ""
    label: str = ""
    width: str = ""
    anchor: str = "middle"
    minor: bool = False
    named_at: str = ""


class Plane:
    """Days and values to places in the viewBox."""

    def __init__(self, first: date, last: date, low: float, high: float) -> None:
        self.first, self.days = first, max(1, (last - first).days)
        self.low, self.high = low, high

    def x(self, day: date) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - self.first).days / self.days

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(1.0, max(0.0, share))

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.first + timedelta(days=self.days)


def round_ticks(low: float, high: float, bounds: tuple[float, float] | None) -> list[float]:
    """Round values around [low, high], four to six of them, none beyond the bounds."""
    raw = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= raw * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    ticks = [round(place * step, 9) for place in range(first, last + 1)]
    if bounds is None:
        return ticks
    return [max(bounds[0], ticks[0]), *ticks[1:-1], min(bounds[1], ticks[-1])]
