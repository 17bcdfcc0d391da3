"""Estimates and dispersion against published figures and statsmodels."""

import numpy as np
import pytest
from scipy.special import ndtr
from statsmodels.stats.rates import test_poisson_2indep as poisson_test

from cx_loop.logic.dispersion import dispersion
from tasks.logic.estimates import arm_of, mid_p_z
from tasks.logic.measures import Day, Measure
from tests.tasks.logic.world import TOP_BOX, on, share_days, simulated


def test_nps_variance_of_the_textbook_example():
    # whuber, Cross Validated 18603: 324 answers, 1/2 promoters, 1/6 detractors
    arm = arm_of([Day(on(1), 324, 108, 216)], Measure("nps"))
    assert arm.value == pytest.approx(100 / 3)
    assert arm.variance / 100**2 == pytest.approx(0.5555556, abs=1e-6)
    assert (arm.variance / arm.n) ** 0.5 / 100 == pytest.approx(0.0414, abs=1e-4)


def test_variance_of_a_mean_is_that_of_its_values():
    values = [3.0, 4.0, 4.5, 1.0]
    day = Day(on(1), 4, sum(values), sum(v * v for v in values))
    assert arm_of([day], Measure("mean")).variance == pytest.approx(np.var(values, ddof=1))


def test_an_arm_without_a_single_miss_still_has_a_variance():
    assert arm_of([Day(on(1), 30, 30, 30)], TOP_BOX).variance > 0


@pytest.mark.parametrize(("after", "before"), [(2, 12), (7, 9), (14, 3)])
def test_mid_p_of_two_rates_agrees_with_statsmodels(after, before):
    ours = mid_p_z(
        arm_of([Day(on(20), 28, after, after)], Measure("rate")),
        arm_of([Day(on(1), 14, before, before)], Measure("rate")),
        1.0,
    )
    p = poisson_test(after, 28, before, 14, method="cond-midp", alternative="larger").pvalue
    assert ndtr(-ours) == pytest.approx(p, abs=1e-6)


def test_short_history_is_met_with_a_fixed_allowance():
    assert dispersion(share_days(-54, 0, 30), [], TOP_BOX) == (1.5, 7)


def test_days_alike_are_not_credited_with_less_than_chance():
    assert dispersion(share_days(-55, 0, 30), [], TOP_BOX) == (1.0, 7)


def test_a_week_of_trouble_inflates_the_variance():
    days = share_days(-55, -28, 34) + share_days(-27, -7, 30) + share_days(-6, 0, 12)
    assert dispersion(days, [], TOP_BOX)[0] > 3


def test_a_shock_shared_by_the_controls_is_no_dispersion_of_ours():
    days = share_days(-55, -7, 32) + share_days(-6, 0, 12)
    alone, _ = dispersion(days, [], TOP_BOX)
    compared, _ = dispersion(days, days, TOP_BOX)
    assert alone > 3
    assert compared == 1.0


def test_more_volume_shows_more_of_the_days_own_noise():
    rng = np.random.default_rng(3)
    found = []
    for n_per_day in (8, 400):
        worlds = [simulated(rng, n_per_day=n_per_day, change=lambda at: 0)[0] for _ in range(20)]
        found.append(np.mean([dispersion(own[:56], [], TOP_BOX)[0] for own in worlds]))
    assert found[0] < 2 < found[1]
