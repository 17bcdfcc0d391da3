"""Gold against normal, this week against the last, the best channel against the worst."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.logic.conditions import SpecError, parse_spec, spec_from_json, spec_to_json
from alerts.logic.evaluate import State, decide
from alerts.logic.judge import Window
from alerts.logic.measure import BASE, OWN, measure
from cx_loop.logic.bins import Scale
from cx_loop.logic.totals import Totals

CSAT = Scale("csat")
EDGE = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SPAN = (EDGE - DAY, EDGE)


def rule(**changes):
    raw = {"metric": "csat", "aggregate": "mean", "window": "1d", "min_samples": 2}
    return parse_spec({**raw, **changes}, CSAT)


def answers(*scores):
    return Totals.of([float(score) for score in scores], CSAT)


def see(spec, parts, values=()):
    frame = spec.frame(ZoneInfo("Asia/Shanghai"))
    window = measure(spec, CSAT, frame, SPAN, lambda part, _span: parts[part], values)
    return decide(spec, [window], State())


GOLD = {
    "by": ["segment"],
    "versus": {"segment": "normal"},
    "warning": {"change_below": -0.5, "recover": 0},
}
SPREAD = {"spread": "channel", "warning": {"above": 1, "recover": 0.5}}


def test_gold_must_not_fall_below_normal():
    parts = {(OWN, ""): answers(3, 4), (BASE, ""): answers(4, 5)}
    assert see(rule(**GOLD), parts).opens
    parts = {(OWN, ""): answers(4, 4), (BASE, ""): answers(4, 5)}
    assert not see(rule(**GOLD), parts).opens


def test_both_sides_of_a_comparison_need_enough():
    parts = {(OWN, ""): answers(1, 1), (BASE, ""): answers(5)}
    assert see(rule(**GOLD), parts).reason == "insufficient_base"
    parts = {(OWN, ""): answers(1), (BASE, ""): answers(5, 5)}
    assert see(rule(**GOLD), parts).reason == "insufficient_samples"


def test_spread_is_the_largest_minus_the_smallest_of_those_with_enough():
    parts = {(OWN, "app"): answers(4, 4), (OWN, "desk"): answers(2, 3), (OWN, "bus"): answers(1)}
    decision = see(rule(**SPREAD), parts, ["app", "desk", "bus"])
    assert decision.opens
    assert decision.params["value"] == 1.5
    assert (decision.params["largest"], decision.params["smallest"]) == ("app", "desk")


def test_a_single_channel_has_no_spread():
    parts = {(OWN, "app"): answers(4, 4), (OWN, "desk"): answers(1)}
    assert see(rule(**SPREAD), parts, ["app", "desk"]).reason == "too_few_parts"


def test_the_same_window_of_the_week_before_is_the_base():
    spec = rule(versus="week before", warning={"change_below": -1})
    asked = []

    def lookup(part, span):
        asked.append(span)
        return answers(2, 2) if span == SPAN else answers(4, 4)

    frame = spec.frame(ZoneInfo("Asia/Shanghai"))
    assert decide(spec, [measure(spec, CSAT, frame, SPAN, lookup)], State()).opens
    assert asked == [SPAN, (SPAN[0] - 7 * DAY, SPAN[1] - 7 * DAY)]


def test_a_level_that_wants_certainty_fires_only_when_the_whole_interval_is_beyond():
    spec = rule(certain="95%", warning={"below": 4}, critical={"below": 2, "certain": "point"})

    def with_bounds(value, low, high):
        window = Window(*SPAN, value, 9, bounds={0.95: (low, high)})
        return decide(spec, [window], State())

    assert with_bounds(3.5, 3.1, 4.2).reason == "not_certain"
    assert with_bounds(3.5, 3.1, 3.9).opens
    assert with_bounds(1.5, 0.5, 4.2).state.level == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"versus": {"segment": "normal"}, "warning": {"change_below": -1}}, "versus"),
        ({"versus": "week before", "warning": {"below": 4}}, "versus"),
        ({"versus": "last year", "warning": {"change_below": -1}}, "versus"),
        ({"versus": "week before", "window": "8d", "warning": {"change_below": -1}}, "versus"),
        ({**SPREAD, "by": ["channel"]}, "spread"),
        ({"spread": "planet", "warning": {"above": 1}}, "spread"),
        ({"spread": "channel", "warning": {"above": 4}}, "warning.above"),
        ({"warning": {"below": 3}, "praise": {"above": 2}}, "praise.above"),
        ({"warning": {"below": 3}, "praise": {"change_above": 1}}, "praise"),
        ({"warning": {"below": 3}, "certain": "90%"}, "certain"),
        ({"aggregate": "sd", "certain": "95%", "warning": {"above": 1}}, "warning.certain"),
        ({"drift": "down", "warning": {"below": 3}}, "drift"),
        ({"drift": "down", "window": "7d"}, "window"),
        ({"drift": "down", "for": 2}, "for"),
        ({"drift": "down", "certain": "95%"}, "certain"),
        ({"window": "this year", "warning": {"below": 3}}, "window"),
        ({"warning": {"below": 3}, "max_groups": 0}, "max_groups"),
    ],
)
def test_what_cannot_work_is_refused_where_it_is_written(changes, field):
    with pytest.raises(SpecError) as refused:
        rule(**changes)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "changes",
    [
        GOLD,
        SPREAD,
        {"window": "this month", "warning": {"below": 3}, "praise": {"above": 4.5, "recover": 4}},
        {"certain": "99%", "warning": {"below": 3}, "critical": {"below": 2, "certain": "point"}},
        {"drift": "both"},
        {"versus": "week before", "warning": {"change_below": "-10%"}, "keep_firing_for": "2h"},
        {"by": ["location"], "max_groups": 40, "warning": {"below": 3}, "cooldown": "1d"},
    ],
)
def test_a_rule_is_read_back_as_it_was_written(changes):
    spec = rule(**changes)
    assert spec_from_json(spec_to_json(spec)) == spec


def test_what_a_rule_does_not_say_is_not_stored():
    stored = spec_to_json(rule(warning={"below": 3}))
    assert not stored.keys() & {"praise", "versus", "spread", "drift", "max_groups"}
