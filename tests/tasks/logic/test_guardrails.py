"""What a fix must not make worse: it can say worse, or nothing."""

import numpy as np
import pytest

from tasks.logic.effect import Verdict
from tasks.logic.evidence import Controls
from tasks.logic.guardrails import guard, held_back, plan_of_guard
from tasks.logic.measures import pool
from tests.tasks.logic.world import TOP_BOX, plan_of, share_days, simulated

PLAN = plan_of(15)


def judged(days, *, many=1, look=0, since=None):
    plan = plan_of_guard(PLAN, TOP_BOX, higher_is_better=True, many=many)
    return guard(plan, metric="nps", look=look, days=days, controls=None, since=since)


def test_a_lasting_fall_is_worse():
    found = judged(share_days(-62, 14, 32) + share_days(15, 60, 16))
    assert (found.is_worse, found.since) == (True, 0)
    assert found.effect == pytest.approx(-40)


def test_a_rise_says_nothing():
    assert not judged(share_days(-62, 14, 16) + share_days(15, 60, 32)).is_worse


def test_too_few_answers_say_nothing():
    found = judged(share_days(-62, 14, 3, n=3) + share_days(15, 60, 0, n=1))
    assert (found.is_worse, found.interval) == (False, None)


def test_what_was_worse_once_stays_worse():
    same = share_days(-62, 60, 32)
    assert judged(same, look=2, since=1).since == 1


def test_more_guardrails_need_a_larger_fall():
    one, five = (plan_of_guard(PLAN, TOP_BOX, higher_is_better=True, many=n) for n in (1, 5))
    assert (one.alpha, five.alpha) == (PLAN.alpha, PLAN.alpha / 5)
    assert (one.reference, one.looks) == (None, PLAN.looks)


@pytest.mark.parametrize(
    ("verdict", "held"),
    [
        (Verdict("effective", "decided", proven=True), True),
        (Verdict("inconclusive", "decided", "recovered_unproven"), True),
        (Verdict("no_effect", "decided", "not_recovered"), False),
        (Verdict("worse", "decided"), False),
        (Verdict(None, "watching"), False),
    ],
)
def test_only_what_would_close_is_put_to_a_person(verdict, held):
    worse = judged(share_days(-62, 14, 32) + share_days(15, 60, 16))
    said = held_back(verdict, [worse])
    assert (said.state == "person" and said.reason == "guardrail") == held
    assert held_back(verdict, [judged(share_days(-62, 60, 32))]) == verdict


def test_where_nothing_changed_it_seldom_cries():
    """Eight looks at three guardrails share five per cent: of 150 fixes, few are held back."""
    rng = np.random.default_rng(6)
    plan = plan_of_guard(PLAN, TOP_BOX, higher_is_better=True, many=3)
    cried = 0
    for _ in range(150):
        days, others = simulated(rng, n_per_day=40, change=lambda _at: 0.0)
        controls = Controls(pool(others))
        looks = (
            guard(plan, metric="nps", look=look, days=days, controls=controls).is_worse
            for look in range(len(plan.all_looks))
        )
        cried += any(looks)
    assert cried / 150 < 0.05
