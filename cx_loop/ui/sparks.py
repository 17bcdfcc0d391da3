"""A line the size of a word: values by day without axes; what it says stands beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, EDGE = 240.0, 36.0, 3.0
DASH = 2.0
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Spark:
    """`wanted`: height of a line to be reached, '' for none."""

    paths: list[str]
    wanted: str


def spark(
    values: Sequence[float | None],
    *,
    wanted: float | None = None,
    bounds: tuple[float, float] | None = None,
) -> Spark | None:
    """Values of adjacent days, None where nothing arrived: a gap stays a gap. None with fewer
    than two values; a day between two gaps is a dash."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    shown = [*known, *([wanted] if wanted is not None else [])]
    low, high = bounds or (min(shown), max(shown))
    room = (high - low) or 1.0

    def place(at: int, value: float) -> Place:
        x = EDGE + (WIDTH - 2 * EDGE) * at / max(1, len(values) - 1)
        return x, _height(value, low, room)

    paths: list[list[Place]] = [[]]
    for at, value in enumerate(values):
        if value is not None:
            paths[-1].append(place(at, value))
        elif paths[-1]:
            paths.append([])
    line = f"{_height(wanted, low, room):.1f}" if wanted is not None else ""
    return Spark([_path(path) for path in paths if path], line)


def _height(value: float, low: float, room: float) -> float:
    return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * min(1.0, max(0.0, (value - low) / room))


def _path(places: Sequence[Place]) -> str:
    if len(places) == 1:
        # a dash: a dot as thin as the line would look like dirt
        [(x, y)] = places
        places = [(x - DASH, y), (x + DASH, y)]
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in places)
