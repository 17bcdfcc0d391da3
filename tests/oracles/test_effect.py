"""Verdicts over simulated fixes, always the same ones, through `bench/effect.py`.

The bench runs thousands and holds the limits; the few hundred here catch a sign turned round, a
bound mislaid, or a baseline that takes the trigger window in.
"""

import numpy as np
import pytest

from bench.endings import FIXED, end_of
from bench.fixes import line_of, repairs

RUNS = 150


def shares(truth, a_day):
    rng = np.random.default_rng([5, a_day])
    endings = [end_of(each) for each in repairs(rng, truth, a_day=a_day, runs=RUNS, fixed=FIXED)]
    names = [each.name for each in endings]
    return {name: names.count(name) / RUNS for name in set(names)}


@pytest.mark.parametrize("truth", ["noise", "shock"])
def test_what_passed_by_itself_is_rarely_called_effective_and_mostly_unproven(truth):
    found = shares(truth, 40)
    assert found.get("effective", 0) <= 0.07
    assert found["recovered_unproven"] >= 0.5


def test_a_fix_that_did_nothing_comes_back():
    found = shares("unfixed", 40)
    assert found.get("effective", 0) <= 0.05
    assert found["no_effect"] >= 0.9


def test_more_answers_prove_more_of_the_same_repair():
    few, some, many = (shares("fixed", a_day).get("effective", 0) for a_day in (8, 40, 200))
    assert few < 0.25 < some < 0.7 < many


def test_what_was_made_worse_is_never_called_effective():
    found = shares("made worse", 200)
    assert found["worse"] + found["no_effect"] >= 0.97


def test_the_line_lies_lower_where_chance_moves_a_week_more():
    lines = [line_of(a_day) for a_day in (8, 40, 200)]
    assert lines == sorted(lines)
    assert lines[0] > 0.65
    assert lines[-1] < 0.82
