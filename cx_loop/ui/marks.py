"""Where marks of a chart and their names stand, so that none covers another.

A mark and its name stand in a lane; lane 0 is nearest the plot. What has no room in any lane keeps
its mark and loses its name, which the description of the chart says all the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import east_asian_width

LANES = 3
HALF = 4.5  # of a mark: points may touch, names may not
GAP = 12  # from the middle of a mark to its name
AIR = 4  # beyond a name
# names are as large on a narrow screen; on a wide one they are smaller and so have room too
SIZE, STEP = 20, 24

Extent = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """`anchor`: start, the name is right of the mark; end, left of it. `text`: '' without room."""

    lane: int
    anchor: str
    text: str


def lay_out(marks: Sequence[tuple[float, str]], *, left: float, right: float) -> list[Spot]:
    """A place for each mark, (x, name), in the order given; names stay within left and right."""
    found: dict[int, Spot] = {}
    taken: list[list[Extent]] = [[] for _lane in range(LANES)]
    taken[0] = [(x - HALF, x + HALF) for x, text in marks if not text]
    named = sorted((at for at, (_x, text) in enumerate(marks) if text), key=lambda at: marks[at][0])
    for at, following in pairwise([*named, None]):
        assert at is not None
        x, text = marks[at]
        until = right if following is None else marks[following][0] - HALF
        for spot in _choices(x, text, until):
            low, high = extent(x, spot)
            row = taken[spot.lane]
            if left <= low and high <= right and all(_apart((low, high), each) for each in row):
                row.append((low, high))
                found[at] = spot
                break
    return [found.get(at, Spot(0, "start", "")) for at in range(len(marks))]


def extent(x: float, spot: Spot, size: float = SIZE) -> Extent:
    """From where to where a mark with its name goes."""
    reach = GAP + width_of(spot.text, size) + AIR if spot.text else HALF
    return (x - reach, x + HALF) if spot.anchor == "end" else (x - HALF, x + reach)


def width_of(text: str, size: float) -> float:
    """About how wide a bold text is: an ideograph as wide as high, a letter less."""
    return sum(size * (1.0 if east_asian_width(each) in "WF" else 0.62) for each in text)


def _choices(x: float, text: str, until: float) -> Iterator[Spot]:
    """Right of the mark, unless the next one stands there."""
    right, left = "start", "end"
    reaches = x + GAP + width_of(text, SIZE) + AIR > until
    for lane in range(LANES):
        for anchor in (left, right) if reaches else (right, left):
            yield Spot(lane, anchor, text)


def _apart(one: Extent, other: Extent) -> bool:
    return one[1] <= other[0] or other[1] <= one[0]
