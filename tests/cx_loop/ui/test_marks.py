"""Names of marks never cover each other, on a wide screen and on a narrow one."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from cx_loop.ui.marks import SIZE, extent, lay_out

LEFT, RIGHT = 0, 624
DAY = 580 / 60  # of a chart of two months
STORY = st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["Alert", "Fix", "修复", ""])))


@given(STORY)
def test_no_name_covers_another_name_or_mark(story: list[tuple[int, str]]) -> None:
    marks = [(44 + day * DAY, text) for day, text in story]
    spots = lay_out(marks, left=LEFT, right=RIGHT)
    for size in (SIZE, 12):
        boxes = [
            (extent(x, spot, size), spot)
            for (x, text), spot in zip(marks, spots, strict=True)
            if spot.text == text  # not those that lost their name
        ]
        for (one, spot), (other, beside) in combinations(boxes, 2):
            if spot.lane == beside.lane and (spot.text or beside.text):
                assert one[1] <= other[0] or other[1] <= one[0]
        assert all(low >= LEFT and high <= RIGHT for (low, high), spot in boxes if spot.text)


def test_two_events_a_day_apart_share_a_lane_back_to_back() -> None:
    spots = lay_out([(300, "Alert"), (300 + DAY, "Fix")], left=LEFT, right=RIGHT)
    assert [(spot.lane, spot.anchor) for spot in spots] == [(0, "end"), (0, "start")]


def test_events_of_one_day_stand_above_each_other() -> None:
    spots = lay_out([(300, "Alert"), (300, "Fix"), (300, "")], left=LEFT, right=RIGHT)
    assert sorted(spot.lane for spot in spots) == [0, 1, 2]


def test_what_has_no_room_keeps_its_mark_and_loses_its_name() -> None:
    spots = lay_out([(300, "Alert")] * 9, left=LEFT, right=RIGHT)
    assert [spot.text for spot in spots].count("") == 6
