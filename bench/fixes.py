"""Touchpoints whose fixes are known to work or not, with four others to compare them with.

The world is that of `simulated`, with the shock common to all kept common. A rule watches the top
box of the last seven days (30 answers or more) below a line that chance alone crosses about four
times a year; what it fires on is the alert, and 7 to 21 days later something is said to be fixed.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.simulated import (
    MONDAY,
    NORMAL,
    WEEKDAY_LOGIT,
    WEEKDAY_VOLUME,
    Counts,
    autoregressive,
    logit,
)
from cx_loop.logic.dispersion import HISTORY_DAYS, WEEK
from cx_loop.logic.timelines import Floats
from tasks.logic.evidence import Controls
from tasks.logic.measures import Day, Measure
from tasks.logic.plan import Plan, with_reference

Truth = Literal["noise", "unfixed", "fixed", "half fixed", "made worse", "shock"]
Flags = NDArray[np.bool_]

TOP_BOX = Measure("share", line=3)
CONTROLS = (-0.06, 0.0, 0.04, -0.10)  # how far the others lie from the touchpoint, in logits
POINTS, WORSE_BY = 6, 5  # percentage points
BEGINS = HISTORY_DAYS + 2 * WEEK  # the day a problem begins; nothing is looked for before it
NOTICED_WITHIN = {"noise": 168}  # days in which an alert must come
NOTICED = 28
FIXED_AFTER = (7, 21)
AFTER = 3 + 56
MIN_N = 30
NOISE_A_YEAR = 4


@dataclass(frozen=True, slots=True)
class Repair:
    """One alert and its fix: the plan, the days of the touchpoint and of the others pooled, and
    whether the rule stands breached on each day of the world (by its number)."""

    plan: Plan
    days: list[Day]
    controls: Controls
    breached: Flags

    def breaching(self, look: int) -> bool:
        """Whether the rule fires on the morning of a look."""
        until = self.plan.settled_from + timedelta(days=self.plan.all_looks[look])
        return bool(self.breached[(until - MONDAY).days - 1])


@dataclass(frozen=True, slots=True)
class Effects:
    """What happens to the touchpoint (`own`) and to all of them alike, in logits: while the problem
    lasts, and from the fix on."""

    problem: float = 0.0
    after: float = 0.0
    everywhere: bool = False


def repairs(
    rng: np.random.Generator,
    truth: Truth,
    *,
    a_day: float,
    runs: int,
    fixed: tuple[int, int],
    after: int = AFTER,
) -> list[Repair]:
    """So many alerts with what was done about them, fixed between so many days after the alert,
    and `after` days of what came then.

    Touchpoints on which the rule does not fire in time are left out: nobody would have fixed them.
    """
    found: list[Repair] = []
    while len(found) < runs:
        found += _batch(rng, truth, a_day, min(runs, 500), fixed, after)
    return found[:runs]


def another_metric(
    rng: np.random.Generator, a_day: float, repair: Repair
) -> tuple[list[Day], Controls]:
    """Days and controls of a metric that nothing happens to, over the days of a repair."""
    start = (repair.days[0].date - MONDAY).days
    end = start + len(repair.days)
    n, happy = (
        each[0]
        for each in _answers(
            rng, a_day, np.zeros((1, 1 + len(CONTROLS), end)), np.array((0.0, *CONTROLS))
        )
    )
    pooled = _days(n[1:].sum(axis=0), happy[1:].sum(axis=0), start, end)
    return _days(n[0], happy[0], start, end), Controls(pooled)


@cache
def line_of(a_day: float) -> float:
    """The share under which a week falls by chance about four times a year."""
    rng = np.random.default_rng(7)
    nothing = np.zeros((400, 1, 364 + WEEK))
    n, happy = _answers(rng, a_day, nothing, np.zeros(1))
    low, high = 0.5, NORMAL
    for _ in range(30):
        middle = (low + high) / 2
        a_year = _fires(_breached(n[:, 0], happy[:, 0], middle)).sum() / len(n)
        low, high = (middle, high) if a_year < NOISE_A_YEAR else (low, middle)
    return low


def _batch(
    rng: np.random.Generator,
    truth: Truth,
    a_day: float,
    worlds: int,
    fixed: tuple[int, int],
    after: int,
) -> list[Repair]:
    seen = NOTICED_WITHIN.get(truth, NOTICED)
    days = BEGINS + seen + FIXED_AFTER[1] + after + 1
    offsets = np.array((0.0, *CONTROLS))
    what = EFFECTS[truth]
    change = np.zeros((worlds, len(offsets), days))
    touched = slice(None) if what.everywhere else slice(0, 1)
    change[:, touched, BEGINS:] = what.problem
    levels = _levels(rng, change, offsets)
    n = rng.poisson(a_day * WEEKDAY_VOLUME[np.arange(days) % WEEK], change.shape)
    happy = rng.binomial(n, _share(levels))
    alerts = _first_alert(_breached(n[:, 0], happy[:, 0], line_of(a_day)), seen)
    waits = rng.integers(fixed[0], fixed[1] + 1, worlds)
    for world in np.flatnonzero(alerts):
        fix = alerts[world] + waits[world]
        levels[world, touched, fix:] += what.after - what.problem
    # what came before the fix stays as it was drawn, otherwise the alert would not have come
    fresh = rng.binomial(n, _share(levels))
    later = np.arange(days) >= (alerts + waits)[:, None, None]
    happy = np.where(later, fresh, happy)
    breached = _breached(n[:, 0], happy[:, 0], line_of(a_day))
    return [
        _repair(n[at], happy[at], breached[at], int(alerts[at]), int(waits[at]), after)
        for at in np.flatnonzero(alerts)
    ]


def _repair(n: Counts, happy: Counts, breached: Flags, alert: int, wait: int, after: int) -> Repair:
    start, end = alert - WEEK - HISTORY_DAYS, alert + wait + after + 1
    own = _days(n[0], happy[0], start, end)
    alert_day = MONDAY + timedelta(days=alert)
    plan = Plan(
        measure=TOP_BOX,
        higher_is_better=True,
        alert_day=alert_day,
        fix_day=alert_day + timedelta(days=wait),
        trigger_from=alert_day - timedelta(days=WEEK),
    )
    plan = with_reference(plan, goal=None, history=own, recover_at=None)
    pooled = _days(n[1:].sum(axis=0), happy[1:].sum(axis=0), start, end)
    return Repair(plan, own, Controls(pooled), breached)


def _days(n: Counts, happy: Counts, start: int, end: int) -> list[Day]:
    both = zip(n[start:end].tolist(), happy[start:end].tolist(), strict=True)
    return [
        Day(MONDAY + timedelta(days=start + at), float(all_), float(some), float(some))
        for at, (all_, some) in enumerate(both)
    ]


def _answers(
    rng: np.random.Generator, a_day: float, change: Floats, offsets: Floats
) -> tuple[Counts, Counts]:
    n = rng.poisson(a_day * WEEKDAY_VOLUME[np.arange(change.shape[2]) % WEEK], change.shape)
    return n, rng.binomial(n, _share(_levels(rng, change, offsets)))


def _levels(rng: np.random.Generator, change: Floats, offsets: Floats) -> Floats:
    """Logit of the share of each world, touchpoint and day; the shock is a world's, not its own."""
    worlds, arms, days = change.shape
    own = autoregressive(rng, worlds * arms, days, 0.4, 0.15).reshape(change.shape)
    shared = autoregressive(rng, worlds, days, 0.9, 0.08)[:, None, :]
    usual = logit(NORMAL) + offsets[:, None] + WEEKDAY_LOGIT[np.arange(days) % WEEK]
    return np.asarray(usual + own + shared + change, dtype=np.float64)


