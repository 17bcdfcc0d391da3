"""Bounds of many windows at once are those of each alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.logic.bounds import bounds_over
from alerts.logic.confidence import bounds
from cx_loop.logic.bins import Scale, bin_of
from cx_loop.logic.scores import parse_aggregate
from cx_loop.logic.timelines import Timeline
from cx_loop.logic.totals import Totals

HOUR = 3600.0
ASKED = [
    (Scale("csat"), [1, 2, 4, 5], ["top_box", "mean", "median", {"share_below": 3}, "sd"]),
    (Scale("nps"), [0, 6, 7, 9, 10], ["nps", "mean", "p90"]),
    (Scale("duration"), [0, 1.5, 30, 250], ["median", "p90", "mean", "sum", {"share_above": 30}]),
    (Scale("count"), [0, 1, 7], ["count", "sum"]),
    (Scale("rate"), [0, 1, 4], ["rate"]),
]


@st.composite
def stories(draw):
    scale, values, asked = draw(st.sampled_from(ASKED))
    answer = st.tuples(st.integers(0, 5), st.sampled_from(values), st.sampled_from([3, 10]))
    windows = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(sorted)
    return (
        scale,
        parse_aggregate(draw(st.sampled_from(asked))),
        draw(st.lists(answer, max_size=120)),
        draw(st.lists(windows, min_size=1, max_size=4)),
        draw(st.sampled_from([0.95, 0.99])),
        draw(st.sampled_from([1.0, 1.5, 2.7])),
    )


def totals_of(answers, scale):
    if scale.kind == "rate":
        return Totals.of_rate([(answer, exposure) for _, answer, exposure in answers])
    return Totals.of([answer for _, answer, _ in answers], scale)


@given(stories())
def test_many_windows_have_the_bounds_of_each_alone(story):
    scale, aggregate, answers, windows, certainty, spread = story
    rows = [
        (hour * HOUR, bin_of(value, scale), 1, value, value**2, size * (scale.kind == "rate"))
        for hour, value, size in answers
    ]
    timeline = Timeline.of(np.array(rows, dtype=float).reshape(-1, 6))
    starts, ends = (np.array(column, dtype=float) * HOUR for column in zip(*windows, strict=True))
    found = bounds_over(timeline, starts, ends, aggregate, scale, certainty, spread)
    for (first, last), low, high in zip(windows, *found, strict=True):
        inside = [answer for answer in answers if first <= answer[0] < last]
        alone = bounds(totals_of(inside, scale), aggregate, scale, certainty, spread)
        expected = (np.nan, np.nan) if alone is None else alone
        assert (low, high) == pytest.approx(expected, abs=1e-6, nan_ok=True)
