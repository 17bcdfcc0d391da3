"""A touchpoint whose truth is known: daily answers with weekdays, days of their own and shocks.

CSAT 82 % top box. On the logit scale: weekday effects, the touchpoint's own days as AR(1) with
phi .4 and sd .15, a shock common to all touchpoints as AR(1) with phi .9 and sd .08. Answers a
day are Poisson around the volume times the weekday's factor. Written down in docs/methods.md.
"""

from datetime import UTC, date, datetime, time

import numpy as np
from numpy.typing import NDArray

from cx_loop.logic.bins import Scale, bin_of
from cx_loop.logic.timelines import Floats, Timeline
from cx_loop.logic.totals import Totals

MONDAY = date(2024, 1, 1)
NORMAL = 0.82
DAY = 86_400.0
CSAT = Scale("csat")

WEEKDAY_LOGIT = np.array((0.03, 0.03, 0.03, 0.03, 0.03, -0.08, -0.12))
WEEKDAY_VOLUME = np.array((1.10, 1.05, 1.0, 1.0, 1.05, 0.9, 0.9))
_HAPPY, _UNHAPPY = 5, 1
_BINS = bin_of(_HAPPY, CSAT), bin_of(_UNHAPPY, CSAT)

Counts = NDArray[np.int64]


def answers(
    rng: np.random.Generator, *, worlds: int, days: int, a_day: float, drop: float, falls_on: int
) -> tuple[Counts, Counts]:
    """(answers, happy ones) of each world and day, the first day a Monday.

    From the day `falls_on` on the share is lower by `drop` points (of 100), for good.
    """
    weekdays = np.arange(days) % 7
    levels = logit(NORMAL) + WEEKDAY_LOGIT[weekdays] + _days_of_their_own(rng, worlds, days)
    levels[:, falls_on:] += logit(NORMAL - drop / 100) - logit(NORMAL)
    n = rng.poisson(a_day * WEEKDAY_VOLUME[weekdays], (worlds, days))
    return n, rng.binomial(n, 1 / (1 + np.exp(-levels)))


def as_totals(n: Counts, happy: Counts) -> list[Totals]:
    """Days of one world as rollups would hold them: happy is 5 of 1-5, unhappy 1."""
    return [totals_of(int(all_), int(some)) for all_, some in zip(n, happy, strict=True)]


def evenings(days: int) -> Floats:
    """The ends of so many days, in seconds since 1970, UTC."""
    began = datetime.combine(MONDAY, time(), UTC).timestamp()
    return np.asarray(began + DAY * np.arange(1, days + 1), dtype=np.float64)


def timeline_of(n: Counts, happy: Counts) -> Timeline:
    """The same days for many windows at once, in UTC."""
    days = evenings(len(n)) - DAY
    rows = []
    for score, many in ((_HAPPY, happy), (_UNHAPPY, n - happy)):
        sums = (many, many * score, many * score**2, 0 * many)
        rows.append(np.column_stack([days, np.full(len(n), bin_of(score, CSAT)), *sums]))
    return Timeline.of(np.vstack(rows))


def totals_of(n: int, happy: int) -> Totals:
    unhappy = n - happy
    counted = {bin: many for bin, many in zip(_BINS, (happy, unhappy), strict=True) if many}
    total, squares = (happy * _HAPPY**power + unhappy * _UNHAPPY**power for power in (1, 2))
    return Totals(n=n, total=float(total), squares=float(squares), bins=counted)


def autoregressive(
    rng: np.random.Generator, worlds: int, days: int, phi: float, sd: float
) -> Floats:
    """By world and day, around nought: each day keeps `phi` of the day before."""
    values = rng.normal(0, sd, (worlds, days))
    for day in range(1, days):
        values[:, day] = phi * values[:, day - 1] + np.sqrt(1 - phi**2) * values[:, day]
    return values


def logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _days_of_their_own(rng: np.random.Generator, worlds: int, days: int) -> Floats:
    return sum(
        (autoregressive(rng, worlds, days, phi, sd) for phi, sd in ((0.4, 0.15), (0.9, 0.08))),
        np.zeros((worlds, days)),
    )
