"""The emotion curve: a line for each segment through the touchpoints of a journey, −5 to +5.

Every touchpoint has a column of the same width, so the curve can stand over the columns of a map.
Lines differ by shape and dash, never by colour alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cx_loop.ui.charts import FEW
from cx_loop.ui.words import say_number

COLUMN, HEIGHT, EDGE = 160, 240, 18
# how far the picture goes above and below 0, and its lines: the whole scale if need be
TICKS = {2.5: (2, 1, 0, -1, -2), 5.0: (5, 2.5, 0, -2.5, -5)}
APART = 12  # between dots of two lines over one touchpoint
KINDS = 5  # of lines that can be told apart


@dataclass(frozen=True, slots=True)
class Felt:
    """What one line says of one touchpoint, on −5..+5, with its interval from n answers; n None:
    thought rather than measured."""

    value: float
    n: int | None = None
    low: float | None = None
    high: float | None = None
    is_peak: bool = False
    is_end: bool = False

    @property
    def is_few(self) -> bool:
        return self.n is not None and self.n < FEW


@dataclass(frozen=True, slots=True)
class CurveLine:
    """`felt`: one entry a touchpoint, None where nothing is known or may be told. `kind`: 0 for
    everybody, 1 to 4 for segments; `thought`: nobody measured it."""

    label: str
    felt: Sequence[Felt | None]
    kind: int = 0
    thought: bool = False


@dataclass(frozen=True, slots=True)
class CurveSpot:
    """A touchpoint on a line. `whisker`: y of both ends of the interval, '' for none."""

    x: str
    y: str
    low: str
    high: str
    few: bool
    is_peak: bool
    is_end: bool
    said: str


@dataclass(frozen=True, slots=True)
class DrawnLine:
    label: str
    kind: int
    thought: bool
    path: str
    spots: list[CurveSpot]


@dataclass(frozen=True, slots=True)
class Curve:
    """`rows` of the table behind: the touchpoint, and for each line what it says there."""

    title: str
    description: str
    width: int
    height: int
    zero: str
    ticks: list[tuple[str, str]]
    lines: list[DrawnLine]
    rows: list[tuple[str, list[str]]]

    @property
    def is_empty(self) -> bool:
        return not any(line.spots for line in self.lines)

    @property
    def heads(self) -> list[str]:
        return [line.label for line in self.lines]


def curve(places: Sequence[str], lines: Sequence[CurveLine], *, title: str) -> Curve:
    """`places`: the touchpoints in order. Raises ValueError for a line of another length."""
    if any(len(line.felt) != len(places) for line in lines):
        raise ValueError("A line says something, or None, of each touchpoint.")
    plane = _Plane(_reach(lines), len(lines))
    return Curve(
        title=title,
        description=_describe(places, lines),
        width=max(1, len(places)) * COLUMN,
        height=HEIGHT,
        zero=_at(plane.y(0)),
        ticks=[(_at(plane.y(tick)), say_signed(tick)) for tick in TICKS[plane.reach]],
        lines=[_drawn(line, places, at, plane) for at, line in enumerate(lines)],
        rows=[
            (place, [say_felt(line.felt[at]) for line in lines]) for at, place in enumerate(places)
        ],
    )


def say_signed(value: float) -> str:
    """+1.2, 0, −3: a score on −5..+5."""
    said = f"{abs(value):.1f}".removesuffix(".0")
    return said if said == "0" else f"{'+' if value > 0 else '−'}{said}"


def say_felt(felt: Felt | None) -> str:
    """+1.2 (+0.8 to +1.6, n 186), peak."""
    if felt is None:
        return "–"
    said = say_signed(felt.value)
    if felt.low is not None and felt.high is not None:
        ends = {"low": say_signed(felt.low), "high": say_signed(felt.high), "n": felt.n}
        interval = _("%(low)s to %(high)s, n %(n)s") % ends
        said = f"{said} ({interval})"
    elif felt.n is not None:
        said = f"{said} (n {felt.n})"
    marks = [word for word, is_so in ((_("peak"), felt.is_peak), (_("end"), felt.is_end)) if is_so]
    return ", ".join([said, *marks])


class _Plane:
    """Where a touchpoint of a line, and a score, stand in the picture."""

    def __init__(self, reach: float, lines: int) -> None:
        self.reach, self.lines = reach, lines

    def x(self, place: int, line: int) -> float:
        return (place + 0.5) * COLUMN + (line - (self.lines - 1) / 2) * APART

    def y(self, value: float) -> float:
        share = (min(self.reach, max(-self.reach, value)) + self.reach) / (2 * self.reach)
        return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * share


def _reach(lines: Sequence[CurveLine]) -> float:
    felt = [each for line in lines for each in line.felt if each is not None]
    ends = [abs(end) for each in felt for end in (each.value, each.low, each.high) if end]
    near, far = TICKS
    return near if max(ends, default=0) <= near else far


def _drawn(line: CurveLine, places: Sequence[str], at: int, plane: _Plane) -> DrawnLine:
    spots = [
        _spot(felt, plane, plane.x(place, at), f"{places[place]} · {line.label}: ")
        for place, felt in enumerate(line.felt)
        if felt is not None
    ]
    runs = _runs(line, at, plane)
    path = " ".join("M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in run) for run in runs)
    return DrawnLine(line.label, line.kind % KINDS, line.thought, path, spots)


def _runs(line: CurveLine, at: int, plane: _Plane) -> Iterator[list[tuple[float, float]]]:
    """Where a touchpoint says nothing the line is broken: nothing is made up between."""
    run: list[tuple[float, float]] = []
    for place, felt in enumerate(line.felt):
        if felt is not None:
            run.append((plane.x(place, at), plane.y(felt.value)))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _spot(felt: Felt, plane: _Plane, x: float, where: str) -> CurveSpot:
    low, high = felt.low, felt.high
    return CurveSpot(
        x=_at(x),
        y=_at(plane.y(felt.value)),
        low="" if low is None or high is None else _at(plane.y(low)),
        high="" if low is None or high is None else _at(plane.y(high)),
        few=felt.is_few,
        is_peak=felt.is_peak,
        is_end=felt.is_end,
        said=where + say_felt(felt),
    )


def _describe(places: Sequence[str], lines: Sequence[CurveLine]) -> str:
    said = []
    for line in lines:
        marked = [(places[at], felt) for at, felt in enumerate(line.felt) if felt]
        if not marked:
            continue
        parts = [
            f"{word} {name} {say_signed(felt.value)}"
            for word, is_so in ((_("peak"), "is_peak"), (_("end"), "is_end"))
            for name, felt in marked
            if getattr(felt, is_so)
        ]
        said.append(f"{line.label}: {', '.join(parts) or say_number(len(marked))}.")
    return " ".join(said) or _("No data yet.")


def _at(place: float) -> str:
    return f"{place:.1f}"
