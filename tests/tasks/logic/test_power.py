"""What can be proven, against R, Stata and statsmodels, and against the simulated figures."""

from math import inf, sqrt

import pytest
from scipy.special import ndtri
from statsmodels.stats.proportion import power_proportions_2indep

from tasks.logic.evidence import Controls
from tasks.logic.measures import Measure
from tasks.logic.power import answers_needed, chance, outlook
from tests.tasks.logic.world import on, plan_of, share_days

# statsmodels, test_power_2indep: R's power.prop.test, and Stata
# as printed: change, share, n of each arm, two-sided or not, power
SHARES = [
    (-0.25, 0.75, 76.70692, True, 0.9),
    (0.25, 0.5, 62.33551, False, 0.9),
    (-0.15, 0.65, 83.4373, True, 0.5),
    (-0.014, 0.015, 550, True, 0.74156),
]


@pytest.mark.parametrize(("change", "share", "n", "two_sided", "published"), SHARES)
def test_the_chance_to_prove_a_change_of_shares_is_that_of_r_and_stata(
    change, share, n, two_sided, published
):
    other, pooled = share + change, share + change / 2
    errors = {
        "bound": float(ndtri(0.975 if two_sided else 0.95)),
        "null_error": sqrt(2 * pooled * (1 - pooled) / n),
        "error": sqrt((share * (1 - share) + other * (1 - other)) / n),
    }
    found = chance(abs(change), **errors) + two_sided * chance(-abs(change), **errors)
    assert found == pytest.approx(published, abs=1e-5)
    alternative = "two-sided" if two_sided else "larger"
    oracle = power_proportions_2indep(change, share, n, alternative=alternative)
    assert found == pytest.approx(oracle.power, abs=1e-5)


NEEDED = [  # Fleiss, Levin & Paik 2003: equal arms, one-sided 5 %, power 80 %
    (0.03, 0.79 * 0.21, 0.76 * 0.24, 2393),
    (0.06, 0.82 * 0.18, 0.76 * 0.24, 567),
    (0.10, 0.86 * 0.14, 0.76 * 0.24, 187),
    (0.15, 0.91 * 0.09, 0.76 * 0.24, 73),
    (0.5, 1.7**2, 1.7**2, 143),
    (0.3, 1.0, 1.0, 137),
]


@pytest.mark.parametrize(("change", "after", "before", "n"), NEEDED)
def test_answers_needed_in_each_arm(change, after, before, n):
    assert answers_needed(change, after=after, before=before) == pytest.approx(n, abs=1.01)


def test_a_short_baseline_can_make_it_impossible():
    needed = [
        answers_needed(0.06, after=0.15, before=0.18, n_before=n) for n in (200, 400, 800, 10**9)
    ]
    assert needed[0] == inf
    assert needed == sorted(needed, reverse=True)


def outlook_of(n, *, fell_to=0.7, controls=False, **changes):
    days = share_days(-62, -7, 0.8 * n, n) + share_days(-6, 0, fell_to * n, n)
    others = Controls(share_days(-62, 0, 0.8 * 4 * n, 4 * n)) if controls else None
    return outlook(plan_of(**changes), history=days, controls=others)


def test_more_answers_prove_smaller_changes_sooner():
    few, some, many = (outlook_of(n) for n in (8, 40, 200))
    assert few.smallest > some.smallest > many.smallest
    assert (few.is_provable, many.is_provable) == (False, True)
    assert many.days == 3 + 7
    assert few.chance < some.chance < many.chance


def test_four_times_the_answers_halve_what_can_be_proven():
    assert outlook_of(160).smallest == pytest.approx(outlook_of(40).smallest / 2)


def test_controls_cost_a_little_and_waiting_longer_wins_a_little():
    alone, compared = outlook_of(40), outlook_of(40, controls=True)
    assert alone.smallest < compared.smallest < 1.2 * alone.smallest
    assert alone.smallest < alone.sooner


def test_nothing_is_said_without_answers_a_measure_or_a_target():
    assert outlook_of(0) is None
    assert outlook_of(40, measure=None, reference=None) is None
    assert outlook_of(40, reference=None).is_provable is None


def test_a_window_that_was_not_short_of_the_target_has_no_gap():
    assert outlook_of(40, fell_to=0.9).gap is None


def test_waits_are_told_in_the_share_beyond_the_line():
    slow = Measure("share", line=30, at_line=10.0)
    found = outlook_of(
        40, measure=slow, higher_is_better=False, reference=80.0, fell_to=0.95, alert_day=on(0)
    )
    assert found.gap == pytest.approx(15)
