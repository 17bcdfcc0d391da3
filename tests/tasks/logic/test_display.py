"""The intervals on the page: each kind by its own method, wider where days differ."""

import pytest

from cx_loop.logic.differences import newcombe
from tasks.logic.display import METHODS, arm_interval, change_shown
from tasks.logic.estimates import arm_of
from tasks.logic.measures import Day, Measure
from tests.tasks.logic.world import TOP_BOX, on


def arms(kind, before, after):
    measure = TOP_BOX if kind == "share" else Measure(kind)
    return [arm_of([Day(on(at), *sums)], measure) for at, sums in ((1, before), (20, after))]


EXAMPLES = [
    ("share", (34, 1, 1), (34, 7, 7)),
    ("nps", (100, 10, 60), (100, 30, 60)),
    ("mean", (40, 140, 530), (40, 160, 680)),
    ("rate", (400, 15, 15), (400, 4, 4)),
    ("count", (14, 30, 30), (28, 12, 12)),
]


@pytest.mark.parametrize(("kind", "before", "after"), EXAMPLES)
def test_every_kind_has_an_interval_around_its_value(kind, before, after):
    earlier, later = arms(kind, before, after)
    low, high = arm_interval(later, 1.0)
    assert low < later.value < high
    shown = change_shown(earlier, later, 1.0)
    assert shown["method"] == METHODS[kind]
    assert shown["interval"][0] < shown["value"] < shown["interval"][1]


@pytest.mark.parametrize(("kind", "before", "after"), EXAMPLES)
def test_days_that_differ_more_than_chance_widen_it(kind, before, after):
    plain, spread = (change_shown(*arms(kind, before, after), each) for each in (1.0, 2.0))
    assert plain["interval"][0] > spread["interval"][0]
    assert plain["interval"][1] < spread["interval"][1]


def test_a_share_is_shown_in_points_as_newcombe_has_it():
    shown = change_shown(*arms("share", (34, 1, 1), (34, 7, 7)), 1.0)
    assert shown["interval"] == pytest.approx([100 * end for end in newcombe(7, 34, 1, 34)])


def test_no_answers_have_no_interval():
    empty, later = arms("share", (0, 0, 0), (34, 7, 7))
    assert arm_interval(empty, 1.0) is None
    assert change_shown(empty, later, 1.0) is None
    assert arm_interval(arms("mean", (1, 3, 9), (1, 3, 9))[0], 1.0) is None
