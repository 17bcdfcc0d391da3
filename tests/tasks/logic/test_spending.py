"""Bounds of group-sequential looks against published tables."""

import pytest

from tasks.logic.spending import bounds, information_fractions, obrien_fleming, pocock

TABLES = [
    # gsDesign sfLDOF; Jennison & Turnbull 2000
    (obrien_fleming, 0.025, [0.2, 0.4, 0.6, 0.8, 1], [4.877, 3.357, 2.68, 2.29, 2.031]),
    (obrien_fleming, 0.025, [0.25, 0.5, 0.75, 1], [4.333, 2.963, 2.359, 2.014]),
    (obrien_fleming, 0.025, [1 / 3, 2 / 3, 1], [3.71, 2.511, 1.993]),
    # gsDesign sfLDPocock
    (pocock, 0.025, [0.2, 0.4, 0.6, 0.8, 1], [2.438, 2.427, 2.41, 2.397, 2.386]),
    (pocock, 0.025, [0.25, 0.5, 0.75, 1], [2.368, 2.368, 2.358, 2.35]),
    # SeqBounds.jl, read-me
    (obrien_fleming, 0.05, [0.25, 0.5, 0.75, 1], [3.74955, 2.53993, 2.01604, 1.72014]),
]


@pytest.mark.parametrize(("spend", "alpha", "fractions", "published"), TABLES)
def test_bounds_match_the_published_table(spend, alpha, fractions, published):
    assert bounds(fractions, alpha, spend) == pytest.approx(published, abs=0.004)


@pytest.mark.parametrize(
    ("looks", "published"),
    [
        ((7, 14, 21, 28), [2.538, 2.016, 1.858, 1.784]),
        (
            (7, 14, 21, 28, 35, 42, 49, 56),
            [2.821, 2.244, 2.062, 1.976, 1.927, 1.895, 1.873, 1.856],
        ),
    ],
)
def test_weekly_looks_after_a_fortnight_of_baseline(looks, published):
    assert bounds(information_fractions(14, looks)) == pytest.approx(published, abs=0.002)


def test_one_look_is_the_plain_one_sided_test():
    assert bounds([1.0]) == pytest.approx([1.6449], abs=0.0005)


def test_a_look_that_may_spend_nothing_has_a_bound_nobody_reaches():
    assert bounds([0.001, 1.0])[0] > 7.9


@pytest.mark.parametrize("fractions", [[0.5, 0.5], [0.0, 1.0], [0.8, 0.4]])
def test_fractions_that_do_not_rise_are_refused(fractions):
    with pytest.raises(ValueError, match="must rise"):
        bounds(fractions)


def test_the_last_look_holds_all_information():
    assert information_fractions(14, (7, 28))[-1] == 1.0
