"""How far a service standard is kept: the share of answers, or of days, on the right side of it.

Where a single answer can keep the promise (a wait, a satisfied guest) answers are counted, as
customers meet it one at a time; where only many together have a value (NPS, a rate, complaints)
days or windows are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alerts.logic.quality import Share
from cx_loop.logic.bins import Scale
from cx_loop.logic.scores import PERCENTILES, Aggregate, value
from cx_loop.logic.totals import Totals

WHOLE = 100.0


@dataclass(frozen=True, slots=True)
class Promise:
    """A standard, computable: `aggregate` at most or at least `target`."""

    aggregate: Aggregate
    target: float
    at_most: bool

    def kept_by(self, found: float) -> bool:
        return found <= self.target if self.at_most else found >= self.target


@dataclass(frozen=True, slots=True)
class Criterion:
    """When one answer keeps the promise: it is not counted by `broken`, or it is by `kept`.

    `wanted`: how many percent of answers have to; None where the promise is about their mean.
    """

    share: Aggregate
    counts_broken: bool
    wanted: float | None


def criterion(promise: Promise, scale: Scale) -> Criterion | None:
    """How a single answer is judged; None where only many together have a value."""
    name, line, target = promise.aggregate.name, promise.aggregate.line, promise.target
    if name in {"share_above", "share_below"} and line is not None:
        wanted = WHOLE - target if promise.at_most else target
        return Criterion(promise.aggregate, promise.at_most, wanted)
    if name == "top_box" and not promise.at_most:
        return Criterion(promise.aggregate, False, target)
    side = Aggregate("share_above" if promise.at_most else "share_below", target)
    if name in PERCENTILES and promise.at_most:
        return Criterion(side, True, float(PERCENTILES[name]))
    if name in {"max", "min"} and (name == "max") == promise.at_most:
        return Criterion(side, True, WHOLE)
    if name == "mean" and scale.kind != "rate":
        return Criterion(side, True, None)
    return None


def kept_by_answers(found: Criterion, totals: Totals, scale: Scale) -> Share:
    """How many answers kept it, of how many."""
    if totals.n <= 0:
        return Share(0, 0)
    counted = round((value(totals, found.share, scale) or 0.0) * totals.n / 100)
    return Share(totals.n - counted if found.counts_broken else counted, totals.n)


def kept_by_windows(promise: Promise, windows: Sequence[Totals], scale: Scale) -> Share:
    """How many windows with data kept it, of how many."""
    values = [value(each, promise.aggregate, scale) for each in windows if each.n > 0]
    known = [promise.kept_by(each) for each in values if each is not None]
    return Share(sum(known), len(known))


def rule_of(promise: Promise, *, metric: str, window: str, certain: bool) -> dict[str, Any]:
    """The rule that warns when a promise is broken, as configuration would write it.

    A week and thirty answers, so that a thin day does not cry wolf; the line is the promise.
    """
    counts = promise.aggregate.name in {"count", "sum"}
    aggregate = promise.aggregate
    return {
        "metric": metric,
        "aggregate": aggregate.name if aggregate.line is None else {aggregate.name: aggregate.line},
        "window": window or "7d",
        "min_samples": 0 if counts else 30,
        "warning": {"above" if promise.at_most else "below": promise.target},
        **({"certain": "95%"} if certain else {}),
    }
