"""Bounds against published figures and, as a second oracle, scipy and statsmodels."""

from datetime import date, timedelta
from math import inf, sqrt

import numpy as np
import pytest
from scipy.stats import norm, ttest_ind
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson, confint_poisson_2indep

from alerts.logic.confidence import (
    bounds,
    can_be_certain,
    difference_bounds,
    overdispersion,
    spread_bounds,
    surely_beyond,
)
from cx_loop.logic.bins import Scale
from cx_loop.logic.scores import Aggregate
from cx_loop.logic.totals import Totals

CSAT, NPS, WAIT, CES = Scale("csat"), Scale("nps"), Scale("duration"), Scale("ces")
COMPLAINTS, CANCELLED = Scale("count"), Scale("rate")
TOP_BOX, MEAN, P90 = Aggregate("top_box"), Aggregate("mean"), Aggregate("p90")
MONDAY = date(2024, 1, 1)


def happy(count, n):
    return Totals.of([5] * count + [1] * (n - count), CSAT)


# Newcombe RG 1998, Statistics in Medicine 17:857-872, Table I, method 3: 95 % two-sided
@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(81, 263, 25.53, 36.62), (15, 148, 6.24, 16.05), (0, 20, 0, 16.11), (10, 10, 72.25, 100)],
)
def test_a_share_has_the_bounds_of_wilson(count, n, low, high):
    assert bounds(happy(count, n), TOP_BOX, CSAT, 0.975) == pytest.approx((low, high), abs=5e-3)


def test_certainty_is_one_sided():
    z = norm.ppf(0.99)
    low, high = bounds(happy(80, 100), TOP_BOX, CSAT, 0.99)
    for end in (low / 100, high / 100):  # Wilson 1927: the score test is exactly at its limit
        assert abs(end - 0.8) == pytest.approx(z * sqrt(end * (1 - end) / 100))


def test_complaints_have_the_exact_bounds_of_a_poisson_count():
    # R DescTools::PoissonCI, 15 events in 400, exact
    found = bounds(Totals.of([15], COMPLAINTS), Aggregate("sum"), COMPLAINTS, 0.975)
    assert found == pytest.approx((0.0209884653319583 * 400, 0.0618505471787146 * 400), abs=1e-6)
    assert found == pytest.approx(confint_poisson(15, 1, method="exact-c"))


def test_nps_is_bounded_by_the_adjusted_wald_interval():
    # Rocks 2016: n + 3, three quarters of an answer to the promoters and to the detractors
    totals = Totals.of([10] * 162 + [8] * 108 + [2] * 54, NPS)
    p, d = 162.75 / 327, 54.75 / 327
    reach = norm.ppf(0.95) * sqrt((p + d - (p - d) ** 2) / 327)
    expected = 100 * (p - d - reach), 100 * (p - d + reach)
    assert bounds(totals, Aggregate("nps"), NPS, 0.95) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("totals", "aggregate", "scale"),
    [
        (happy(330, 400), TOP_BOX, CSAT),
        (Totals.of([10] * 90 + [5] * 60, NPS), Aggregate("nps"), NPS),
        (Totals.of([1, 3, 5, 6, 7] * 30, CES), MEAN, CES),
        (Totals.of([1] * 90, COMPLAINTS), Aggregate("count"), COMPLAINTS),
        (Totals.of_rate([(9, 400)]), Aggregate("rate"), CANCELLED),
        (Totals.of([at / 10 for at in range(1, 401)], WAIT), P90, WAIT),
    ],
)
def test_days_that_differ_and_more_certainty_widen_every_bound(totals, aggregate, scale):
    plain = bounds(totals, aggregate, scale, 0.95)
    wider = bounds(totals, aggregate, scale, 0.95, overdispersion=2.5)
    surer = bounds(totals, aggregate, scale, 0.99)
    for low, high in (wider, surer):
        assert low < plain[0] < plain[1] < high


def test_twice_the_dispersion_is_half_the_answers():
    twice = bounds(happy(160, 200), TOP_BOX, CSAT, 0.99, overdispersion=2.0)
    assert twice == pytest.approx(bounds(happy(80, 100), TOP_BOX, CSAT, 0.99))


def test_a_percentile_of_few_values_has_a_low_end_only():
    low, high = bounds(Totals.of(range(1, 41), WAIT), P90, WAIT, 0.99)
    assert high == inf
    assert surely_beyond((low, high), (-inf, 20))
    assert not surely_beyond((low, high), (-inf, 36))


@pytest.mark.parametrize("name", ["sd", "min", "max", "sum"])
def test_what_has_no_honest_bound_cannot_be_certain(name):
    assert bounds(Totals.of([1, 2, 3], WAIT), Aggregate(name), WAIT, 0.95) is None
    assert not can_be_certain(Aggregate(name), WAIT)
    assert can_be_certain(P90, WAIT)


def test_a_bound_on_the_line_is_not_beyond_it():
    assert not surely_beyond((30, 40), (-inf, 30))
    assert surely_beyond((30.1, 40), (-inf, 30))
    assert surely_beyond((1, 3.9), (4, 9))
    assert not surely_beyond((3.9, 4.1), (4, 9))


def test_two_equal_answers_are_certain_of_nothing():
    low, high = bounds(Totals.of([1, 1], CSAT), MEAN, CSAT, 0.99)
    assert low < 1 < 5 < high
    low, high = bounds(Totals.of([1] * 10, CSAT), MEAN, CSAT, 0.99)
    assert high < 2
    both = Totals.of([1, 1], CSAT), Totals.of([5, 5], CSAT)
    assert difference_bounds(*both, MEAN, CSAT, 0.99)[1] > 0


