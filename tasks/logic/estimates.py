"""Estimates of one arm, their variance, and how much more days differ than chance allows.

Values are in the unit of the measure (percent, points, events a day); see `Measure.factor`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import sqrt
from typing import Any

from scipy.special import betainc, ndtri

from cx_loop.logic.dispersion import DEFAULT_DF as DEFAULT_DF
from cx_loop.logic.dispersion import FEW_EVENTS as FEW_EVENTS
from cx_loop.logic.dispersion import answer_variance, rarer
from cx_loop.logic.measures import Day, Measure


@dataclass(frozen=True)
class Arm:
    """One side of the comparison, summed over its days."""

    measure: Measure
    start: date | None
    end: date | None
    days: int
    n: float
    total: float
    squares: float

    @property
    def value(self) -> float | None:
        """The estimate, in the measure's unit; None without answers."""
        return self.measure.factor * self.total / self.n if self.n > 0 else None

    @property
    def rare(self) -> float:
        """How many of the rarer outcome: what a normal approximation has to live on."""
        return rarer(self.measure.kind, self.n, self.total, self.squares)

    def joined(self, other: "Arm") -> "Arm":
        """Both arms as one, as if nothing had changed between them."""
        return replace(
            self,
            end=other.end,
            days=self.days + other.days,
            n=self.n + other.n,
            total=self.total + other.total,
            squares=self.squares + other.squares,
        )

    @property
    def variance(self) -> float:
        """Variance of ONE answer (of one unit of exposure, of one day), squared units."""
        return self.measure.factor**2 * _variance(self)

    def as_json(self) -> dict[str, Any]:
        """The arm as verification rows show it: `to` is its last day."""
        return {
            "from": self.start.isoformat() if self.start else None,
            "to": self.end.isoformat() if self.end else None,
            "n": round(self.n, 6),
            "value": None if self.value is None else round(self.value, 6),
        }


def arm_of(days: Sequence[Day], measure: Measure) -> Arm:
    """The sum of days given in order."""
    return Arm(
        measure=measure,
        start=days[0].date if days else None,
        end=days[-1].date if days else None,
        days=len(days),
        n=sum(day.n for day in days),
        total=sum(day.total for day in days),
        squares=sum(day.squares for day in days),
    )


def _variance(arm: Arm) -> float:
    return answer_variance(arm.measure.kind, arm.n, arm.total, arm.squares)


def mid_p_z(after: Arm, before: Arm, dispersion: float) -> float:
    """Conditional mid-p test of two Poisson rates as a normal deviate, positive: more events after.

    Given all events, those after are binomial with p = n_e / (n_e + n_b); the events observed
    count half. Counts are divided by the dispersion first, with the beta function in place of
    the binomial sum. Source: Przyborowski & Wilenski 1940; mid-p: Fay 2010 (R Journal 2/1).
    """
    x, total = after.total / dispersion, (after.total + before.total) / dispersion
    share = after.n / (after.n + before.n)
    at_least = _binomial_tail(x, total, share)
    more_than = _binomial_tail(x + 1, total, share)
    p = min(max((at_least + more_than) / 2, 1e-15), 1 - 1e-15)
    return float(ndtri(1 - p))


def _binomial_tail(x: float, total: float, share: float) -> float:
    """P(X >= x) for X ~ Bin(total, share), also between whole numbers."""
    if x <= 0:
        return 1.0
    if x > total:
        return 0.0
    return float(betainc(x, total - x + 1, share))


def standard_error(*parts: tuple[float, float]) -> float:
    """Root of the sum of v / n over arms given as (v, n)."""
    return sqrt(sum(v / n for v, n in parts))