def _share(levels: Floats) -> Floats:
    share: Floats = 1 / (1 + np.exp(-levels))
    return share


def _breached(n: Counts, happy: Counts, line: float) -> Flags:
    """By world and day: whether the seven days that end with it lie below the line."""
    weeks, good = (np.cumsum(each, axis=1) for each in (n, happy))
    weeks[:, WEEK:], good[:, WEEK:] = (
        weeks[:, WEEK:] - weeks[:, :-WEEK],
        good[:, WEEK:] - good[:, :-WEEK],
    )
    below: Flags = (weeks >= MIN_N) & (good < line * weeks)
    below[:, : WEEK - 1] = False
    return below


def _fires(breached: Flags) -> Flags:
    """The days on which it becomes so and was not so in the week before: one alert each."""
    fires = breached.copy()
    for back in range(1, WEEK + 1):
        fires[:, back:] &= ~breached[:, :-back]
    return fires


def _first_alert(breached: Flags, seen: int) -> NDArray[np.int64]:
    """By world: the day after the first week below the line, 0 where none is in time.

    Alerts are raised as a problem begins or later; those on the eve of it were another story.
    """
    fires = _fires(breached)
    fires[:, :BEGINS] = False
    fires[:, BEGINS + seen :] = False
    return np.where(fires.any(axis=1), fires.argmax(axis=1) + 1, 0)


_DROP = float(logit(NORMAL - POINTS / 100) - logit(NORMAL))
_HALF = float(logit(NORMAL - POINTS / 200) - logit(NORMAL))
_WORSE = float(logit(NORMAL - (POINTS + WORSE_BY) / 100) - logit(NORMAL))

EFFECTS: dict[Truth, Effects] = {
    "noise": Effects(),
    "unfixed": Effects(_DROP, _DROP),
    "fixed": Effects(_DROP, 0.0),
    "half fixed": Effects(_DROP, _HALF),
    "made worse": Effects(_DROP, _WORSE),
    "shock": Effects(_DROP, 0.0, everywhere=True),
}
