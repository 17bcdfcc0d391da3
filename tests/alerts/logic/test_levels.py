import pytest

from alerts.logic.conditions import Level
from alerts.logic.levels import parse_level
from alerts.logic.refusals import SpecError


@pytest.mark.parametrize(
    ("level", "breaching", "on_the_line", "healthy"),
    [
        (Level("above", 30.0), 30.01, 30.0, 29.99),
        (Level("below", 4.0), 3.99, 4.0, 4.01),
        (Level("outside", (2.0, 4.0)), 1.99, 2.0, 2.01),
        (Level("outside", (2.0, 4.0)), 4.01, 4.0, 3.99),
    ],
)
def test_value_on_the_line_neither_breaches_nor_is_unhealthy(
    level: Level, breaching: float, on_the_line: float, healthy: float
):
    assert level.breached(breaching)
    assert not level.healthy(breaching)
    assert not level.breached(on_the_line)
    assert level.healthy(on_the_line)
    assert level.healthy(healthy)


@pytest.mark.parametrize(
    ("level", "between", "recovered"),
    [
        (Level("above", 30.0, recover=25.0), 25.01, 25.0),
        (Level("below", 4.0, recover=4.2), 4.19, 4.2),
        (Level("outside", (2.0, 4.0), recover=(2.5, 3.5)), 2.49, 2.5),
        (Level("outside", (2.0, 4.0), recover=(2.5, 3.5)), 3.51, 3.5),
    ],
)
def test_between_line_and_recover_is_neither_breach_nor_health(
    level: Level, between: float, recovered: float
):
    assert not level.breached(between)
    assert not level.healthy(between)
    assert level.healthy(recovered)


def test_relative_change_is_measured_against_the_size_of_the_window_before():
    rise = Level("change_above", 20.0, percent=True)
    assert rise.breached(12.1, before=10)
    assert not rise.breached(12, before=10)
    assert not rise.breached(-10, before=-12)
    assert rise.breached(-9, before=-12)


def test_fall_is_written_with_a_minus():
    fall = Level("change_below", -20.0, percent=True)
    assert fall.breached(7.9, before=10)
    assert not fall.breached(8, before=10)


def test_plain_change_is_absolute():
    rise = Level("change_above", 20.0)
    assert rise.breached(121, before=100)
    assert not rise.breached(120, before=100)
    assert not rise.breached(12.1, before=10)


def test_equality_survives_binary_fractions():
    assert not Level("change_above", 10.0, percent=True).breached(4.4, before=4.0)
    assert Level("above", 30.0, recover=7.0).healthy(0.07 * 100)


def test_change_without_a_base_cannot_be_asked():
    with pytest.raises(ValueError, match="base"):
        Level("change_above", 20.0, percent=True).breached(12, before=0)
    with pytest.raises(ValueError, match="base"):
        Level("change_above", 20.0).breached(12)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (30, "warning"),
        ({}, "warning"),
        ({"above": 30, "below": 4}, "warning"),
        ({"above": "30"}, "warning.above"),
        ({"above": "30%"}, "warning.above"),
        ({"above": True}, "warning.above"),
        ({"above": float("nan")}, "warning.above"),
        ({"above": float("inf")}, "warning.above"),
        ({"outside": 3}, "warning.outside"),
        ({"outside": [4, 2]}, "warning.outside"),
        ({"outside": [1, 2, 3]}, "warning.outside"),
        ({"above": 30, "recover": 30.1}, "warning.recover"),
        ({"below": 4, "recover": 3.9}, "warning.recover"),
        ({"outside": [2, 4], "recover": [1.9, 3]}, "warning.recover"),
        ({"change_above": "20%", "recover": 10}, "warning.recover"),
        ({"change_below": "20%"}, "warning.change_below"),
        ({"change_above": -1}, "warning.change_above"),
    ],
)
def test_level_that_means_nothing_is_refused_where_it_is_wrong(raw: object, field: str):
    with pytest.raises(SpecError) as refusal:
        parse_level(raw, "warning")
    assert refusal.value.field == field


def test_recover_on_the_line_itself_is_fine():
    assert parse_level({"above": 30, "recover": 30}, "warning").healthy(30)
