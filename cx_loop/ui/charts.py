"""Charts drawn on the server: numbers in, coordinates out; the template only writes them down.

A chart is a picture with a title and a description, and a table behind it for those who doubt.
Lengths are units of the viewBox.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import dropwhile

from django.utils.translation import gettext as _

from cx_loop.ui.levels import Box, Level, place_level
from cx_loop.ui.marks import STEP, lay_out
from cx_loop.ui.plane import HEIGHT, RIGHT, TOP, WIDTH, Placed, Plane, round_ticks
from cx_loop.ui.words import say_number, say_short_day, say_value

NAME_HEIGHT = 14
FEW = 30  # below this many a point is drawn hollow: small n looks small


@dataclass(frozen=True, slots=True)
class Point:
    """One day: the value and its interval in `unit`, from n observations; None is no data."""

    day: date
    value: float | None
    n: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Marker:
    """Something that happened on a day. `kind`: alert (a triangle), fix (a diamond), look."""

    day: date
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Band:
    """Days from `first` to `last` shaded and named. `kind`: baseline or after."""

    first: date
    last: date
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A threshold. `kind`: warning or critical."""

    value: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Dot:
    x: str
    y: str
    few: bool
    said: str


@dataclass(frozen=True)
class Trend:
    """Everything the template of a trend writes down."""

    title: str
    description: str
    unit: str
    rows: list[tuple[date, str, str, str, str]]
    paths: list[str] = field(default_factory=list)
    ribbons: list[str] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    rings: list[Dot] = field(default_factory=list)
    lines: list[Placed] = field(default_factory=list)
    markers: list[Placed] = field(default_factory=list)
    bands: list[Placed] = field(default_factory=list)
    x_ticks: list[Placed] = field(default_factory=list)
    y_ticks: list[Placed] = field(default_factory=list)
    levels: list[Box] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    others_name: str = ""
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def is_empty(self) -> bool:
        return not self.dots

    @property
    def view(self) -> str:
        """The viewBox: higher by the lanes in which marks stand above the first."""
        above = max((TOP - 16 - int(each.y) for each in self.markers), default=0)
        return f"0 {-above} {self.width} {self.height + above}"


def trend(
    points: Sequence[Point],
    *,
    title: str,
    unit: str = "",
    lines: Sequence[Line] = (),
    markers: Sequence[Marker] = (),
    bands: Sequence[Band] = (),
    levels: Sequence[Level] = (),
    others: Sequence[Point] = (),
    others_name: str = "",
    bounds: tuple[float, float] | None = None,
    ringed: Collection[date] = (),
) -> Trend:
    """A value by day with its lines, its events and its periods.

    `points` are days in order, one each; `bounds` are the ends of a scale, kept within them;
    `others`: the same of what it is compared with, a line without dots; `ringed`: days to look at.
    """
    # days before the first observation would only push the rest together
    points = list(dropwhile(lambda point: point.value is None, points))
    told = {point.day: say_value(point.value, unit) for point in others if point.value is not None}
    rows = [_row(point, unit, told) for point in points if point.value is not None]
    known = [point for point in points if point.value is not None]
    description = _describe(known, unit, lines, markers)
    if not known:
        return Trend(title=title, description=description, unit=unit, rows=rows)
    beside = [point.value for point in others if point.value is not None]
    beside += [end for level in levels for end in (level.low, level.high) if end is not None]
    ticks = round_ticks(*_range(known, lines, bounds, beside), bounds)
    # at the edge a single day would look like none
    around = timedelta(days=3 if len(points) == 1 else 0)
    plane = Plane(points[0].day - around, points[-1].day + around, ticks[0], ticks[-1])
    return Trend(
        title=title,
        description=description,
        unit=unit,
        rows=rows[::-1],
        paths=[_path(plane, run) for run in _runs(points)],
        ribbons=[_ribbon(plane, run) for run in _runs(points) if _has_interval(run)],
        dots=[_dot(plane, point, unit) for point in known],
        rings=[_dot(plane, point, unit) for point in known if point.day in ringed],
        lines=_place_lines(plane, lines),
        markers=list(_place_markers(plane, markers)),
        levels=[place_level(plane, level) for level in levels if plane.holds(level.first)],
        others=[_path(plane, run) for run in _runs([p for p in others if plane.holds(p.day)])],
        others_name=others_name,
        bands=[_place_band(plane, band) for band in bands if _overlaps(plane, band)],
        x_ticks=_day_ticks(plane),
        y_ticks=[Placed(x="0", y=_at(plane.y(tick)), label=say_number(tick)) for tick in ticks],
    )


def _row(point: Point, unit: str, others: dict[date, str]) -> tuple[date, str, str, str, str]:
    between = ""
    if point.low is not None and point.high is not None:
        between = f"{say_number(point.low)} – {say_number(point.high)}"
    beside = others.get(point.day, "–")
    return point.day, say_value(point.value, unit), say_number(point.n), between, beside


