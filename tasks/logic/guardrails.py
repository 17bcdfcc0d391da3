"""Metrics that a fix must not make worse: they can say "worse", or nothing.

A guardrail is judged as the fix is: the same days, looks and controls, its own measure and D.
Several share one error of 5 per cent: each has alpha / m of it (Bonferroni; Dunn 1961), otherwise
one of five would cry wolf at every fourth fix. It has no target, proves nothing and is never
called better: what is looked for is harm.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from math import inf
from typing import Any

from tasks.logic.display import arm_shown, change_shown
from tasks.logic.effect import Verdict
from tasks.logic.evidence import Controls, Evidence, gather
from tasks.logic.measures import Day, Measure
from tasks.logic.plan import Plan

CLOSING = ("effective", "inconclusive")


@dataclass(frozen=True)
class Guarded:
    """What a look says of one guardrail, in its own unit.

    metric    its key
    since     the look (0-based) that first showed it worse; None: none has
    effect    positive = better, what moved everywhere taken out; interval: (L, U) at this look
    """

    metric: str
    since: int | None
    measure: dict[str, Any]
    effect: float | None
    interval: tuple[float, float] | None
    baseline: dict[str, Any]
    after: dict[str, Any]
    change: dict[str, Any] | None
    flags: tuple[str, ...]

    @property
    def is_worse(self) -> bool:
        """A bound that was crossed once counts: that is what its share of the error was for."""
        return self.since is not None

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"worse": self.is_worse}


def plan_of_guard(plan: Plan, measure: Measure, *, higher_is_better: bool, many: int) -> Plan:
    """The plan of the fix for one of `many` guardrails: without a target, with its share of
    alpha."""
    return replace(
        plan,
        measure=measure,
        higher_is_better=higher_is_better,
        reference=None,
        reference_source="",
        alpha=plan.alpha / many,
    )


def guard(
    plan: Plan,
    *,
    metric: str,
    look: int,
    days: Sequence[Day],
    controls: Controls | None,
    since: int | None = None,
) -> Guarded:
    """One guardrail at a look. `plan` is of `plan_of_guard`; since: what earlier looks have found.

    Too few answers, or no baseline, say nothing.
    """
    assert plan.measure is not None
    found = gather(
        plan,
        look=look,
        baseline=days,
        after=days,
        history=days,
        controls=controls,
        breaching=None,
    )
    return _guarded(
        found, plan.measure, metric, look if since is None and found.high < 0 else since
    )


def held_back(verdict: Verdict, guards: Iterable[Guarded]) -> Verdict:
    """The verdict as it follows with guardrails: what would close is put to a person where one of
    them is worse. What comes back, or is asked anyway, stays as it is."""
    closes = verdict.state == "decided" and verdict.verdict in CLOSING
    if not closes or not any(each.is_worse for each in guards):
        return verdict
    return replace(verdict, verdict=None, state="person", reason="guardrail")


def _guarded(e: Evidence, measure: Measure, metric: str, since: int | None) -> Guarded:
    spread = e.dispersion or 1.0
    told = e.comparable and e.low > -inf
    return Guarded(
        metric=metric,
        since=since,
        measure=measure.as_json(),
        effect=e.effect,
        interval=(e.low, e.high) if told else None,
        baseline=arm_shown(e.before, spread) if e.before else {},
        after=arm_shown(e.after, spread) if e.after else {},
        change=change_shown(e.before, e.after, spread) if e.before and e.after else None,
        flags=e.flags,
    )
