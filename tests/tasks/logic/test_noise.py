"""How much days differ, of series that have not lived eight weeks."""

from dataclasses import replace

import pytest

from tasks.logic.effect import judge
from tasks.logic.measures import Day
from tasks.logic.noise import day_dispersion, noise_of
from tests.tasks.logic.world import TOP_BOX, on, plan_of, share_days

STORMS = [day for at in range(1, 15) for day in share_days(at, at, 4 if at % 5 == 0 else 30)]


def silent(first, last):
    return [Day(on(at), 0, 0, 0) for at in range(first, last + 1)]


@pytest.mark.parametrize(("answered", "short"), [(27, True), (28, False)])
def test_twenty_eight_answered_days_tell_how_days_differ(answered, short):
    history = silent(-62, -7 - answered) + share_days(-6 - answered, -7, 30)
    found = noise_of(plan_of(), history=history, baseline=(), controls=())
    assert (found.is_short, found.dispersion) == (short, 1.5 if short else 1.0)
    assert found.df == (7 if short else 3)


def test_the_days_until_the_fix_speak_for_a_young_series():
    found = noise_of(plan_of(), history=silent(-62, -7), baseline=STORMS, controls=())
    assert found.dispersion == pytest.approx(day_dispersion([STORMS], TOP_BOX))
    assert found.dispersion > 5


def test_a_problem_that_is_steady_is_no_noise():
    bad, good = share_days(1, 14, 12), share_days(-13, 0, 32)
    assert day_dispersion([good, bad], TOP_BOX) == 1.0
    assert day_dispersion([good + bad], TOP_BOX) > 5


def test_storms_that_all_share_are_not_its_own():
    everywhere = [replace(day, n=4 * day.n, total=4 * day.total) for day in STORMS]
    assert day_dispersion([STORMS], TOP_BOX, everywhere) == 1.0


def test_a_young_series_of_storms_proves_nothing_by_one_calm_week():
    plan, calm = plan_of(reference=75.0), share_days(18, 24, 34)
    young = judge(plan, look=0, baseline=STORMS, after=calm, history=silent(-62, -7))
    assert "short_history" in young.flags
    assert not young.proven
    steady = judge(plan, look=0, baseline=share_days(1, 14, 24), after=calm)
    assert steady.proven
