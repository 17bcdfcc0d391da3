"""Intervals of differences against published figures, statsmodels and scipy."""

from collections import Counter

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.rates import confint_poisson_2indep

from cx_loop.logic.differences import (
    mover,
    newcombe,
    nps_change,
    percentile_change,
    rate_change,
    welch,
)
from cx_loop.logic.intervals import nps_variance, poisson, wilson

# Newcombe RG 1998, Statistics in Medicine 17:857-872, Table I, method 3
WILSON = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0, 0.1611),
    (1, 29, 0.0061, 0.1718),
    (0, 10, 0, 0.2775),
    (10, 10, 0.7225, 1),
]


@pytest.mark.parametrize(("count", "n", "low", "high"), WILSON)
def test_a_proportion_is_enclosed_as_newcombe_has_it(count, n, low, high):
    assert wilson(count, n) == pytest.approx((low, high), abs=5e-5)


def test_two_proportions_differ_as_fagerland_has_it():
    # Fagerland, Lydersen & Laake 2015: 7/34 against 1/34
    assert newcombe(7, 34, 1, 34) == pytest.approx((0.019, 0.34), abs=0.005)


@pytest.mark.parametrize("counts", [(7, 34, 1, 34), (0, 20, 20, 20), (180, 200, 150, 210)])
def test_two_proportions_differ_as_statsmodels_has_it(counts):
    oracle = confint_proportions_2indep(*counts, method="newcomb")
    assert newcombe(*counts) == pytest.approx(oracle, abs=1e-9)


def test_a_count_is_enclosed_as_r_has_it():
    # R DescTools::PoissonCI, exact: 15 in 400
    found = [end / 400 for end in poisson(15)]
    assert found == pytest.approx([0.0209884653319583, 0.0618505471787146], abs=1e-9)


@pytest.mark.parametrize("counts", [(15, 400, 4, 300), (0, 10, 3, 20), (60, 1, 40, 1)])
def test_two_rates_differ_as_statsmodels_has_it(counts):
    oracle = confint_poisson_2indep(*counts, method="mover", compare="diff", method_mover="exact-c")
    assert rate_change(*counts) == pytest.approx(oracle, abs=1e-9)


def test_two_means_differ_as_welch_has_it():
    rng = np.random.default_rng(1)
    a, b = rng.normal(4, 1, 25), rng.normal(3.5, 2, 40)
    found = welch((a.mean(), a.var(ddof=1), 25), (b.mean(), b.var(ddof=1), 40))
    assert found == pytest.approx(stats.ttest_ind(a, b, equal_var=False).confidence_interval())
    assert welch((4, 0, 10), (3, 0, 10)) == (1, 1)


def test_nps_of_the_textbook_example_differs_from_itself_by_nothing():
    # whuber, Cross Validated question 18603: 1/2 and 1/6 of 324 answers; n large, so Wald's
    low, high = nps_change((162, 54, 324), (162, 54, 324))
    assert low == pytest.approx(-high)
    wald = 1.959964 * (2 * nps_variance(1 / 2, 1 / 6) / 324) ** 0.5
    assert high == pytest.approx(wald, rel=0.02)


def test_a_side_that_is_known_exactly_leaves_the_interval_of_the_other():
    assert mover(5, (4, 7), 2, (2, 2)) == (2, 5)


def test_percentiles_differ_the_same_each_time_they_are_asked():
    rng = np.random.default_rng(2)
    slow, quick = rng.lognormal(3, 1, 200), rng.lognormal(2, 1, 200)
    counted = [dict(Counter(side.tolist())) for side in (slow, quick)]
    low, high = percentile_change(*counted, 0.9)
    assert (low, high) == percentile_change(*counted, 0.9)
    assert low < np.quantile(slow, 0.9) - np.quantile(quick, 0.9) < high
    oracle = stats.bootstrap(
        (slow, quick),
        lambda a, b, axis: np.quantile(a, 0.9, axis=axis) - np.quantile(b, 0.9, axis=axis),
        n_resamples=2_000,
        method="percentile",
        rng=3,
    ).confidence_interval
    assert (low, high) == pytest.approx(tuple(oracle), rel=0.2)
