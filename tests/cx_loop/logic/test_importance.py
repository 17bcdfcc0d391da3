"""Relative weights against published figures, against another way to compute them, and as laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import lstsq

from cx_loop.logic.importance import (
    blended,
    correlations,
    drivers_of,
    made_definite,
    relative_weights,
    stated_shares,
)

# R's mtcars: 32 cars; miles a gallon on cylinders, displacement, horse power, gears
MPG = [21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4]
MPG += [14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4]
CYL = [6, 6, 4, 6, 8, 6, 8, 4, 4, 6, 6, 8, 8, 8, 8, 8, 8, 4, 4, 4, 4, 8, 8, 8, 8, 4, 4, 4, 8, 6]
CYL += [8, 4]
DISP = [160, 160, 108, 258, 360, 225, 360, 146.7, 140.8, 167.6, 167.6, 275.8, 275.8, 275.8, 472]
DISP += [460, 440, 78.7, 75.7, 71.1, 120.1, 318, 304, 350, 400, 79, 120.3, 95.1, 351, 145, 301, 121]
HP = [110, 110, 93, 110, 175, 105, 245, 62, 95, 123, 123, 180, 180, 180, 205, 215, 230, 66, 52, 65]
HP += [97, 150, 150, 245, 175, 66, 91, 113, 264, 175, 335, 109]
GEAR = [4, 4, 4, 3, 3, 3, 3, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 4, 4, 4, 3, 3, 3, 3, 3, 4, 5, 5, 5, 5]
GEAR += [5, 4]
CARS = np.column_stack([CYL, DISP, HP, GEAR]).astype(float)


def of(table, outcome):
    found, _ = correlations(np.column_stack([table, outcome]))
    return relative_weights(found[:-1, :-1], found[:-1, -1])


def by_orthogonal_variables(table, outcome):
    """Johnson's own derivation: through the orthogonal variables nearest to the drivers."""
    x = (table - table.mean(0)) / table.std(0)
    y = (outcome - outcome.mean()) / outcome.std()
    left, _, right = np.linalg.svd(x, full_matrices=False)
    nearest = left @ right * np.sqrt(len(y))
    beta = nearest.T @ y / len(y)
    return (x.T @ nearest / len(y)) ** 2 @ beta**2


def respondents(n=400, *, seed=1, loads=(0.9, 0.5, 0.2), missing=0.0):
    random = np.random.default_rng(seed)
    table = random.normal(size=(n, len(loads))) + random.normal(size=(n, 1)) * 0.9
    overall = table @ np.array(loads) + random.normal(size=n)
    table[random.random(table.shape) < missing] = np.nan
    return table, overall


def test_weights_of_the_cars_are_those_published():
    # README of martinctc/rwa (output of the R package rwa) over R's mtcars
    weights = of(CARS, np.array(MPG))
    assert weights == pytest.approx([0.2284797, 0.2221469, 0.2321744, 0.0963886], abs=1e-6)
    assert weights.sum() == pytest.approx(0.7791896, abs=1e-6)
    shares = 100 * weights / weights.sum()
    assert shares == pytest.approx([29.32274, 28.50999, 29.79691, 12.37037], abs=1e-4)


def test_weights_agree_with_johnsons_own_derivation():
    table, overall = respondents()
    assert of(table, overall) == pytest.approx(by_orthogonal_variables(table, overall), rel=1e-9)


@given(st.integers(0, 10**6), st.integers(2, 8))
@settings(max_examples=30, deadline=None)
def test_weights_add_up_to_what_least_squares_explain(seed, p):
    random = np.random.default_rng(seed)
    table = random.normal(size=(60, p)) + random.normal(size=(60, 1))
    overall = table @ random.normal(size=p) + random.normal(size=60)
    y = overall - overall.mean()
    beta, *_ = lstsq(table - table.mean(0), y)
    rest = y - (table - table.mean(0)) @ beta
    weights = of(table, overall)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1 - rest @ rest / (y @ y), abs=1e-9)


def test_uncorrelated_drivers_weigh_their_squared_correlations():
    assert relative_weights(np.eye(3), np.array([0.6, 0.3, 0.1])) == pytest.approx(
        [0.36, 0.09, 0.01]
    )


@pytest.mark.parametrize(
    ("among", "outcome"),
    [
        (np.ones((2, 2)), np.array([0.5, 0.5])),
        (np.eye(3), np.array([0.1, 0.2])),
        (np.eye(0), np.array([])),
    ],
)
def test_what_has_no_weights_is_refused(among, outcome):
    with pytest.raises(ValueError, match=r"square matrix|sum of others"):
        relative_weights(among, outcome)


