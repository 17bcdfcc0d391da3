"""Verdicts over a few hundred simulated companies, always the same ones.

The bands are wide around what the method reaches with thousands of runs; they catch a sign turned
round or a bound mislaid, not the last per cent.
"""

from collections import Counter

import numpy as np

from tasks.logic.effect import Controls, judge
from tasks.logic.measures import pool
from tasks.logic.plan import with_reference
from tests.tasks.logic.world import plan_of, simulated

SIX_POINTS = float(np.log(0.82 / 0.18) - np.log(0.76 / 0.24))
RUNS = 120


def verdicts(*, n_per_day, change, seed, unlucky=False):
    """Shares of final verdicts; `unlucky` keeps only weeks that fell by chance before the alert."""
    rng, found = np.random.default_rng(seed), Counter()
    while sum(found.values()) < RUNS:
        own, others = simulated(rng, n_per_day=n_per_day, change=change, first=-70)
        week = own[64:71]
        fell = sum(day.total for day in week) / max(sum(day.n for day in week), 1) < 0.79
        if fell or not unlucky:
            found[final_verdict(own, Controls(pool(others)))] += 1
    return {name: times / RUNS for name, times in found.items()}


def final_verdict(days, controls):
    plan = with_reference(plan_of(15), goal=None, history=days, recover_at=None)
    for look in range(len(plan.all_looks)):
        verdict = judge(plan, look=look, baseline=days, after=days, history=days, controls=controls)
        if verdict.state != "watching":
            break
    return verdict.verdict


def test_an_alert_that_was_only_chance_is_rarely_called_effective():
    found = verdicts(n_per_day=40, change=lambda at: 0.0, seed=11, unlucky=True)
    assert found.get("effective", 0) <= 0.07


def test_a_useless_fix_is_rarely_called_effective():
    found = verdicts(n_per_day=40, change=lambda at: -SIX_POINTS * (at >= -7), seed=12)
    assert found.get("effective", 0) <= 0.05
    assert found["no_effect"] >= 0.85


def test_a_full_repair_seen_by_two_hundred_a_day_is_mostly_effective():
    found = verdicts(n_per_day=200, change=lambda at: -SIX_POINTS * (-7 <= at < 15), seed=13)
    assert found["effective"] >= 0.8


def test_a_full_repair_seen_by_eight_a_day_is_rarely_called_useless():
    found = verdicts(n_per_day=8, change=lambda at: -SIX_POINTS * (-7 <= at < 15), seed=14)
    assert found.get("no_effect", 0) + found.get("worse", 0) <= 0.12
