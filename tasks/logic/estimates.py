"""Estimates of one arm, their variance, and how much more days differ than chance allows.

Values are in the unit of the measure (percent, points, events a day); see `Measure.factor`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import inf, sqrt
from typing import Any

from scipy.special import betainc, ndtri

from tasks.logic.measures import Day, Measure

DEFAULT_DISPERSION = 1.5  # assumed where eight weeks of history are missing
DEFAULT_DF = 7
FEW_EVENTS = 10  # below this the normal approximation of an arm is not trusted
_DAYS_NEEDED = 56
_LAGS = 6  # days a disturbance may last and still be seen as one


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
        if self.measure.kind == "share":
            return min(self.total, self.n - self.total)
        return inf if self.measure.kind == "mean" else self.squares

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
        """Variance of ONE answer (of one unit of exposure, of one day), squared units.

        share p(1-p); NPS p+ + p- - (p+ - p-)^2; mean s^2; rate and count lambda (Poisson).
        With fewer than ten of the rarer outcome the estimate is first drawn to the middle
        (Agresti & Caffo 2000 for a share, Rocks 2016 for NPS); otherwise an arm of thirty
        satisfied customers would have no variance at all and prove anything.
        """
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
    n, total, squares = arm.n, arm.total, arm.squares
    if n <= 0:
        return inf
    few = arm.rare < FEW_EVENTS
    if arm.measure.kind == "share":
        p = (total + 1) / (n + 2) if few else total / n
        return p * (1 - p)
    if arm.measure.kind == "nps":
        n, squares = (n + 3, squares + 1.5) if few else (n, squares)
        return max(squares / n - (total / n) ** 2, 0.0)
    if arm.measure.kind == "mean":
        return max(squares - total**2 / n, 0.0) / (n - 1) if n > 1 else inf
    return (squares + 1) / n if few else squares / n


def dispersion(
    history: Sequence[Day], controls: Sequence[Day], measure: Measure
) -> tuple[float, int]:
    """How much more the days differ than their counts explain, and its degrees of freedom.

    D = max(1, N/(N-7) (S r_t^2 + 2 S_{k=1..6} (1 - k/7) S r_t r_{t-k}) / S V_t), N = 56 days
    r_t = (y_t - n_t e_dow) - (n_t/n_Ct) (y_Ct - n_Ct e_C,dow),  V_t = n_t v + (n_t/n_Ct)^2 n_Ct v_C

    A variance inflation as McCullagh & Nelder 1989 use it, with the Bartlett weights of Newey &
    West 1987 for days that follow each other. With less than eight weeks of history 1.5 and 7.
    """
    days = list(history)[-_DAYS_NEEDED:]
    if len(days) < _DAYS_NEEDED or sum(day.n for day in days) <= 0:
        return DEFAULT_DISPERSION, DEFAULT_DF
    residuals, variances = _residuals(days, {day.date: day for day in controls}, measure)
    if sum(variances) <= 0:
        return DEFAULT_DISPERSION, DEFAULT_DF
    spread = sum(r * r for r in residuals)
    for lag in range(1, _LAGS + 1):
        pairs = zip(residuals[lag:], residuals[:-lag], strict=True)
        spread += 2 * (1 - lag / (_LAGS + 1)) * sum(a * b for a, b in pairs)
    corrected = spread * len(days) / (len(days) - 7)
    return max(1.0, corrected / sum(variances)), len(days) // 7 - 1


def _residuals(
    days: Sequence[Day], controls: dict[date, Day], measure: Measure
) -> tuple[list[float], list[float]]:
    matched = [controls[day.date] for day in days if day.date in controls]
    own, other = _weekday_means(days), _weekday_means(matched)
    v, v_c = arm_of(days, measure).variance, arm_of(matched, measure).variance
    v, v_c = v / measure.factor**2, v_c / measure.factor**2
    residuals, variances = [], []
    for day in days:
        residual = day.total - day.n * own[day.date.weekday()]
        variance = day.n * v
        control = controls.get(day.date)
        if control and control.n > 0 and day.n > 0:
            scale = day.n / control.n
            residual -= scale * (control.total - control.n * other[day.date.weekday()])
            variance += scale**2 * control.n * v_c
        residuals.append(residual)
        variances.append(variance)
    return residuals, variances


def _weekday_means(days: Sequence[Day]) -> list[float]:
    n, total = [0.0] * 7, [0.0] * 7
    for day in days:
        n[day.date.weekday()] += day.n
        total[day.date.weekday()] += day.total
    return [t / m if m > 0 else 0.0 for t, m in zip(total, n, strict=True)]


def day_dispersion(days: Sequence[Day], measure: Measure) -> float:
    """Chi-squared per degree of freedom of the days around their own mean, at least 1.

    A stand-in while history is short: events that arrive in lumps would pass for proof otherwise.
    """
    arm, used = arm_of(days, measure), [day for day in days if day.n > 0]
    if len(used) < 2 or arm.n <= 0 or _variance(arm) <= 0:
        return 1.0
    mean = arm.total / arm.n
    chi = sum((day.total - day.n * mean) ** 2 / (day.n * _variance(arm)) for day in used)
    return max(1.0, chi / (len(used) - 1))


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
