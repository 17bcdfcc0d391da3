"""The chart of individuals and the zone rules against what was published of them."""

import pytest

from cx_loop.logic.individuals import ZONE_RULES, individuals, meets, worth_a_look

# NIST/SEMATECH e-Handbook, 6.3.2.2: flow rates of ten batches
FLOW_RATES = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def test_limits_of_the_flow_rates_are_those_of_nist():
    chart = individuals(FLOW_RATES)
    assert chart.center == pytest.approx(50.81, abs=1e-3)
    assert chart.mean_range == pytest.approx(1.8778, abs=1e-3)
    assert (chart.low, chart.high) == pytest.approx((45.8159, 55.8041), abs=1e-3)
    assert chart.range_high == pytest.approx(6.1347, abs=1e-3)
    assert chart.ranges == pytest.approx([2.0, 2.3, 1.4, 3.5, 3.4, 1.4, 0.2, 1.2, 1.5])
    assert all(chart.low < value < chart.high for value in FLOW_RATES)
    assert max(chart.ranges) < chart.range_high


@pytest.mark.parametrize(
    ("number", "z", "violations"),
    [
        # luca-scr/qcc, tests/testthat/test-rules.R: places counted from 1
        (1, [0, 3.2, -3.5, 2.9], [2, 3]),
        (2, [0, 2.5, 1.0, 2.6, 0], [4]),
        (3, [0, 1.2, 1.3, 0.2, 1.4, 1.5], [6]),
        (4, [-1] * 8 + [1], [8]),
        (4, [0.5] * 8 + [-0.5], [8]),
        (2, [2.5] * 7 + [3.2], [3, 4, 5, 6, 7, 8]),
        (3, [2.5] * 7 + [3.2], [5, 6, 7, 8]),
    ],
)
def test_western_electric_rules_are_met_where_qcc_has_them(number, z, violations):
    rule = ZONE_RULES[number - 1]
    assert rule.number == number
    assert [place + 1 for place in meets(rule, z)] == violations


def test_both_sides_do_not_add_up_and_a_line_is_not_beyond_itself():
    assert meets(ZONE_RULES[1], [2.5, -2.5, 0, 2.0, 2.0]) == []
    assert meets(ZONE_RULES[3], [0.0] * 20) == []


def test_a_jump_is_worth_a_look_and_quiet_or_few_days_are_not():
    wobble = [80.0, 82.0] * 12
    assert worth_a_look(wobble) == {}
    assert {place: rule.number for place, rule in worth_a_look([*wobble, 95.0]).items()} == {24: 1}
    assert worth_a_look([80.0, 82.0] * 9 + [95.0]) == {}
    assert worth_a_look([80.0] * 30) == {}
