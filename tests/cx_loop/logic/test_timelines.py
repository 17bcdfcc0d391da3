"""Many windows at once say what each says alone."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_loop.logic.bins import Scale, bin_of
from cx_loop.logic.scores import parse_aggregate, value
from cx_loop.logic.timelines import Timeline
from cx_loop.logic.totals import Totals

HOUR = 3600.0
PLAIN = ["mean", "median", "p90", "p95", "sd", "min", "max", "sum", "count"]
ASKED = [
    (Scale("csat", 1, 5), [1, 2, 3, 4, 5], [*PLAIN, "top_box", {"share_below": 3}]),
    (Scale("nps"), list(range(11)), [*PLAIN, "nps", "top_box"]),
    (Scale("duration"), [0, 1.5, 29.999, 30, 31, 250, 9e4], [*PLAIN, {"share_above": 30}]),
    (Scale("score", -5, 5, step=0.5), [-5, -0.5, 0, 3.5], [*PLAIN, {"share_above": 0}]),
    (Scale("rate"), [0, 1, 4], ["rate"]),
]


@st.composite
def stories(draw):
    scale, values, asked = draw(st.sampled_from(ASKED))
    answer = st.tuples(st.integers(0, 30), st.sampled_from(values), st.sampled_from([1, 10, 0.1]))
    windows = st.tuples(st.integers(0, 32), st.integers(0, 32)).map(sorted)
    return (
        scale,
        parse_aggregate(draw(st.sampled_from(asked))),
        draw(st.lists(answer)),
        draw(st.lists(windows, min_size=1, max_size=5)),
    )


def row(hour, answer, exposure, scale):
    exposure = exposure if scale.kind == "rate" else 0
    return (hour * HOUR, bin_of(answer, scale), 1, answer, answer * answer, exposure)


def timeline_of(rows):
    return Timeline.of(np.array(rows, dtype=float).reshape(-1, 6))


def totals_of(answers, scale):
    if scale.kind == "rate":
        return Totals.of_rate([(answer, exposure) for _, answer, exposure in answers])
    return Totals.of([answer for _, answer, _ in answers], scale)


@given(stories())
def test_many_windows_say_what_each_says_alone(story):
    scale, aggregate, answers, windows = story
    timeline = timeline_of([row(*answer, scale) for answer in answers])
    starts, ends = (np.array(column, dtype=float) * HOUR for column in zip(*windows, strict=True))
    values, samples = timeline.values(starts, ends, aggregate, scale)
    for place, (start, end) in enumerate(windows):
        alone = totals_of([each for each in answers if start <= each[0] < end], scale)
        expected = value(alone, aggregate, scale)
        assert samples[place] == pytest.approx(alone.samples(scale.kind))
        if expected is None:
            assert math.isnan(values[place])
        else:
            assert values[place] == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(stories())
def test_totals_of_one_window_are_those_of_its_answers(story):
    scale, _, answers, windows = story
    timeline = timeline_of([row(*answer, scale) for answer in answers])
    for start, end in windows:
        alone = totals_of([each for each in answers if start <= each[0] < end], scale)
        found = timeline.totals(start * HOUR, end * HOUR)
        assert (found.n, dict(found.bins)) == (alone.n, dict(alone.bins))
        assert found.total == pytest.approx(alone.total)


def test_rows_of_several_series_add_up():
    timeline = timeline_of([(0.0, 3, 2, 8, 32, 0), (0.0, 3, 1, 4, 16, 0), (HOUR, 4, 1, 5, 25, 0)])
    assert timeline.totals(0, 2 * HOUR) == Totals(4, 17, 73, 0, {3: 3, 4: 1})
