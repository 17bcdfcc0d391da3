"""`bench warning`: false alarms a year of rules over a touchpoint where nothing happens, and days
until a lasting drop is seen, by answers a day; everything decided by the code that is shipped.

`baseline` of a figure is what an independent simulation of the same method gave; `must` one and a
half times its false alarms. A drop not seen within twelve weeks by half of the touchpoints is 85
days. What the touchpoint is like: `simulated.py`; the table: docs/methods.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean, median
from typing import Any

import numpy as np

from alerts.logic.bounds import Windows, bounds_over
from alerts.logic.conditions import Spec, parse_spec
from alerts.logic.confidence import overdispersion
from alerts.logic.drift import drift
from alerts.logic.history import Past, live_through
from bench.figures import Figure
from bench.simulated import CSAT, DAY, MONDAY, Counts, answers, as_totals, evenings, timeline_of
from cx_loop.logic.dispersion import HISTORY_DAYS, WEEK
from cx_loop.logic.individuals import worth_a_look
from cx_loop.logic.scores import Aggregate, value
from cx_loop.logic.timelines import Floats, Timeline
from cx_loop.logic.totals import Totals

YEAR = 364
BEFORE_THE_FALL = 28
TWELVE_WEEKS = 84
VOLUMES = (5, 40, 300)
DROPS = (3, 6, 12)
WORLDS, QUICK_WORLDS = 400, 3

TOP_BOX = Aggregate("top_box")


@dataclass(frozen=True, slots=True)
class World:
    """One touchpoint, day by day, as rollups hold it. `spreads`: the overdispersion of the week
    that ends each evening, told anew every Monday from what lies before that week."""

    daily: list[Totals]
    timeline: Timeline
    spreads: Floats


@dataclass(frozen=True, slots=True)
class Watched:
    """What a detector said of every day after the first eight weeks: whether it stood alarmed in
    the evening, and how often an alert was opened anew."""

    alarmed: list[bool]
    alarms: int


@dataclass(frozen=True, slots=True)
class Detector:
    """A way to warn. By volume, what is expected of it: `false` alarms a year, and days until a
    `drop` of 3, 6, 12 points is seen; empty where nobody has measured it before."""

    name: str
    watch: Callable[[World], Watched]
    false: tuple[float, ...] = ()
    days: tuple[tuple[int, ...], ...] = ()


def rule(days: int, **said: Any) -> Callable[[World], Watched]:
    """A rule on the top box of so many days, looked at every midnight; an alert that comes back
    within a week of having opened is the same one."""
    spec = parse_spec(
        {"metric": "csat", "aggregate": "top_box", "window": f"{days}d", **said}, CSAT
    )
    return lambda world: _by_rule(world, spec, days)


def by_drift(world: World) -> Watched:
    """Drift for the worse."""
    found = drift(MONDAY, world.daily, TOP_BOX, CSAT)[HISTORY_DAYS:]
    worse = [day.worse(higher_is_better=True) for day in found]
    alarms = sum(day.signal and bad for day, bad in zip(found, worse, strict=True))
    return Watched(worse, alarms)


def _by_rule(world: World, spec: Spec, days: int) -> Watched:
    levels = live_through(spec, _past(world, spec, days)).levels[HISTORY_DAYS:]
    alarmed = [bool(level) for level in levels]
    opened, stood = [-WEEK], False
    for day, stands in enumerate(alarmed):
        if stands and not stood and day >= opened[-1] + WEEK:
            opened.append(day)
        stood = stands
    return Watched(alarmed, len(opened) - 1)


def _past(world: World, spec: Spec, days: int) -> Past:
    ends = evenings(len(world.daily))
    starts = ends - days * DAY
    windows = Windows(world.timeline, starts, ends)
    values, n = windows.values(TOP_BOX, CSAT)
    certain = {level.certain for level in spec.levels if level.certain is not None}
    return Past(
        edges=[datetime.fromtimestamp(end, UTC) for end in ends.tolist()],
        starts=[datetime.fromtimestamp(start, UTC) for start in starts.tolist()],
        before=np.maximum(np.arange(len(ends)) - days, -1),
        values=values,
        n=n,
        bounds={each: bounds_over(windows, TOP_BOX, CSAT, each, world.spreads) for each in certain},
        first=HISTORY_DAYS,
    )


DETECTORS = (
    Detector(
        "a day below 75 %",
        rule(1, warning={"below": 75}),
        (34.2, 25.8, 8.8),
        ((2, 2, 1), (4, 2, 1), (6, 3, 1)),
    ),
    Detector(
        "7 days below 77 %, 30 answers",
        rule(7, min_samples=30, warning={"below": 77}),
        (17.1, 5.4, 0.8),
        ((6, 5, 3), (11, 5, 3), (20, 6, 3)),
    ),
    Detector(
        "the same, recovered at 79 %",
        rule(7, min_samples=30, warning={"below": 77, "recover": 79}),
        (15.8, 5.1, 0.7),
        ((10, 7, 5), (12, 6, 4), (20, 6, 3)),
    ),
    Detector(
        "7 days below 80 %, 95 % certain",
        rule(7, warning={"below": 80}, certain="95%"),
    ),
    Detector(
        "7 days below 80 %, 99 % certain",
        rule(7, warning={"below": 80}, certain="99%"),
        (0.8, 0.5, 0.4),
        ((85, 49, 16), (54, 13, 5), (35, 7, 4)),
    ),
    Detector(
        "drift",
        by_drift,
        (0.8, 0.9, 2.3),
        ((85, 64, 20), (45, 12, 5), (12, 5, 2)),
    ),
)


def measure(say: Callable[[str], None], *, quick: bool = False) -> list[Figure]:
    worlds = QUICK_WORLDS if quick else WORLDS
    figures = []
    for place, a_day in enumerate(VOLUMES):
        say(f"warning: {worlds} years and {len(DROPS) * worlds} drops at {a_day} answers a day")
        figures += figures_at(a_day, place, worlds)
    return figures


def figures_at(a_day: int, place: int, worlds: int) -> list[Figure]:
    """Every detector's figures at one volume, `place` in `VOLUMES`."""
    rng = np.random.default_rng(a_day)
    quiet = worlds_of(rng, worlds, HISTORY_DAYS + YEAR, a_day)
    before = HISTORY_DAYS + BEFORE_THE_FALL
    fallen = {
        drop: worlds_of(rng, worlds, before + TWELVE_WEEKS, a_day, drop, before) for drop in DROPS
    }
    figures = []
    for each in DETECTORS:
        figures.append(_false_alarms(each, quiet, a_day, place))
        for column, drop in enumerate(DROPS):
            usual = float(each.days[place][column]) if each.days else None
            name = f"{each.name}: {drop} points seen, {a_day} a day"
            seen = [days_to_see(each.watch(world), BEFORE_THE_FALL) for world in fallen[drop]]
            known = [days for days in seen if days is not None] or [TWELVE_WEEKS + 1]
            figures.append(Figure(name, median(known), "days", baseline=usual))
    return [*figures, *_rings(quiet, a_day)]


