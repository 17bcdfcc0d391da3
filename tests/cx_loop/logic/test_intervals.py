import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_loop.logic.intervals import nps_variance, percentile_ranks, poisson, wilson


def test_nps_variance_is_that_of_plus_one_zero_minus_one():
    # whuber, Cross Validated question 18603: 1/2, 1/3, 1/6 of 324 answers
    variance = nps_variance(1 / 2, 1 / 6)
    assert variance == pytest.approx(5 / 9)
    assert math.sqrt(variance / 324) == pytest.approx(0.0414, abs=1e-4)


@given(st.integers(0, 500), st.integers(1, 500))
def test_wilson_encloses_the_proportion(count, n):
    count = min(count, n)
    low, high = wilson(count, n)
    assert 0 <= low <= count / n <= high <= 1


@given(st.integers(0, 10**6) | st.floats(0.1, 1e6))
def test_poisson_encloses_the_count(count):
    low, high = poisson(count)
    assert low <= count < high


@given(st.sampled_from([0.5, 0.9, 0.95]), st.integers(1, 2000))
def test_ranks_cover_at_least_what_they_promise(q, n):
    below, above = percentile_ranks(q, n)
    inside = sum(
        math.exp(
            math.lgamma(n + 1)
            - math.lgamma(k + 1)
            - math.lgamma(n - k + 1)
            + k * math.log(q)
            + (n - k) * math.log(1 - q)
        )
        for k in range(below, above)
    )
    assert inside >= 0.95 - 1e-9
    assert 0 <= below < above <= n + 1
