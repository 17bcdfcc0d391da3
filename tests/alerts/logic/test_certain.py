"""What a rule's levels ask for reaches the decision: live and over a history."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from alerts.logic.bounds import Windows
from alerts.logic.certain import bounds_of, bounds_through, spread_of
from alerts.logic.conditions import parse_spec
from alerts.logic.confidence import bounds, spread_bounds
from alerts.logic.evaluate import Window, decide
from alerts.logic.machine import State
from bench.simulated import evenings, timeline_of
from cx_loop.logic.bins import Scale
from cx_loop.logic.scores import Aggregate, value
from cx_loop.logic.totals import Totals

CSAT = Scale("csat")
TOP_BOX = Aggregate("top_box")
NOON = datetime(2024, 3, 4, 12, tzinfo=UTC)


def happy(count, n):
    return Totals.of([5] * count + [1] * (n - count), CSAT)


def rule(**said):
    return parse_spec({"metric": "csat", "aggregate": "top_box", "window": "1d"} | said, CSAT)


def decided(spec, totals, overdispersion):
    window = Window(
        NOON - timedelta(days=1),
        NOON,
        value(totals, TOP_BOX, CSAT),
        totals.n,
        bounds=bounds_of(spec, totals, None, CSAT, overdispersion),
    )
    return decide(spec, [window], State())


@pytest.mark.parametrize(
    ("totals", "overdispersion", "opens"),
    [
        (happy(7, 10), 1.0, False),  # 70 % of ten is nothing to be sure of
        (happy(70, 100), 1.0, True),
        (happy(70, 100), 3.0, False),  # days differ: a hundred answers are as good as 33
        (happy(700, 1000), 3.0, True),
    ],
)
def test_a_certain_level_opens_when_answers_and_days_allow(totals, overdispersion, opens):
    spec = rule(certain="99%", warning={"below": 80})
    assert decided(spec, totals, overdispersion).opens is opens


def test_a_critical_level_may_trust_the_value():
    spec = rule(certain="99%", warning={"below": 80}, critical={"below": 60, "certain": "point"})
    assert decided(spec, happy(5, 10), 1.0).state.level == 1


def test_a_rule_without_certainty_asks_for_no_bounds():
    assert bounds_of(rule(warning={"below": 80}), happy(7, 10), None, CSAT) == {}


def test_a_change_without_a_base_is_bounded_by_nothing():
    spec = rule(certain="95%", warning={"change_below": -5})
    assert bounds_of(spec, happy(7, 10), None, CSAT) == {}
    low, high = bounds_of(spec, happy(50, 100), happy(90, 100), CSAT)[0.95]
    assert low < -40 < high < -20


def test_a_spread_is_bounded_over_its_parts():
    spec = rule(certain="95%", spread="channel", warning={"above": 10})
    parts = [happy(20, 40), happy(38, 40)]
    assert spread_of(spec, parts, CSAT, 1.0)[0.95] == spread_bounds(parts, TOP_BOX, CSAT, 0.95)


def test_a_history_has_the_bounds_of_each_window():
    n, hits = np.array([10, 40, 0, 25]), np.array([7, 38, 0, 11])
    ends = evenings(4)
    days = Windows(timeline_of(n, hits), ends - 86_400, ends)
    low, high = bounds_through(rule(certain="99%", warning={"below": 80}), days, None, CSAT)[0.99]
    for place in (0, 1, 3):
        alone = bounds(happy(int(hits[place]), int(n[place])), TOP_BOX, CSAT, 0.99, 1.5)
        assert (low[place], high[place]) == pytest.approx(alone)
    assert np.isnan(low[2])


@pytest.mark.parametrize(
    ("ends", "kept"), [((31.0, 52.0), [31.0, 52.0]), ((31.0, float("inf")), None)]
)
def test_the_interval_it_was_judged_by_is_kept_for_whoever_asks_why(ends, kept):
    window = Window(NOON - timedelta(days=1), NOON, 42.0, 60, bounds={0.95: ends})
    decision = decide(rule(warning={"below": 60, "certain": "95%"}), [window], State())
    assert decision.params.get("interval") == kept
