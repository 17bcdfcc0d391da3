"""How well a rule warns: shares with their intervals, and the one change that would help most.

An alert is raised because a window was extreme, so the window itself proves nothing: of noise
alone two thirds "get better" afterwards (regression to the mean). Whether there was a problem is
therefore read from the days after the alert and before any fix, with the trigger window left out;
docs/methods.md, "How well a rule warns".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf
from typing import Any

from alerts.logic.conditions import Spec
from alerts.logic.levels import Level
from cx_loop.logic.intervals import percentile_ranks, wilson

CONFIRMED, REFUTED, UNKNOWN = "confirmed", "not_confirmed", "unknown"
FEWEST_DAYS, FEWEST_ANSWERS, MOST_DAYS = 7, 30, 14

FEW_ALERTS = 5  # below this a share says nothing yet
USUAL_SAMPLES = 30
TOO_MANY_A_WEEK = 3.0


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, in percent with its 95 % interval (Wilson 1927)."""

    count: int
    n: int

    @property
    def percent(self) -> float | None:
        return 100 * self.count / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.n:
            return None
        low, high = wilson(self.count, self.n)
        return 100 * low, 100 * high

    def surely_above(self, percent: float) -> bool:
        return self.interval is not None and self.interval[0] > percent

    def surely_below(self, percent: float) -> bool:
        return self.interval is not None and self.interval[1] < percent


@dataclass(frozen=True, slots=True)
class After:
    """The days after an alert and before its fix: value and interval in the rule's unit."""

    value: float
    low: float
    high: float
    n: float
    days: int


