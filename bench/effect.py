"""`bench effect`: how often a verdict is right, over simulated fixes whose truth is known, decided
by the code that is shipped.

What must hold: of alerts that were only chance, of fixes that did nothing and of a shock that
passed everywhere at most 6 per cent are called effective (the lower 95 % bound of the share), and
of problems of six points that were really mended so many are proven, and so soon. `baseline` of a
figure is what an independent simulation of the same method gave. The world: `fixes.py`; the table
and what was tried besides: docs/methods.md.
"""

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.endings import FIXED, VOLUMES, Ending, end_of
from bench.figures import Figure
from bench.fixes import Repair, Truth, repairs
from bench.guarding import guarded
from bench.lasting import watched
from cx_loop.logic.intervals import wilson

RUNS, NULL_RUNS, QUICK_RUNS = 1_000, 5_000, 40
FALSE_AT_MOST = 6.0
FAST = (4, 7)  # days from alert to fix that leave a baseline of 3 to 6 whole days
SHORTEST = 3
NEVER = 63  # the median day where nothing was proven: a week past the last look
NAMES = ("effective", "partially_effective", "no_effect", "worse", "recovered_unproven", "open")


@dataclass(frozen=True, slots=True)
class Column:
    """A truth, and what is known of "effective" there, by volume: `known` in per cent, `least` of
    them that must be found, `days` after settling until half of those found are."""

    truth: Truth
    runs: int
    known: tuple[float, float, float]
    least: tuple[float, float, float] | None = None
    days: tuple[int, int, int] | None = None

    @property
    def is_null(self) -> bool:
        return self.runs == NULL_RUNS and self.least is None


COLUMNS = (
    Column("noise", NULL_RUNS, (2, 3, 4)),
    Column("unfixed", NULL_RUNS, (2, 1, 0)),
    Column("shock", NULL_RUNS, (2, 1, 2)),
    Column("fixed", NULL_RUNS, (16, 55, 88), (13, 48, 85), (28, 21, 14)),
    Column("half fixed", RUNS, (5, 15, 23)),
    Column("made worse", RUNS, (0, 0, 0)),
)


def measure(say: Callable[[str], None], *, quick: bool = False) -> list[Figure]:
    figures: list[Figure] = []
    for column in COLUMNS:
        for place, a_day in enumerate(VOLUMES):
            runs = QUICK_RUNS if quick else column.runs
            endings = _endings(column.truth, a_day, runs, FIXED)
            say(f"effect: {column.truth}, {a_day} a day, {runs} runs: {_matrix(endings)}")
            figures += _figures(column, place, endings)
    figures += _fast(say, QUICK_RUNS if quick else RUNS)
    figures += guarded(say, QUICK_RUNS if quick else RUNS)
    return figures + watched(say, QUICK_RUNS if quick else None)


def _endings(truth: Truth, a_day: int, runs: int, fixed: tuple[int, int]) -> list[Ending]:
    rng = np.random.default_rng([a_day, *truth.encode()])
    return [end_of(each) for each in repairs(rng, truth, a_day=a_day, runs=runs, fixed=fixed)]


def _figures(column: Column, place: int, endings: Sequence[Ending]) -> list[Figure]:
    name = f"{column.truth}, {VOLUMES[place]} a day"
    days = [each.day for each in endings if each.name == "effective"]
    low, high = (100 * bound for bound in wilson(len(days), len(endings)))
    found = Figure(
        f"{name}: called effective",
        100 * len(days) / len(endings),
        "%",
        must=column.least[place] if column.least else None,
        baseline=column.known[place],
        spread=(low, high),
        at_least=bool(column.least),
    )
    if column.is_null:
        return [found, Figure(f"{name}: the same, lower 95 % bound", low, "%", FALSE_AT_MOST)]
    if column.days is None:
        return [found]
    limit = float(column.days[place])
    day = statistics.median(days) if days else NEVER
    half = Figure(f"{name}: half of them by day", day, "days", must=limit, baseline=limit)
    return [found, half]


def _fast(say: Callable[[str], None], runs: int) -> list[Figure]:
    """What a verdict on a baseline of three to six days would do, which no plan allows."""
    figures = []
    for truth in ("noise", "fixed"):
        for a_day in VOLUMES:
            rng = np.random.default_rng([a_day, SHORTEST, *truth.encode()])
            found = repairs(rng, truth, a_day=a_day, runs=runs, fixed=FAST)
            endings = [end_of(_judged_sooner(each)) for each in found]
            say(f"effect: {truth} within a week, {a_day} a day: {_matrix(endings)}")
            share = 100 * sum(each.name == "effective" for each in endings) / runs
            name = f"tried, {SHORTEST} to 6 days of baseline: {truth}, {a_day} a day"
            figures.append(Figure(f"{name}, called effective", share, "%"))
    return figures


def _judged_sooner(repair: Repair) -> Repair:
    return replace(repair, plan=replace(repair.plan, min_days=SHORTEST))


def _matrix(endings: Sequence[Ending]) -> str:
    many = Counter(each.name for each in endings)
    return ", ".join(f"{name} {100 * many[name] / len(endings):.1f} %" for name in NAMES)
