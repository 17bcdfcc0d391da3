"""The importance–performance matrix: what matters against how far it is from its goal."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cx_loop.ui.curves import say_signed

WIDTH, HEIGHT = 560, 380
LEFT, RIGHT, TOP, BOTTOM = 48, 16, 16, 40
RADIUS = 12


@dataclass(frozen=True, slots=True)
class Weighted:
    """A touchpoint: `number` is its place in the list beside; `above` how far its score is above
    its goal, on −10..+10; `share` of importance, 0..1."""

    number: int
    label: str
    above: float
    share: float
    quadrant: str


@dataclass(frozen=True, slots=True)
class MatrixSpot:
    number: str
    x: str
    y: str
    quadrant: str
    said: str


@dataclass(frozen=True, slots=True)
class Matrix:
    title: str
    description: str
    spots: list[MatrixSpot]
    across: str  # where a score meets its goal
    down: str  # where importance is an equal share
    names: list[tuple[str, str, str, str]]  # x, y, anchor, name of a quadrant
    rows: list[tuple[str, str, str, str, str]]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def is_empty(self) -> bool:
        return not self.spots


def quadrant_names() -> dict[str, str]:
    return {
        "fix_first": _("Fix first"),
        "keep_up": _("Keep up"),
        "watch": _("Watch"),
        "over_served": _("Over-served"),
    }


def matrix(items: Sequence[Weighted], *, equal: float, title: str) -> Matrix:
    """`equal`: the equal share of importance. What stands further to the left is further below
    its goal; what stands higher matters more."""
    names = quadrant_names()
    reach = max([1.0, *(abs(each.above) for each in items)]) * 1.1
    highest = max([2 * equal, *(each.share for each in items)]) * 1.1

    def x(above: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (above + reach) / (2 * reach)

    def y(share: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share / highest

    first = [each.label for each in items if each.quadrant == "fix_first"]
    left, right, top, low = LEFT + 8, WIDTH - RIGHT - 8, TOP + 18, HEIGHT - BOTTOM - 8
    return Matrix(
        title=title,
        description=_("Fix first: %(names)s.") % {"names": ", ".join(first) or "–"},
        spots=[
            MatrixSpot(
                str(each.number), _at(x(each.above)), _at(y(each.share)), each.quadrant, _say(each)
            )
            # the most urgent is drawn last, so that nothing covers it
            for each in sorted(items, key=lambda each: -each.number)
        ],
        across=_at(x(0)),
        down=_at(y(equal)),
        names=[
            (_at(left), _at(top), "start", names["fix_first"]),
            (_at(right), _at(top), "end", names["keep_up"]),
            (_at(left), _at(low), "start", names["watch"]),
            (_at(right), _at(low), "end", names["over_served"]),
        ],
        rows=[
            (
                str(each.number),
                each.label,
                say_signed(each.above),
                f"{each.share:.0%}",
                names[each.quadrant],
            )
            for each in items
        ],
    )


def _say(each: Weighted) -> str:
    words = {
        "name": each.label,
        "above": say_signed(each.above),
        "share": f"{each.share:.0%}",
        "quadrant": quadrant_names()[each.quadrant],
    }
    return _("%(name)s: %(above)s from its goal, importance %(share)s, %(quadrant)s") % words


def _at(place: float) -> str:
    return f"{place:.1f}"
