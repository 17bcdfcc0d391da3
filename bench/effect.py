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

from bench.figures import Figure
from bench.fixes import AFTER, Repair, Truth, repairs
from cx_loop.logic.intervals import wilson
from tasks.logic.effect import RELAPSE_DAYS, Verdict, has_relapsed, judge

VOLUMES = (8, 40, 200)
RUNS, NULL_RUNS, QUICK_RUNS = 1_000, 5_000, 40
FALSE_AT_MOST = 6.0
# days from alert to fix that leave a baseline of 7 to 21 whole days, and of 3 to 6
FIXED, FAST = (8, 22), (4, 7)
SHORTEST = 3
# of fixes that hold, at most so many in a hundred are called back within 90 days: one in ten for
# nothing is what a lead still believes, and a watch that asks for more finds true relapses later
WATCHED = 90
CALLED_BACK_AT_MOST, CALLED_BACK_KNOWN = 10.0, (14.5, 5.9, 2.9)
ENOUGH = 100  # watches below which a share says nothing
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


@dataclass(frozen=True, slots=True)
class Ending:
    """How one verification ended: its name in `NAMES`, the day after settling, and what the look
    of that day said."""

    name: str
    day: int
    said: Verdict


def measure(say: Callable[[str], None], *, quick: bool = False) -> list[Figure]:
    figures: list[Figure] = []
    for column in COLUMNS:
        for place, a_day in enumerate(VOLUMES):
            runs = QUICK_RUNS if quick else column.runs
            endings = _endings(column.truth, a_day, runs, FIXED)
            say(f"effect: {column.truth}, {a_day} a day, {runs} runs: {_matrix(endings)}")
            figures += _figures(column, place, endings)
    figures += _fast(say, QUICK_RUNS if quick else RUNS)
    return figures + _called_back(say, QUICK_RUNS if quick else RUNS)


def end_of(repair: Repair) -> Ending:
    """Look after look until somebody decides; an owner who is asked answers nothing."""
    asked, looks = False, repair.plan.all_looks
    for look, day in enumerate(looks):
        said = judge(
            repair.plan,
            look=look,
            baseline=repair.days,
            after=repair.days,
            history=repair.days,
            controls=repair.controls,
            breaching=repair.breaching(look),
            asked=asked,
        )
        asked = said.reason == "ask_owner"
        if said.verdict == "inconclusive":
            unproven = said.reason == "recovered_unproven"
            return Ending("recovered_unproven" if unproven else "open", day, said)
        if said.verdict:
            return Ending(said.verdict, day, said)
    return Ending("open", looks[-1], said)


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


def _called_back(say: Callable[[str], None], runs: int) -> list[Figure]:
    """Fixes found effective that hold: how many the watch of 90 days calls back all the same."""
    figures = []
    for place, a_day in enumerate(VOLUMES):
        rng = np.random.default_rng([a_day, WATCHED, *b"fixed"])
        after = AFTER + RELAPSE_DAYS + WATCHED
        found = repairs(rng, "fixed", a_day=a_day, runs=runs, fixed=FIXED, after=after)
        endings = [(each, end_of(each)) for each in found]
        watched = [(each, end) for each, end in endings if end.name == "effective"]
        called = sum(_comes_back(each, end) for each, end in watched)
        many = max(1, len(watched))
        say(f"effect: {called} of {len(watched)} that hold called back, {a_day} a day")
        spread = wilson(called, many)
        figure = Figure(
            f"relapse called on an effective fix that holds, {WATCHED} days, {a_day} a day",
            100 * called / many,
            "%",
            must=CALLED_BACK_AT_MOST if len(watched) >= ENOUGH else None,
            baseline=CALLED_BACK_KNOWN[place],
            spread=(100 * spread[0], 100 * spread[1]),
        )
        figures.append(figure)
    return figures


def _comes_back(repair: Repair, ending: Ending) -> bool:
    """Whether any night of the watch calls it back."""
    plan, said = repair.plan, ending.said
    start = (plan.settled_from - repair.days[0].date).days + max(ending.day + 1, RELAPSE_DAYS)
    return any(
        has_relapsed(
            plan,
            problem=said.baseline["value"],
            fixed=said.after["value"],
            recent=repair.days[until - RELAPSE_DAYS : until],
            dispersion=said.dispersion or 1.0,
        )
        for until in range(start, start + WATCHED)
    )


def _judged_sooner(repair: Repair) -> Repair:
    return replace(repair, plan=replace(repair.plan, min_days=SHORTEST))


def _matrix(endings: Sequence[Ending]) -> str:
    many = Counter(each.name for each in endings)
    return ", ".join(f"{name} {100 * many[name] / len(endings):.1f} %" for name in NAMES)
