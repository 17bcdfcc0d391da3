"""What the data say about a fix at one look: both arms, their difference, and how sure it is.

    Delta = sgn [(theta_e - theta_b) - (theta_Ce - theta_Cb)]
    SE^2  = D [v_e/n_e + v_b/n_b + v_Ce/n_Ce + v_Cb/n_Cb]
    L, U  = Delta -/+ c_k SE,  c_k = t_df^-1(Phi(z_k)),  z_k from `spending`
    gap   = sgn (r - theta_b)

Sources: Card & Krueger 1994 (difference in differences); McCullagh & Nelder 1989 (D); Lan & DeMets
1983 (z_k). The decision drawn from it is in `effect`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from scipy.special import ndtr, stdtrit

from tasks.logic.estimates import (
    FEW_EVENTS,
    Arm,
    arm_of,
    mid_p_z,
    standard_error,
)
from tasks.logic.measures import Day
from tasks.logic.noise import noise_of
from tasks.logic.plan import Plan, after_days, baseline_days, history_days
from tasks.logic.spending import bounds, information_fractions

_CLOSED_ENOUGH = 0.75  # share of the gap that counts as recovered


@dataclass(frozen=True)
class Controls:
    """Same measure at touchpoints that are not in the task and had no alert, pooled by day."""

    days: Sequence[Day]


@dataclass(frozen=True)
class Evidence:
    """Everything the decision table asks, computed once.

    asked          the rule fired at the look before, and the owner was asked
    comparable     both arms have what statistics need
    low, high      L and U; infinite where nothing may be concluded
    recovered      None when it cannot be told
    not_recovered  the upper one-sided 95 % bound of sgn (theta_e - r) is below nought
    """

    plan: Plan
    look: int
    breaching: bool | None
    asked: bool = False
    recovered: bool | None = None
    not_recovered: bool = False
    before: Arm | None = None
    after: Arm | None = None
    comparable: bool = False
    effect: float | None = None
    low: float = -inf
    high: float = inf
    gap: float | None = None
    bound: float | None = None
    dispersion: float | None = None
    df: int | None = None
    flags: tuple[str, ...] = ()

    @property
    def matured(self) -> bool:
        """From the last regular look on: earlier a slow fix is given time to show."""
        return self.plan.all_looks[self.look] >= self.plan.looks[-1]

    @property
    def last(self) -> bool:
        return self.look == len(self.plan.all_looks) - 1

    @property
    def remaining(self) -> float | None:
        """How far the days after the fix are short of the target; nought where they are not."""
        value = self.after.value if self.after else None
        short = None if value is None else _shortfall(self.plan, value)
        return None if short is None else max(0.0, short)

    @property
    def fell(self) -> bool:
        """The metric itself moved the wrong way since the baseline, however the others fared."""
        before, after = (arm.value if arm else None for arm in (self.before, self.after))
        return before is not None and after is not None and self.plan.sign * (after - before) < 0

    @property
    def improves_too_little(self) -> bool:
        return self.gap is not None and self.high < self.gap / 2


def gather(
    plan: Plan,
    *,
    look: int,
    baseline: Sequence[Day],
    after: Sequence[Day],
    history: Sequence[Day],
    controls: Controls | None,
    breaching: bool | None,
) -> Evidence:
    """The evidence at a look; see `effect.judge` for the arguments."""
    period = after_days(plan, look)
    if plan.measure is None:
        recovered = None if breaching is None else not breaching
        return Evidence(plan, look, breaching, recovered=recovered, flags=("no_baseline",))
    before = arm_of(baseline_days(plan).of(baseline), plan.measure)
    later = arm_of(period.of(after), plan.measure)
    pooled = _usable(controls, plan, look)
    past = history_days(plan).of(history)
    has_baseline = baseline_days(plan).days >= plan.min_days and enough(before, plan)
    noise = noise_of(plan, history=past, baseline=baseline, controls=pooled.days if pooled else ())
    spread, df = noise.dispersion, noise.df
    missing = {
        "short_history": noise.is_short,
        "no_control": not pooled,
        "no_baseline": not has_baseline,
    }
    evidence = Evidence(
        plan,
        look,
        breaching,
        recovered=_recovered(plan, later, None, None, breaching),
        not_recovered=_not_recovered(plan, later, spread, df),
        before=before,
        after=later,
        gap=None if before.value is None else _shortfall(plan, before.value),
        dispersion=spread,
        df=df,
        flags=tuple(name for name, is_missing in missing.items() if is_missing),
    )
    comparable = has_baseline and enough(later, plan)
    return _compared(evidence, pooled) if comparable else evidence


def enough(arm: Arm, plan: Plan) -> bool:
    """Thirty answers (or units of exposure); for events a day, whole days enough."""
    return arm.n >= (plan.min_days if arm.measure.kind == "count" else plan.min_n)


def _compared(e: Evidence, pooled: Controls | None) -> Evidence:
    """The evidence with the difference between the arms and its bounds at this look."""
    assert e.before is not None
    assert e.after is not None
    assert e.dispersion is not None
    assert e.df is not None
    effect, error = _difference(e.plan, e.before, e.after, e.look, pooled, e.dispersion)
    fractions = information_fractions(baseline_days(e.plan).days, e.plan.all_looks)
    bound = bounds(fractions, e.plan.alpha)[e.look]
    reach = float(stdtrit(e.df, ndtr(bound))) * error
    testable = e.before.joined(e.after).rare >= FEW_EVENTS
    return replace(
        e,
        recovered=_recovered(e.plan, e.after, effect, e.gap, e.breaching),
        comparable=True,
        effect=effect,
        low=effect - reach if testable else -inf,
        high=effect + reach if testable else inf,
        bound=bound,
    )


def _difference(
    plan: Plan, before: Arm, later: Arm, look: int, pooled: Controls | None, spread: float
) -> tuple[float, float]:
    """Delta and its standard error."""
    assert before.value is not None
    assert later.value is not None
    change = later.value - before.value
    parts = [(later.variance, later.n), (before.variance, before.n)]
    exact = 0.0
    few = min(before.rare, later.rare) < FEW_EVENTS
    if few and before.measure.kind in ("rate", "count"):
        z = abs(mid_p_z(later, before, spread))
        exact = abs(change) / max(z, 1e-9)  # the error that gives the exact test's deviate
    if pooled:
        assert plan.measure is not None
        control_before = arm_of(baseline_days(plan).of(pooled.days), plan.measure)
        control_later = arm_of(after_days(plan, look).of(pooled.days), plan.measure)
        assert control_before.value is not None
        assert control_later.value is not None
        change -= control_later.value - control_before.value
        parts += [(arm.variance, arm.n) for arm in (control_later, control_before)]
    error = standard_error(*((spread * variance, n) for variance, n in parts))
    return plan.sign * change, max(error, exact)


def _usable(controls: Controls | None, plan: Plan, look: int) -> Controls | None:
    """The controls when both of their arms have enough answers, else nothing."""
    if controls is None or plan.measure is None:
        return None
    periods = baseline_days(plan), after_days(plan, look)
    arms = [arm_of(period.of(controls.days), plan.measure) for period in periods]
    return controls if all(enough(arm, plan) for arm in arms) else None


def _shortfall(plan: Plan, value: float) -> float | None:
    """How far a value is short of the reference, positive = short of it."""
    return None if plan.reference is None else plan.sign * (plan.reference - value)


def _recovered(
    plan: Plan, later: Arm, effect: float | None, gap: float | None, breaching: bool | None
) -> bool | None:
    """Three quarters of the gap closed, or within tolerance; never while the rule still fires."""
    if breaching:
        return False
    if later.value is None or not enough(later, plan):
        return None
    short = _shortfall(plan, later.value)
    if short is None:
        return None if breaching is None else True
    closed = effect is not None and gap is not None and gap > 0 and effect / gap >= _CLOSED_ENOUGH
    return closed or short <= plan.slack


def _not_recovered(plan: Plan, later: Arm, spread: float, df: int) -> bool:
    """Upper one-sided 95 % bound of sgn (theta_e - r) below nought."""
    if later.value is None or plan.reference is None or not enough(later, plan):
        return False
    error = standard_error((spread * later.variance, later.n))
    return plan.sign * (later.value - plan.reference) + float(stdtrit(df, 0.95)) * error < 0