def test_correlations_are_those_of_numpy_where_nothing_is_missing():
    found, n = correlations(CARS)
    assert found == pytest.approx(np.corrcoef(CARS, rowvar=False))
    assert (n == 32).all()


def test_each_pair_uses_the_rows_that_have_both():
    table = CARS.copy()
    table[:5, 0] = np.nan
    table[3:9, 1] = np.nan
    found, n = correlations(table)
    assert n[0, 1] == 23
    assert found[0, 1] == pytest.approx(np.corrcoef(CARS[9:, 0], CARS[9:, 1])[0, 1])


def test_a_draw_counts_rows_as_often_as_it_holds_them():
    times = np.random.default_rng(3).integers(0, 3, 32)
    found, _ = correlations(CARS, times.astype(float))
    assert found == pytest.approx(correlations(np.repeat(CARS, times, axis=0))[0])


def test_correlations_no_table_could_have_are_mended():
    impossible = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1.0]])
    mended = made_definite(impossible)
    assert np.linalg.eigvalsh(mended)[0] > 0
    assert np.diag(mended) == pytest.approx([1, 1, 1])
    assert made_definite(np.eye(3)).tolist() == np.eye(3).tolist()


def test_ranks_are_given_from_two_hundred_on():
    table, overall = respondents(200)
    found = drivers_of(table, overall)
    assert [each.rank for each in found.drivers] == [1, 2, 3]
    fewer = drivers_of(table[:199], overall[:199])
    assert [each.rank for each in fewer.drivers] == [None] * 3
    assert sum(each.share for each in fewer.drivers) == pytest.approx(1)


def test_ranks_stand_within_their_interval_and_are_the_same_each_time():
    table, overall = respondents(300, loads=(0.5, 0.45, 0.1))
    found = drivers_of(table, overall, seed=7)
    assert found == drivers_of(table, overall, seed=7)
    assert all(each.rank_low <= each.rank <= each.rank_high for each in found.drivers)
    # two nearly alike drivers may change places; the weak one is never first
    assert (found.drivers[0].rank_high, found.drivers[2].rank_low) == (2, 3)


def test_missing_answers_are_the_norm():
    table, overall = respondents(2000, missing=0.6)
    found = drivers_of(table, overall)
    assert found.used == (0, 1, 2)
    assert 200 < found.n < 400
    assert found.drivers[0].share > found.drivers[1].share > found.drivers[2].share


def test_a_touchpoint_few_have_answered_is_no_driver():
    table, overall = respondents(500)
    table[99:, 1] = np.nan
    assert drivers_of(table, overall).used == (0, 2)
    table[:, 2] = 4.0  # all say the same
    assert drivers_of(table, overall) is None


def test_a_touchpoint_counted_twice_shares_its_weight():
    table, overall = respondents(400)
    twice = np.column_stack([table, table[:, 0]])
    found = drivers_of(twice, overall)
    assert found.drivers[0].share == pytest.approx(found.drivers[3].share, rel=0.02)


def test_nothing_is_said_without_overall_answers():
    table, overall = respondents(50)
    assert drivers_of(table, np.full(50, np.nan)) is None
    assert drivers_of(table[:0], overall[:0]) is None
    assert drivers_of(table, overall) is None
    with pytest.raises(ValueError, match="for each row"):
        drivers_of(table, overall[1:])


def test_what_is_stated_adds_up_to_one():
    assert stated_shares([3, 1, 0]) == [0.75, 0.25, 0]
    assert stated_shares([0, 0]) == [0.5, 0.5]
    with pytest.raises(ValueError, match="0 or more"):
        stated_shares([1, -1])


@given(st.lists(st.tuples(st.floats(0.01, 100), st.booleans()), min_size=1, max_size=40))
def test_found_and_stated_shares_together_add_up_to_one(touchpoints):
    driven = sum(is_driver for _, is_driver in touchpoints)
    found = [1 / driven if is_driver else None for _, is_driver in touchpoints]
    shares = blended([said for said, _ in touchpoints], found)
    assert sum(shares) == pytest.approx(1)
    assert all(share >= 0 for share in shares)


def test_drivers_divide_what_stated_touchpoints_leave():
    assert blended([1, 1, 2], [0.8, 0.2, None]) == pytest.approx([0.4, 0.1, 0.5])