@dataclass(frozen=True, slots=True)
class Quality:
    """What a rule did in a period. Durations are real time; `None` where nothing can be said.

    alerts         raised in the period
    false_alarms   of those that are over: dismissed as a false alarm
    confirmed      of those whose after-alert data could tell: the problem was there
    unacknowledged of those acknowledged or over: nobody had acknowledged them
    silenced       of all: quieted by a silence; None where it was not asked
    short_lived    of those over: cleared by themselves within two windows
    thin           of all decisions: too few observations to judge
    missed         drops that drift saw and the rule did not; None where drift was not asked
    """

    alerts: int
    false_alarms: Share
    confirmed: Share
    unacknowledged: Share
    short_lived: Share
    thin: Share
    silenced: Share | None = None
    missed: int | None = None
    acknowledged_after: tuple[timedelta, ...] = ()
    smallest_n: float = inf
    false_alarm_peak: float | None = None

    @property
    def median_to_acknowledge(self) -> timedelta | None:
        known = sorted(self.acknowledged_after)
        return known[(len(known) - 1) // 2] if known else None

    @property
    def median_interval(self) -> tuple[timedelta, timedelta] | None:
        """Order statistics around the median (Conover 1999, § 3.2); None with too few."""
        known = sorted(self.acknowledged_after)
        low, high = percentile_ranks(0.5, len(known)) if known else (0, 1)
        return (known[low - 1], known[high - 1]) if low >= 1 and high <= len(known) else None


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change to a rule: `change` is a stable code, `to` its new value where there is one,
    `reason` a stable code whose sentence takes `facts`."""

    change: str
    reason: str
    to: Any = None
    facts: dict[str, Any] = field(default_factory=dict)


def after_alert(level: Level, after: After | None, usual: float | None, *, rose: bool) -> str:
    """Whether the problem was there: confirmed, not_confirmed or unknown.

    `usual`: the value of the eight weeks before the trigger window; `rose`: the alert was for a
    value too high. The reference is the usual value, or the line of recovery where the usual one
    is worse: there the problem is an old one. Confirmed when the whole interval lies on the bad
    side of the reference. An alert is counted only where the data could have shown the gap
    between reference and line, whatever they showed; otherwise only what is obvious would count.
    """
    if after is None or after.days < FEWEST_DAYS or after.n < FEWEST_ANSWERS:
        return UNKNOWN
    reference, gap = _reference(level, usual, rose=rose)
    reach = after.value - after.low if rose else after.high - after.value
    if reference is None or reach > gap:
        return UNKNOWN
    worse = after.low > reference if rose else after.high < reference
    return CONFIRMED if worse else REFUTED


def propose(spec: Spec, quality: Quality, *, weeks: float, watches: bool) -> Proposal | None:
    """The one change that would help most, or None when the rule does well; first that holds.

    `weeks`: length of the period; `watches`: whether any series arrives under it.
    """
    if not watches:
        return Proposal("retire", "watches_nothing")
    for found in (
        _too_thin(spec, quality),
        _cries_wolf(spec, quality),
        _flaps(spec, quality),
        _goes_unheard(quality, weeks),
        _misses(quality),
        _sleeps(quality, weeks),
    ):
        if found is not None:
            return found
    return None


def _too_thin(spec: Spec, quality: Quality) -> Proposal | None:
    if not quality.thin.surely_above(80) or quality.alerts:
        return None
    facts = {"share": quality.thin.percent, "min_samples": spec.min_samples}
    return Proposal("lengthen_window", "too_thin", facts=facts)


def _cries_wolf(spec: Spec, quality: Quality) -> Proposal | None:
    """More false alarms than a fifth for sure, or less than half of the problems confirmed."""
    if quality.alerts < FEW_ALERTS:
        return None
    wolf, real = quality.false_alarms, quality.confirmed
    if wolf.surely_above(20):
        reason, facts = "false_alarms", {"count": wolf.count, "n": wolf.n}
    elif real.surely_below(50):
        reason, facts = "not_confirmed", {"count": real.n - real.count, "n": real.n}
    else:
        return None
    if real.surely_above(50):
        return Proposal("settle_meaning", reason, facts=facts)
    if spec.min_samples < USUAL_SAMPLES and quality.smallest_n < USUAL_SAMPLES and not spec.counts:
        return Proposal("raise_min_samples", reason, USUAL_SAMPLES, facts)
    if all(level.certain is None for level in spec.levels) and not spec.drift:
        return Proposal("add_certain", reason, "95%", facts)
    if spec.for_windows == 1:
        return Proposal("lengthen_for", reason, 2, facts)
    return Proposal("raise_line", reason, quality.false_alarm_peak, facts)


def _flaps(spec: Spec, quality: Quality) -> Proposal | None:
    short = quality.short_lived
    if quality.alerts < FEW_ALERTS or not short.surely_above(50):
        return None
    facts = {"count": short.count, "n": short.n}
    if all(level.recover is None for level in spec.levels):
        return Proposal("add_recover", "short_lived", facts=facts)
    return Proposal("lengthen_for", "short_lived", spec.for_windows + 1, facts)


def _goes_unheard(quality: Quality, weeks: float) -> Proposal | None:
    unheard = quality.unacknowledged
    if quality.alerts < FEW_ALERTS or not unheard.surely_above(50):
        return None
    facts = {"count": unheard.count, "n": unheard.n, "per_week": quality.alerts / weeks}
    often = quality.alerts / weeks > TOO_MANY_A_WEEK
    return Proposal("raise_line" if often else "change_route", "unacknowledged", facts=facts)


def _misses(quality: Quality) -> Proposal | None:
    if not quality.missed or quality.missed < 2:
        return None
    return Proposal("lower_line", "missed", facts={"count": quality.missed})


def _sleeps(quality: Quality, weeks: float) -> Proposal | None:
    if quality.alerts or weeks < 12:
        return None
    return Proposal("retire", "sleeps", facts={"weeks": round(weeks)})


def _reference(level: Level, usual: float | None, *, rose: bool) -> tuple[float | None, float]:
    """What the days after are held against, and the gap they must be able to show."""
    if level.is_change:
        if usual is None:
            return None, 0.0
        bound = abs(level.bound) if isinstance(level.bound, int | float) else 0.0
        return usual, bound * abs(usual) / 100 if level.percent else bound
    place = 1 if rose else 0
    line, healthy = level.interval[place], level.healthy_interval[place]
    if usual is None:
        return healthy, abs(line - healthy) or inf
    reference = min(usual, healthy) if rose else max(usual, healthy)
    return reference, max(abs(reference - line), abs(reference - usual))


def shares_of(flags: Sequence[bool]) -> Share:
    return Share(sum(flags), len(flags))