def test_two_shares_differ_as_newcombe_has_it():
    # Fagerland, Lydersen & Laake 2015: 7/34 against 1/34, Newcombe's interval 0.019 to 0.34
    found = difference_bounds(happy(7, 34), happy(1, 34), TOP_BOX, CSAT, 0.975)
    assert found == pytest.approx((1.9, 34), abs=0.5)


def test_two_means_differ_as_welch_has_it():
    rng = np.random.default_rng(1)
    a, b = rng.integers(1, 8, 30).tolist(), rng.integers(3, 8, 50).tolist()
    sides = Totals.of(a, CES), Totals.of(b, CES)
    expected = ttest_ind(a, b, equal_var=False).confidence_interval(0.98)
    assert difference_bounds(*sides, MEAN, CES, 0.99) == pytest.approx(
        (expected.low, expected.high)
    )


def test_a_rise_in_percent_of_the_window_before():
    after, before = Totals.of([1] * 60, COMPLAINTS), Totals.of([1] * 40, COMPLAINTS)
    low, high = difference_bounds(after, before, Aggregate("count"), COMPLAINTS, 0.95, percent=True)
    # given 100 events, those after are binomial (Przyborowski & Wilenski 1940; Clopper & Pearson)
    share = np.array(proportion_confint(60, 100, alpha=0.1, method="beta"))
    assert (low, high) == pytest.approx(100 * (share / (1 - share) - 1), abs=3)


def test_two_counts_differ_as_statsmodels_has_it():
    after, before = Totals.of([1] * 60, COMPLAINTS), Totals.of([1] * 40, COMPLAINTS)
    expected = confint_poisson_2indep(
        60, 1, 40, 1, method="mover", compare="diff", method_mover="exact-c"
    )
    found = difference_bounds(after, before, Aggregate("count"), COMPLAINTS, 0.975)
    assert found == pytest.approx(expected)


def test_a_fall_of_a_negative_nps_is_a_fall_in_percent():
    before = Totals.of([10] * 100 + [0] * 300, NPS)
    after = Totals.of([10] * 40 + [0] * 360, NPS)
    low, high = difference_bounds(after, before, Aggregate("nps"), NPS, 0.95, percent=True)
    assert low < -60 < high < 0


def test_a_base_that_may_be_nought_has_no_change_in_percent():
    even = Totals.of([10] * 50 + [0] * 50, NPS)
    assert difference_bounds(even, even, Aggregate("nps"), NPS, 0.95, percent=True) is None


def test_the_spread_of_many_equal_channels_is_not_sure():
    channels = [happy(hits, 40) for hits in (28, 30, 33, 36)]
    low, high = spread_bounds(channels, TOP_BOX, CSAT, 0.95)
    assert low == 0
    assert high > 20
    assert spread_bounds(channels[:1], TOP_BOX, CSAT, 0.95) is None
    assert spread_bounds([happy(10, 80), happy(70, 80)], TOP_BOX, CSAT, 0.99)[0] > 50


def days_of(rng, sd, days=56, a_day=200):
    shares = 1 / (1 + np.exp(-(1.5 + rng.normal(0, sd, days))))
    return [happy(int(rng.binomial(a_day, share)), a_day) for share in shares]


def test_days_with_a_life_of_their_own_are_overdispersed():
    rng = np.random.default_rng(5)
    # one answer varies by p (1 - p), a day's share by (p (1 - p) sd)²: D = 1 + n p (1 - p) sd²
    expected = 1 + 200 * 0.149 * 0.3**2
    found = [
        overdispersion(MONDAY, days_of(rng, 0.3), TOP_BOX, CSAT, window=timedelta(days=1))
        for _ in range(20)
    ]
    assert np.mean(found) == pytest.approx(expected, rel=0.15)


def test_answers_that_differ_by_chance_only_are_nearly_independent():
    rng = np.random.default_rng(6)
    found = [overdispersion(MONDAY, days_of(rng, 0.0), TOP_BOX, CSAT) for _ in range(20)]
    assert 1 <= np.mean(found) < 1.5


@pytest.mark.parametrize("known", [0, 10, 55])
def test_a_young_series_is_met_with_a_fixed_allowance(known):
    young = [Totals()] * (56 - known) + [happy(30, 40)] * known
    if known < 50:
        assert overdispersion(MONDAY, young, TOP_BOX, CSAT) == 1.5
    assert overdispersion(MONDAY, young[56 - known :], TOP_BOX, CSAT) == 1.5


def test_a_rate_that_is_a_share_varies_as_one():
    rng = np.random.default_rng(7)
    cancelled = [Totals.of_rate([(float(rng.binomial(100, 0.5)), 100.0)]) for _ in range(56)]
    found = overdispersion(
        MONDAY, cancelled, Aggregate("rate"), CANCELLED, window=timedelta(days=1)
    )
    assert found == pytest.approx(1.0, abs=0.35)


@pytest.mark.parametrize("aggregate", [P90, Aggregate("median"), MEAN])
def test_slow_days_overdisperse_waits(aggregate):
    rng = np.random.default_rng(8)
    alike = [Totals.of(rng.exponential(20, 40).round(), WAIT) for _ in range(56)]
    queues = [
        Totals.of(rng.exponential(10 + 20 * (day % 2), 40).round(), WAIT) for day in range(56)
    ]
    one = timedelta(days=1)
    plain = overdispersion(MONDAY, alike, aggregate, WAIT, window=one)
    assert overdispersion(MONDAY, queues, aggregate, WAIT, window=one) > plain + 0.8
