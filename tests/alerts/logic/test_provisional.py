from datetime import timedelta

import pytest

from alerts.logic.evaluate import State
from tests.alerts.logic.stories import (
    DAY,
    FIRING_CRITICAL,
    FIRING_WARNING,
    NOON,
    is_quiet,
    rule,
    see,
)

BELOW = {"warning": {"below": 5}, "critical": None, "min_samples": None}


def test_provisional_breach_opens_at_the_time_it_was_seen():
    seen = NOON - timedelta(minutes=40)
    decision = see(rule(), 31, provisional=True, now=seen)
    assert decision.opens
    assert decision.state.since == seen


def test_provisional_breach_raises_the_severity():
    assert see(rule(), 46, before=FIRING_WARNING, provisional=True).severity_changed


@pytest.mark.parametrize("value", [20, 26, 40])
def test_provisional_evaluation_never_clears_or_lowers(value: float):
    decision = see(rule(), value, before=FIRING_CRITICAL, provisional=True)
    assert decision.reason == "held_by_provisional"
    assert decision.state.level == 1
    assert is_quiet(decision)


def test_passing_edge_clears_what_the_provisional_one_held():
    held = see(rule(), 20, before=FIRING_WARNING, provisional=True)
    assert see(rule(), 20, before=held.state).clears


def test_provisional_evaluation_does_not_end_pending_or_a_mute():
    pending = State("pending", None, NOON - DAY)
    muted = State("ok", None, NOON - DAY, muted=True)
    assert see(rule(for_=2), 20, before=pending, provisional=True).state.state == "pending"
    assert see(rule(), 20, before=muted, provisional=True).state.muted


@pytest.mark.parametrize("aggregate", ["count", "sum"])
def test_count_below_waits_for_the_window_to_end(aggregate: str):
    spec = rule(aggregate=aggregate, **BELOW)
    decision = see(spec, (3, 3), provisional=True)
    assert decision.reason == "not_provisional"
    assert not decision.opens
    assert see(spec, (3, 3)).opens


def test_mean_below_need_not_wait():
    assert see(rule(aggregate="mean", **BELOW), (3, 30), provisional=True).opens


def test_count_above_need_not_wait():
    spec = rule(aggregate="count", min_samples=None)
    assert see(spec, (31, 31), provisional=True).opens


def test_count_outside_waits_only_on_its_lower_side():
    spec = rule(aggregate="count", min_samples=None, warning={"outside": [5, 9]}, critical=None)
    assert see(spec, (4, 4), provisional=True).reason == "not_provisional"
    assert see(spec, (10, 10), provisional=True).opens


def test_falling_count_waits_for_the_window_to_end():
    spec = rule(aggregate="count", min_samples=1, warning={"change_below": "-20%"}, critical=None)
    assert see(spec, (4, 4), (10, 10), provisional=True).reason == "not_provisional"
    assert see(spec, (4, 4), (10, 10)).opens


@pytest.mark.parametrize("policy", ["alert", "ok"])
def test_silence_is_not_judged_provisionally(policy: str):
    decision = see(rule(no_data=policy), None, before=FIRING_WARNING, provisional=True)
    assert not decision.clears
    assert decision.state.level == 2
