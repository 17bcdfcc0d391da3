"""How much one answer varies, and how much more days differ than answers alone explain.

Days have a life of their own: a crew, the weather, a queue. Without their share in the noise an
interval is too narrow, the more so the more answers there are.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import inf

from cx_loop.logic.measures import Day, Measure, MeasureKind

DEFAULT_DISPERSION = 1.5  # assumed where eight weeks of history are missing
DEFAULT_DF = 7
FEW_EVENTS = 10  # below this the normal approximation is not trusted
HISTORY_DAYS = 56
WEEK = 7


def rarer(kind: MeasureKind, n: float, total: float, squares: float) -> float:
    """How many of the rarer outcome: what a normal approximation has to live on."""
    if kind == "share":
        return min(total, n - total)
    return inf if kind == "mean" else squares


def answer_variance(kind: MeasureKind, n: float, total: float, squares: float) -> float:
    """Variance of ONE answer (of one unit of exposure, of one day), in raw units squared.

    Sums as in `Day`. share p(1-p); NPS p+ + p- - (p+ - p-)^2; mean s^2; rate and count lambda
    (Poisson). With fewer than ten of the rarer outcome the estimate is first drawn to the middle
    (Agresti & Caffo 2000 for a share, Rocks 2016 for NPS); otherwise thirty satisfied customers
    would have no variance at all and prove anything. Infinite where it cannot be told.
    """
    if n <= 0:
        return inf
    few = rarer(kind, n, total, squares) < FEW_EVENTS
    if kind == "share":
        p = (total + 1) / (n + 2) if few else total / n
        return p * (1 - p)
    if kind == "nps":
        n, squares = (n + 3, squares + 1.5) if few else (n, squares)
        return max(squares / n - (total / n) ** 2, 0.0)
    if kind == "mean":
        return max(squares - total**2 / n, 0.0) / (n - 1) if n > 1 else inf
    return (squares + 1) / n if few else squares / n


def dispersion(
    history: Sequence[Day],
    controls: Sequence[Day],
    measure: Measure,
    *,
    summed_days: int = WEEK,
) -> tuple[float, int]:
    """How much more the days differ than their counts explain, and its degrees of freedom.

    D = max(1, N/(N-7) (S r_t^2 + 2 S_{k<w} (1 - k/w) S r_t r_{t-k}) / S V_t), N = 56 days
    r_t = (y_t - n_t e_dow) - (n_t/n_Ct) (y_Ct - n_Ct e_C,dow),  V_t = n_t v + (n_t/n_Ct)^2 n_Ct v_C

    A variance inflation as McCullagh & Nelder 1989 use it, with the Bartlett weights of Newey &
    West 1987 for days that follow each other: with them D is that of a sum over w days,
    `summed_days` (1: each day by itself). With less than eight weeks of history 1.5 and 7.
    """
    days = list(history)[-HISTORY_DAYS:]
    if len(days) < HISTORY_DAYS or sum(day.n for day in days) <= 0:
        return DEFAULT_DISPERSION, DEFAULT_DF
    residuals, variances = _residuals(days, {day.date: day for day in controls}, measure)
    if not 0 < sum(variances) < inf:
        return DEFAULT_DISPERSION, DEFAULT_DF
    spread = sum(r * r for r in residuals)
    for lag in range(1, summed_days):
        pairs = zip(residuals[lag:], residuals[:-lag], strict=True)
        spread += 2 * (1 - lag / summed_days) * sum(a * b for a, b in pairs)
    corrected = spread * len(days) / (len(days) - 7)
    return max(1.0, corrected / sum(variances)), len(days) // 7 - 1


def variance_over(days: Sequence[Day], measure: Measure) -> float:
    """`answer_variance` of the answers of many days together."""
    n, total = sum(day.n for day in days), sum(day.total for day in days)
    return answer_variance(measure.kind, n, total, sum(day.squares for day in days))


def _residuals(
    days: Sequence[Day], controls: dict[date, Day], measure: Measure
) -> tuple[list[float], list[float]]:
    matched = [controls[day.date] for day in days if day.date in controls]
    own, other = _weekday_means(days), _weekday_means(matched)
    v, v_c = variance_over(days, measure), variance_over(matched, measure)
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


def varying_as(measure: Measure, days: Sequence[Day]) -> Measure:
    """The measure whose answers vary as these do: a rate whose events are some of the exposed
    varies as a share; only where events outnumber the exposed as a Poisson count."""
    if measure.kind != "rate":
        return measure
    some = sum(day.total for day in days) <= sum(day.n for day in days)
    return replace(measure, kind="share") if some else measure
