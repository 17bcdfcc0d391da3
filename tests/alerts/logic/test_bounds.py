"""Bounds of many windows at once are those of each alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.logic.bounds import Windows, bounds_over, difference_bounds_over
from alerts.logic.confidence import bounds, difference_bounds
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


def read(story):
    """(windows of the timeline, totals of each of them)"""
    scale, _, answers, spans, *_ = story
    rows = [
        (hour * HOUR, bin_of(value, scale), 1, value, value**2, size * (scale.kind == "rate"))
        for hour, value, size in answers
    ]
    timeline = Timeline.of(np.array(rows, dtype=float).reshape(-1, 6))
    starts, ends = (np.array(column, dtype=float) * HOUR for column in zip(*spans, strict=True))
    each = [[answer for answer in answers if a <= answer[0] < b] for a, b in spans]
    return Windows(timeline, starts, ends), [totals_of(inside, scale) for inside in each]


def agree(found, alone):
    for low, high, expected in zip(*found, alone, strict=True):
        expected = (np.nan, np.nan) if expected is None else expected
        assert (low, high) == pytest.approx(expected, rel=1e-6, abs=1e-6, nan_ok=True)


@given(stories())
def test_many_windows_have_the_bounds_of_each_alone(story):
    windows, totals = read(story)
    scale, aggregate, _, _, *sure = story
    found = bounds_over(windows, aggregate, scale, *sure)
    agree(found, [bounds(each, aggregate, scale, *sure) for each in totals])


@given(stories(), st.booleans())
def test_many_differences_have_the_bounds_of_each_alone(story, percent):
    windows, totals = read(story)
    scale, aggregate, _, _, *sure = story
    base = Windows(windows.timeline, windows.starts[::-1], windows.ends[::-1])
    found = difference_bounds_over(windows, base, aggregate, scale, *sure, percent=percent)
    pairs = zip(totals, totals[::-1], strict=True)
    agree(
        found,
        [difference_bounds(a, b, aggregate, scale, *sure, percent=percent) for a, b in pairs],
    )
