"""The watch after a fix that worked, by the shipped code: what it calls back that holds, and how
much of what does come back it finds, how soon."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.endings import FIXED, VOLUMES, Ending, end_of
from bench.figures import Figure
from bench.fixes import AFTER, POINTS, Repair, repairs
from bench.simulated import NORMAL
from cx_loop.logic.intervals import wilson
from tasks.logic.measures import Day
from tasks.logic.relapse import RELAPSE_DAYS, Proven, proven_of, relapse_of

WATCHED = 90
REPAIRS = (6_000, 3_000, 2_000)  # so many that hundreds are found effective
# so many in a hundred that hold may be called back in 90 days: at few answers what a lead still
# believes, at many what the noise of the days alone leaves
CALLED_BACK_AT_MOST = (20.0, 10.0, 5.0)
CALLED_BACK_KNOWN = (14.5, 5.9, 2.9)
COMES_BACK_AFTER = 30  # days of the watch until all that was mended is lost again
FOUND_AT_LEAST = (35.0, 75.0, 90.0)
FOUND_KNOWN, DAYS_KNOWN = (83.0, 99.0, 100.0), (23.0, 14.0, 12.0)
ENOUGH = 100  # watches below which a share says nothing


@dataclass(frozen=True, slots=True)
class Watch:
    """One fix found effective: its days, and the first night of its watch (as an index of them)."""

    repair: Repair
    proven: Proven
    first: int

    def night_of_call(self, days: list[Day], *, alone: bool = False) -> int | None:
        """The first night (0-based) on which it is called back, of 90; `alone`: as without others
        to compare it with."""
        controls = [] if alone else self.repair.controls.days
        for night in range(WATCHED):
            last = slice(self.first + night - RELAPSE_DAYS, self.first + night)
            found = relapse_of(
                self.repair.plan, self.proven, recent=days[last], others=controls[last]
            )
            if found.relapsed:
                return night
        return None


def watched(say: Callable[[str], None], runs: int | None = None) -> list[Figure]:
    """Repairs of six points found effective: as many as `runs` give, else `REPAIRS` of a volume."""
    figures = []
    for place, a_day in enumerate(VOLUMES):
        rng = np.random.default_rng([a_day, WATCHED, *b"fixed"])
        after, many = AFTER + RELAPSE_DAYS + WATCHED, runs or REPAIRS[place]
        found = repairs(rng, "fixed", a_day=a_day, runs=many, fixed=FIXED, after=after)
        endings = [(each, end_of(each)) for each in found]
        watches = [_watch(each, end) for each, end in endings if end.name == "effective"]
        lost = [(each, _come_back(each, rng)) for each in watches]
        for alone in (False, True):
            falsely = [each.night_of_call(each.repair.days, alone=alone) for each in watches]
            truly = [each.night_of_call(days, alone=alone) for each, days in lost]
            figures += [_false(say, place, falsely, alone), *_true(say, place, truly, alone)]
    return figures


def _watch(repair: Repair, ending: Ending) -> Watch:
    settled = (repair.plan.settled_from - repair.days[0].date).days
    proven = proven_of(
        repair.plan,
        look=ending.look,
        days=repair.days,
        controls=repair.controls.days,
        dispersion=ending.said.dispersion or 1.0,
    )
    assert proven is not None
    return Watch(repair, proven, settled + max(ending.day + 1, RELAPSE_DAYS))


def _come_back(watch: Watch, rng: np.random.Generator) -> list[Day]:
    """The same days with the six points lost again from a day of the watch on: each happy answer
    stays so with the chance that takes the share there."""
    days, since = watch.repair.days, watch.first + COMES_BACK_AFTER
    stays = 1 - POINTS / 100 / NORMAL
    lost = [rng.binomial(int(day.total), stays) for day in days[since:]]
    return days[:since] + [
        Day(day.date, day.n, float(happy), float(happy))
        for day, happy in zip(days[since:], lost, strict=True)
    ]


def _false(say: Callable[[str], None], place: int, nights: list[int | None], alone: bool) -> Figure:
    called, many = sum(night is not None for night in nights), len(nights)
    where = _where(place, alone)
    say(f"effect: {called} of {many} that hold called back, {where}")
    low, high = wilson(called, max(1, many))
    return Figure(
        f"relapse called on an effective fix that holds, {WATCHED} days, {where}",
        100 * called / max(1, many),
        "%",
        must=CALLED_BACK_AT_MOST[place] if many >= ENOUGH and not alone else None,
        baseline=CALLED_BACK_KNOWN[place],
        spread=(100 * low, 100 * high),
    )


def _true(
    say: Callable[[str], None], place: int, nights: list[int | None], alone: bool
) -> list[Figure]:
    """Of those still closed when it comes back; the day counts from there."""
    open_then = [night for night in nights if night is None or night >= COMES_BACK_AFTER]
    days = [night - COMES_BACK_AFTER for night in open_then if night is not None]
    many, where = len(open_then), _where(place, alone)
    say(f"effect: {len(days)} of {many} that come back found, {where}")
    low, high = wilson(len(days), max(1, many))
    name = f"six points lost again, {where}"
    return [
        Figure(
            f"{name}: found within {WATCHED - COMES_BACK_AFTER} days",
            100 * len(days) / max(1, many),
            "%",
            must=FOUND_AT_LEAST[place] if many >= ENOUGH and not alone else None,
            baseline=FOUND_KNOWN[place],
            spread=(100 * low, 100 * high),
            at_least=True,
        ),
        Figure(
            f"{name}: half of those found by day",
            statistics.median(days) if days else float(WATCHED),
            "days",
            baseline=DAYS_KNOWN[place],
        ),
    ]


def _where(place: int, alone: bool) -> str:
    return f"{VOLUMES[place]} a day" + (", without controls" if alone else "")
