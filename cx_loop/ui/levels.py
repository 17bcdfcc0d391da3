"""What some days say together, drawn over a trend: a level with its interval."""

from dataclasses import dataclass
from datetime import date, timedelta

from cx_loop.ui.plane import Plane


@dataclass(frozen=True, slots=True)
class Level:
    """What some days say together, with its interval. `kind`: baseline or after."""

    first: date
    last: date
    value: float
    low: float | None
    high: float | None
    kind: str


@dataclass(frozen=True, slots=True)
class Box:
    """A level in the picture: its line at y, its interval from top over height."""

    x: str
    width: str
    y: str
    top: str
    height: str
    kind: str


def place_level(plane: Plane, level: Level) -> Box:
    end = plane.first + timedelta(days=plane.days)
    left, right = plane.x(level.first), plane.x(min(level.last, end))
    low = level.value if level.low is None else level.low
    high = level.value if level.high is None else level.high
    return Box(
        x=_said(left),
        width=_said(max(2, right - left)),
        y=_said(plane.y(level.value)),
        top=_said(plane.y(high)),
        height=_said(max(0, plane.y(low) - plane.y(high))),
        kind=level.kind,
    )


def _said(place: float) -> str:
    return f"{place:.1f}"