def _describe(
    known: Sequence[Point], unit: str, lines: Sequence[Line], markers: Sequence[Marker]
) -> str:
    if not known:
        return _("No data yet.")
    last = known[-1]
    values = [point.value for point in known if point.value is not None]
    said = [
        _("%(days)s days with data, from %(low)s to %(high)s; last %(last)s on %(day)s.")
        % {
            "days": len(known),
            "low": say_value(min(values), unit),
            "high": say_value(max(values), unit),
            "last": say_value(last.value, unit),
            "day": say_short_day(last.day),
        }
    ]
    said += [f"{line.label}." for line in lines]
    said += [f"{marker.label}: {say_short_day(marker.day)}." for marker in markers if marker.label]
    return " ".join(said)


def _range(
    known: Sequence[Point],
    lines: Sequence[Line],
    bounds: tuple[float, float] | None,
    beside: Sequence[float],
) -> tuple[float, float]:
    """The lowest and highest value to show, never an empty range."""
    values = [point.value for point in known if point.value is not None]
    values += [*(line.value for line in lines), *beside]
    low, high = min(values), max(values)
    if bounds is None and low >= 0:
        low = 0.0
    scale = bounds[1] - bounds[0] if bounds is not None else math.inf
    flat = scale / 5 if math.isfinite(scale) else abs(high) * 0.1 or 1.0
    room = (high - low) * 0.1 or flat
    low, high = (low if low == 0 else low - room), high + room
    if bounds is not None:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    return low, high


def _runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Unbroken stretches of days with data: a gap in the data is a gap in the line."""
    run: list[Point] = []
    for point in points:
        if point.value is not None:
            run.append(point)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _path(plane: Plane, run: Sequence[Point]) -> str:
    places = (_pair(plane, point.day, point.value) for point in run)
    return "M" + " L".join(places)


def _has_interval(run: Sequence[Point]) -> bool:
    return len(run) > 1 and all(p.low is not None and p.high is not None for p in run)


def _ribbon(plane: Plane, run: Sequence[Point]) -> str:
    above = [_pair(plane, point.day, point.high) for point in run]
    below = [_pair(plane, point.day, point.low) for point in reversed(run)]
    return "M" + " L".join([*above, *below]) + "Z"


def _pair(plane: Plane, day: date, value: float | None) -> str:
    assert value is not None
    return f"{_at(plane.x(day))} {_at(plane.y(value))}"


def _dot(plane: Plane, point: Point, unit: str) -> Dot:
    assert point.value is not None
    said = f"{say_short_day(point.day)}: {say_value(point.value, unit)}, n {say_number(point.n)}"
    return Dot(_at(plane.x(point.day)), _at(plane.y(point.value)), point.n < FEW, said)


def _place_lines(plane: Plane, lines: Sequence[Line]) -> list[Placed]:
    """Lines from the top down; names too close to each other move apart."""
    placed: list[Placed] = []
    lowest = float(-NAME_HEIGHT)
    for line in sorted(lines, key=lambda each: -each.value):
        y = plane.y(line.value)
        named_at = max(y, lowest + NAME_HEIGHT)
        placed.append(
            Placed(x="0", y=_at(y), kind=line.kind, label=line.label, named_at=_at(named_at))
        )
        lowest = named_at
    return placed


def _place_markers(plane: Plane, markers: Sequence[Marker]) -> Iterator[Placed]:
    seen = [(plane.x(each.day), each) for each in markers if plane.holds(each.day)]
    spots = lay_out([(x, each.label) for x, each in seen], left=0, right=WIDTH - RIGHT)
    for (x, each), spot in zip(seen, spots, strict=True):
        y = TOP - 16 - STEP * spot.lane
        yield Placed(_at(x), f"{y}", each.kind, spot.text, anchor=spot.anchor)


def _overlaps(plane: Plane, band: Band) -> bool:
    end = plane.first + timedelta(days=plane.days)
    return band.first <= end and band.last >= plane.first and band.first <= band.last


def _place_band(plane: Plane, band: Band) -> Placed:
    end = plane.first + timedelta(days=plane.days)
    left = plane.x(max(band.first, plane.first))
    right = plane.x(min(band.last, end))
    return Placed(
        x=_at(left), y=str(TOP), kind=band.kind, label=band.label, width=_at(max(2, right - left))
    )


def _day_ticks(plane: Plane) -> list[Placed]:
    """At most eight days named; every other one may be left out on a narrow screen."""
    step = max(1, math.ceil(plane.days / 7))
    offsets = range(0, plane.days + 1, step)
    ticks = []
    for place, offset in enumerate(offsets):
        day = plane.first + timedelta(days=offset)
        x = plane.x(day)
        # the last stays inside the plot: a narrow screen shows nothing beyond it
        anchor = "end" if x > WIDTH - RIGHT - 24 else "middle"
        said = say_short_day(day)
        ticks.append(Placed(_at(x), "0", label=said, anchor=anchor, minor=bool(place % 2)))
    return ticks


def _at(place: float) -> str:
    return f"{place:.1f}"