def days_to_see(watched: Watched, fell: int) -> int | None:
    """Evenings from the fall to the first that stands alarmed; 85 when none does. None where it
    stood alarmed before: what was seen already is not seen sooner."""
    if watched.alarmed[fell - 1]:
        return None
    evenings = (after for after, alarmed in enumerate(watched.alarmed[fell:], 1) if alarmed)
    return next(evenings, TWELVE_WEEKS + 1)


def _false_alarms(each: Detector, quiet: list[World], a_day: int, place: int) -> Figure:
    usual = each.false[place] if each.false else None
    alarms = [each.watch(world).alarms * 365 / YEAR for world in quiet]
    return Figure(
        f"{each.name}: false alarms, {a_day} a day",
        fmean(alarms),
        "a year",
        must=None if usual is None else 1.5 * usual,
        baseline=usual,
    )


def _rings(quiet: list[World], a_day: int) -> list[Figure]:
    """What the page of a touchpoint rings where nothing happens, on charts of eight weeks."""
    charts = [
        each.daily[start : start + HISTORY_DAYS]
        for each in quiet
        for start in range(0, len(each.daily) - HISTORY_DAYS + 1, HISTORY_DAYS)
    ]
    values = ([value(day, TOP_BOX, CSAT) for day in chart] for chart in charts)
    ringed = [len(worth_a_look([one for one in all_ if one is not None])) for all_ in values]
    name = f"worth a look, shown only, {a_day} a day"
    return [
        Figure(f"{name}: charts with a ring", 100 * fmean(map(bool, ringed)), "%"),
        Figure(f"{name}: days ringed a chart", fmean(ringed), "days"),
    ]


def worlds_of(
    rng: np.random.Generator, worlds: int, days: int, a_day: float, drop: float = 0, falls: int = 0
) -> list[World]:
    n, happy = answers(rng, worlds=worlds, days=days, a_day=a_day, drop=drop, falls_on=falls)
    return [_world(*both) for both in zip(n, happy, strict=True)]


def _world(n: Counts, happy: Counts) -> World:
    daily = as_totals(n, happy)
    spreads = np.empty(len(daily))
    for monday in range(0, len(daily), WEEK):
        start = max(0, monday - WEEK - HISTORY_DAYS)
        before = daily[start : max(0, monday - WEEK)]
        spread = overdispersion(MONDAY + timedelta(days=start), before, TOP_BOX, CSAT)
        spreads[monday : monday + WEEK] = spread
    return World(daily, timeline_of(n, happy), spreads)
