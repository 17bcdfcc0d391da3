"""Satisfaction, what a journey is remembered as, and what to mend first."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cx_loop.logic.bins import Scale
from cx_loop.logic.moments import (
    ANSWERS,
    POLARITIES,
    Estimate,
    experience,
    is_certain,
    measured,
    polarity,
    satisfaction,
    together,
)
from cx_loop.logic.peak_end import Recall, end_of, journey_score, peak_of
from cx_loop.logic.priority import Factors, gap, places, priority, quadrant
from cx_loop.logic.totals import Totals

CSAT = Scale("csat")
SCORES = st.lists(st.none() | st.floats(-5, 5), max_size=40)
ON_FIVE = st.floats(0, 5)


def csat(*answers):
    return Totals.of(answers, CSAT)


@pytest.mark.parametrize(
    ("answers", "on_five"), [([1, 1], 0), ([3, 3], 2.5), ([4, 5], 4.375), ([5], 5)]
)
def test_the_mean_of_a_scale_stands_on_five(answers, on_five):
    # E = 5 (CSAT mean - 1) / 4
    assert experience(csat(*answers), CSAT).value == pytest.approx(on_five)


def test_experience_may_be_read_as_top_box():
    found = experience(csat(5, 4, 3, 1), CSAT, reading="top_box")
    assert found.value == pytest.approx(2.5)
    assert found.low < 2.5 < found.high


def test_lower_is_better_is_mirrored_with_its_interval():
    effort = Scale("ces")
    totals = Totals.of([2, 2, 3, 1, 6], effort)
    plain = experience(totals, effort)
    found = experience(totals, effort, higher_is_better=False)
    assert (found.value, found.low, found.high) == pytest.approx(
        (5 - plain.value, 5 - plain.high, 5 - plain.low)
    )


def test_experience_has_students_interval_of_fewer_answers():
    answers = [5] * 40 + [4] * 30 + [2] * 20
    found = experience(csat(*answers), CSAT)
    n = len(answers) / 1.5
    half = stats.t.ppf(0.975, n - 1) * np.std(answers, ddof=1) / math.sqrt(n)
    assert found.high - found.value == pytest.approx(5 / 4 * half, rel=1e-6)


def test_what_has_no_scale_has_no_experience():
    wait = Scale("duration")
    with pytest.raises(ValueError, match="no scale"):
        experience(Totals.of([3.0], wait), wait)
    with pytest.raises(ValueError, match="worst scores"):
        experience(csat(3), CSAT, higher_is_better=False, reading="top_box")
    assert experience(Totals(), CSAT) is None


@given(ON_FIVE, ON_FIVE)
def test_satisfaction_stands_on_minus_five_to_five(met, expected):
    found = satisfaction(Estimate.stated(met), Estimate.stated(expected))
    assert found.value == met - expected
    assert -5 <= found.value <= 5


def test_satisfaction_is_as_unsure_as_both_sides_together():
    found = satisfaction(Estimate(4, 3.7, 4.3, 90), Estimate(3, 2.6, 3.4, 50))
    assert (found.value, found.low, found.high) == pytest.approx((1, 0.5, 1.5))
    assert found.n == 90
    asked = satisfaction(Estimate(4, None, None, 1), Estimate.stated(3))
    assert (asked.low, asked.high) == (None, None)


@pytest.mark.parametrize("off", [-0.1, 5.1])
def test_what_is_not_on_five_is_refused(off):
    with pytest.raises(ValueError, match="not on 0"):
        satisfaction(Estimate.stated(off), Estimate.stated(3))
    with pytest.raises(ValueError, match="not on 0"):
        satisfaction(Estimate.stated(3), Estimate.stated(off))


def test_measured_satisfaction_puts_the_middle_of_the_scale_at_zero():
    assert [measured(Estimate.stated(each)).value for each in (0, 2.5, 5)] == [-5, 0, 5]


def test_segments_are_weighed_by_weight_and_answers():
    # normal 1, diamond 3: sum of w n S over sum of w n
    parts = [(Estimate(1, 0.9, 1.1, 300), 1), (Estimate(-2, -2.4, -1.6, 100), 3)]
    found = together(parts)
    assert found.value == pytest.approx((300 * 1 + 300 * -2) / 600)
    assert found.high - found.value == pytest.approx(math.hypot(0.05, 0.2))
    assert found.n == 400
    assert together([(Estimate(1, 1, 1, 0), 1)]) is None
    with pytest.raises(ValueError, match="0 or more"):
        together([(Estimate(1, 1, 1, 5), -1)])


@given(st.lists(st.tuples(st.floats(-5, 5), st.integers(1, 500), st.floats(0.1, 3)), min_size=1))
def test_all_together_stand_between_the_extremes(parts):
    found = together([(Estimate(s, s - 0.1, s + 0.1, n), weight) for s, n, weight in parts])
    values = [s for s, _, _ in parts]
    assert min(values) - 1e-9 <= found.value <= max(values) + 1e-9
    # many independent parts are surer than one, never less sure
    assert found.high - found.low <= 0.2 + 1e-9


@pytest.mark.parametrize(
    ("score", "said"),
    [(1.01, "positive"), (1, "neutral"), (0, "neutral"), (-1, "neutral"), (-1.01, "negative")],
)
def test_polarity_follows_the_score(score, said):
    assert polarity(score) == said


def test_each_polarity_has_its_answer():
    assert [ANSWERS[each] for each in POLARITIES] == ["reinforce", "streamline", "recover"]
    with pytest.raises(ValueError, match="0 or wider"):
        polarity(0, -1)


def test_polarity_is_certain_where_the_whole_interval_has_it():
    assert is_certain(Estimate(2, 1.1, 3, 40))
    assert not is_certain(Estimate(2, 0.9, 3, 40))
    assert not is_certain(Estimate(2, None, None, 1))


def test_peak_is_the_strongest_and_of_equals_the_bad_then_the_later_one():
    assert peak_of([1, -4, 3]) == 1
    assert peak_of([4, None, -4, 4]) == 2
    assert peak_of([2, 2]) == 1
    assert peak_of([None]) is None
    assert end_of([1, 2, None]) == 1


def test_the_journey_is_its_peak_its_end_and_a_little_of_the_rest():
    # .4 of the peak -4, .4 of the end 2, .2 of the mean 0
    assert journey_score([1, -4, 1, 2]) == pytest.approx(0.4 * -4 + 0.4 * 2)
    # Kahneman et al. 1993: halves, duration neglected
    pure = Recall(peak=0.5, end=0.5, mean=0)
    assert journey_score([1, -4, 1, 1, 1, 2], pure) == pytest.approx(-1)
    assert journey_score([None]) is None
    for wrong in ({"peak": -1}, {"peak": 0, "end": 0, "mean": 0}):
        with pytest.raises(ValueError, match="0 or more"):
            Recall(**wrong)


@given(SCORES, st.floats(0, 1), st.floats(0, 1), st.floats(0.1, 1))
def test_a_journey_is_never_beyond_its_moments(scores, peak, end, mean):
    found = journey_score(scores, Recall(peak, end, mean))
    known = [score for score in scores if score is not None]
    assert (found is None) == (not known)
    if found is not None:
        assert min(known) - 1e-9 <= found <= max(known) + 1e-9


@given(st.lists(st.floats(-5, 5), min_size=1), st.integers(1, 5))
def test_a_longer_middle_changes_neither_peak_nor_end(scores, times):
    pure = Recall(0.5, 0.5, 0)
    assert journey_score([0.0] * times + scores, pure) == journey_score(scores, pure)


def test_priority_is_the_product_of_its_factors():
    # 100 * .25 * .4 * .5 = 5, half as much again for the peak, and again half for the end
    given_ = {"importance": 0.25, "gap": gap(-1, 3), "reach": 0.5}
    assert priority(**given_) == pytest.approx(5)
    assert priority(**given_, is_peak=True) == pytest.approx(7.5)
    assert priority(**given_, is_peak=True, is_end=True) == pytest.approx(10)
    assert priority(**given_, factors=Factors(reach=0, gap=2)) == pytest.approx(100 * 0.25 * 0.16)


@pytest.mark.parametrize(("score", "size"), [(3, 0), (4, 0), (2.9, 0.01), (-5, 0.8)])
def test_a_gap_is_what_is_missing_to_the_goal(score, size):
    assert gap(score, 3) == pytest.approx(size)
    assert gap(-5, 5) == 1


@given(*[st.floats(0, 1)] * 4)
def test_priority_never_falls_when_a_factor_rises(importance, size, reach, more):
    low = priority(importance=importance, gap=size, reach=reach)
    high = priority(importance=importance, gap=max(size, more), reach=reach)
    assert 0 <= low <= high <= 100


def test_priority_of_what_is_no_share_is_refused():
    with pytest.raises(ValueError, match="not on 0"):
        priority(importance=1.2, gap=0.1, reach=1)
    with pytest.raises(ValueError, match="0 or more"):
        Factors(peak=-1)
    # a factor that is left out brings nothing back that needs no mending
    assert priority(importance=1, gap=0, reach=1, factors=Factors(gap=0)) == 0


@pytest.mark.parametrize(
    ("score", "importance", "said"),
    [
        (1.9, 0.25, "fix_first"),
        (2, 0.25, "keep_up"),
        (1.9, 0.24, "watch"),
        (2, 0.24, "over_served"),
    ],
)
def test_the_matrix_divides_at_the_goal_and_at_an_equal_share(score, importance, said):
    assert quadrant(score, 2, importance, touchpoints=4) == said


def test_equal_priorities_share_a_place():
    assert places([5, None, 7, 5]) == [2, None, 1, 2]
    with pytest.raises(ValueError, match="at least one"):
        quadrant(1, 1, 1, 0)
