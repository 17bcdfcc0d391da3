from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_loop.logic.bins import Scale, bin_of, bins_of, check_value, value_of

WAIT = Scale("duration")
CSAT = Scale("csat", 1, 5)
FELT = Scale("score", -5, 5, step=0.5)
durations = st.floats(0, 1e15) | st.floats(0, 200)


@pytest.mark.parametrize("kind", ["duration", "count"])
def test_whole_values_to_100_have_a_bin_of_their_own(kind):
    scale = Scale(kind)
    for whole in range(101):
        assert value_of(bin_of(whole, scale), scale) == whole
        assert bin_of(whole + 1e-9, scale) != bin_of(whole, scale)
    for whole in range(1, 101):
        assert bin_of(whole - 1e-9, scale) != bin_of(whole, scale)


@given(durations, durations)
def test_bin_order_follows_value_order(a, b):
    low, high = sorted((a, b))
    assert bin_of(low, WAIT) <= bin_of(high, WAIT)


@given(durations)
def test_a_bin_stands_for_its_values_within_two_percent(value):
    error = abs(value_of(bin_of(value, WAIT), WAIT) - value)
    assert error <= 0.02 * value or (value < 1 and error <= 0.01)


@given(st.integers(0, 10_000))
def test_two_decimals_below_100_are_kept_as_they_are(hundredths):
    value = hundredths / 100
    assert value_of(bin_of(value, WAIT), WAIT) == value


def test_the_largest_value_fits_a_postgres_smallint():
    assert bin_of(1e15, WAIT) <= 32_767


def test_every_bin_to_the_largest_value_is_reached_by_what_it_stands_for():
    last = bin_of(1e15, WAIT)
    values = [value_of(bin, WAIT) for bin in range(last + 1)]
    assert [bin_of(value, WAIT) for value in values] == list(range(last + 1))
    assert all(low < high for low, high in pairwise(values))


@given(st.lists(durations))
def test_many_at_once_fall_where_each_alone_falls(values):
    assert bins_of(values, WAIT) == [bin_of(value, WAIT) for value in values]


@given(st.lists(st.integers(-10, 10)))
def test_many_scores_at_once_fall_where_each_alone_falls(halves):
    values = [half / 2 for half in halves]
    assert bins_of(values, FELT) == [bin_of(value, FELT) for value in values]
    assert [value_of(bin, FELT) for bin in bins_of(values, FELT)] == values


def test_a_rate_has_one_bin():
    assert (
        bins_of([3, 900], Scale("rate")) == [0, 0] == [bin_of(v, Scale("rate")) for v in (3, 900)]
    )


@pytest.mark.parametrize(
    ("value", "scale", "code"),
    [
        (5, CSAT, None),
        (6, CSAT, "value_out_of_scale"),
        (0, CSAT, "value_out_of_scale"),
        (4.5, CSAT, "value_not_on_step"),
        (4.5, FELT, None),
        (4.4, FELT, "value_not_on_step"),
        (0.3, Scale("score", 0, 1, step=0.1), None),
        (10, Scale("nps"), None),
        (0, WAIT, None),
        (-0.1, WAIT, "value_negative"),
        (1e15, WAIT, None),
        (2e15, WAIT, "value_out_of_scale"),
        (10**400, WAIT, "value_out_of_scale"),
        (float("nan"), WAIT, "value_not_finite"),
        (float("inf"), CSAT, "value_not_finite"),
        (True, CSAT, "value_not_finite"),
        ("4", CSAT, "value_not_finite"),
    ],
)
def test_a_value_that_does_not_fit_is_named_by_its_code(value, scale, code):
    assert check_value(value, scale) == code


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kind": "stars"}, "not a kind of metric"),
        ({"kind": "score"}, "both ends"),
        ({"kind": "csat", "low": 5, "high": 1}, "must rise"),
        ({"kind": "nps", "low": 0, "high": 5}, "0 to 10"),
        ({"kind": "score", "low": 0, "high": 1, "step": 0}, "above 0"),
        ({"kind": "score", "low": 0, "high": 1, "step": 0.3}, "do not lead"),
        ({"kind": "score", "low": 0, "high": 10, "step": 0.001}, "at most 1000"),
    ],
)
def test_a_scale_that_cannot_be_binned_is_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        Scale(**given)
