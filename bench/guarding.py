"""Guardrails by the shipped code: how often a metric that nothing happens to is called worse."""

from collections.abc import Callable

import numpy as np

from bench.endings import FIXED, VOLUMES
from bench.figures import Figure
from bench.fixes import TOP_BOX, Repair, another_metric, repairs
from cx_loop.logic.intervals import wilson
from tasks.logic.evidence import Controls
from tasks.logic.guardrails import guard, plan_of_guard
from tasks.logic.measures import Day

SHARED_BY = (1, 3)  # guardrails of one rule, which share one error
WORSE_AT_MOST = 6.0  # per cent of the fixes, as of a verdict


def guarded(say: Callable[[str], None], runs: int) -> list[Figure]:
    """Of fixes after alerts that were only chance; each figure is of one guardrail."""
    figures = []
    for a_day in VOLUMES:
        rng = np.random.default_rng([a_day, *b"guard"])
        found = repairs(rng, "noise", a_day=a_day, runs=runs, fixed=FIXED)
        watched = [(each, *another_metric(rng, a_day, each)) for each in found]
        for many in SHARED_BY:
            worse = sum(_is_called_worse(*each, many) for each in watched)
            say(f"effect: guardrail, one of {many}, {a_day} a day: {worse} of {runs} called worse")
            figures.append(_figure(f"one of {many}, {a_day} a day", worse, runs))
    return figures


def _is_called_worse(repair: Repair, days: list[Day], controls: Controls, many: int) -> bool:
    plan = plan_of_guard(repair.plan, TOP_BOX, higher_is_better=True, many=many)
    return any(
        guard(plan, metric="", look=look, days=days, controls=controls).is_worse
        for look in range(len(plan.all_looks))
    )


def _figure(name: str, worse: int, runs: int) -> Figure:
    low, high = (100 * bound for bound in wilson(worse, runs))
    return Figure(
        f"guardrail that nothing happens to called worse, {name}, lower 95 % bound",
        low,
        "%",
        must=WORSE_AT_MOST,
        baseline=100 * worse / runs,
        spread=(low, high),
    )
