"""The emotion curve and the matrix: what stands where, and what is said of it."""

import pytest

from cx_loop.ui.curves import Curve, CurveLine, Felt, curve, say_felt, say_signed
from cx_loop.ui.heat import shade_of
from cx_loop.ui.matrices import Weighted, matrix

PLACES = ["Check-in", "Boarding", "Arrival"]


def drawn(*felt: Felt | None, **more: object) -> Curve:
    return curve(PLACES, [CurveLine("Gold", felt, **more)], title="Felt")  # type: ignore[arg-type]


def test_a_better_moment_stands_higher() -> None:
    low, _middle, high = drawn(Felt(-3, 40), Felt(0, 40), Felt(4, 40)).lines[0].spots
    assert float(high.y) < float(low.y)


def test_a_touchpoint_without_answers_breaks_the_line() -> None:
    line = drawn(Felt(1, 40), None, Felt(2, 40)).lines[0]
    assert line.path.count("M") == 2
    assert len(line.spots) == 2


def test_lines_stand_beside_each_other_over_a_touchpoint() -> None:
    both = [CurveLine(name, [Felt(1, 40)], kind=at) for at, name in enumerate(("A", "B"))]
    left, right = curve(["Desk"], both, title="Felt").lines
    assert float(left.spots[0].x) < float(right.spots[0].x)


def test_the_table_says_the_interval_the_number_and_the_marks() -> None:
    felt = Felt(-2.5, 186, -3, -2, is_peak=True)
    assert say_felt(felt) == "−2.5 (−3 to −2, n 186), peak"
    assert say_felt(None) == "–"


def test_few_answers_look_few_and_a_thought_has_no_number() -> None:
    few, enough, thought = drawn(Felt(1, 29), Felt(1, 30), Felt(1)).lines[0].spots
    assert (few.few, enough.few, thought.few) == (True, False, False)
    assert thought.said == "Arrival · Gold: +1"


def test_the_description_names_peak_and_end() -> None:
    found = drawn(Felt(-4, 40, is_peak=True), None, Felt(2, 40, is_end=True))
    assert found.description == "Gold: peak Check-in −4, end Arrival +2."
    assert drawn(None, None, None).description == "No data yet."


def test_a_line_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="of each touchpoint"):
        curve(PLACES, [CurveLine("Gold", [None])], title="Felt")


@pytest.mark.parametrize(("value", "said"), [(1.25, "+1.2"), (0, "0"), (-0.004, "0"), (-3, "−3")])
def test_a_score_has_its_sign(value: float, said: str) -> None:
    assert say_signed(value) == said


def test_what_matters_and_is_below_its_goal_stands_up_left() -> None:
    items = [
        Weighted(1, "Boarding", -3, 0.6, "fix_first"),
        Weighted(2, "Lounge", 2, 0.1, "over_served"),
    ]
    found = matrix(items, equal=0.5, title="Matrix")
    lounge, boarding = found.spots
    assert float(boarding.x) < float(found.across) < float(lounge.x)
    assert float(boarding.y) < float(found.down) < float(lounge.y)
    assert found.description == "Fix first: Boarding."


@pytest.mark.parametrize(
    ("value", "worst", "best", "shade"),
    [(1, 1, 5, 1), (5, 1, 5, 5), (None, 1, 5, 0), (30, 45, 0, 2), (9, 1, 5, 5), (2, 3, 3, 0)],
)
def test_a_shade_follows_the_scale_whichever_end_is_good(
    value: float | None, worst: float, best: float, shade: int
) -> None:
    assert shade_of(value, worst=worst, best=best) == shade
