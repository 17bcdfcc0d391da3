"""What is one alert and what is two: keeping on firing, coming back, and good news."""

from datetime import timedelta

from alerts.logic.evaluate import State
from tests.alerts.logic.stories import NOON, live, rule, see

DAY = timedelta(days=1)


def told(decisions):
    """The events of a history, a letter a day: o opens, r reopens, c clears, + praises."""
    return [
        "+" * d.praises + ("r" if d.reopens else "o" if d.opens else "c" if d.clears else "")
        for d in decisions
    ]


def test_a_breach_within_the_cooldown_is_the_same_alert_again():
    assert told(live(rule(cooldown="2d"), [31, 20, 28, 31])) == ["o", "c", "", "r"]
    assert told(live(rule(cooldown="1d"), [31, 20, 28, 31])) == ["o", "c", "", "o"]
    assert told(live(rule(), [31, 20, 31])) == ["o", "c", "o"]


def test_an_alert_goes_on_until_it_was_healthy_for_long_enough():
    spec = rule(keep_firing_for="2d")
    assert told(live(spec, [31, 20, 20, 20])) == ["o", "", "", "c"]
    assert told(live(spec, [31, 20, 28, 20, 20, 20])) == ["o", "", "", "", "", "c"]
    assert [d.reason for d in live(spec, [31, 20])] == ["breached", "kept_firing"]


def test_keeping_on_does_not_keep_the_severity():
    levels = [d.state.level for d in live(rule(keep_firing_for="2d"), [50, 20, 20, 20])]
    assert levels == [1, 2, 2, None]


def test_an_empty_window_neither_ends_nor_shortens_what_is_kept_on():
    spec = rule(keep_firing_for="2d")
    assert told(live(spec, [31, 20, None, None, 20])) == ["o", "", "", "", "c"]


def test_what_people_closed_is_not_reopened():
    muted = State("firing", 2, NOON, muted=True)
    decisions = live(rule(cooldown="9d"), [20, 31], before=muted)
    assert told(decisions) == ["c", "o"]


def test_good_news_is_told_once_an_episode():
    spec = rule(praise={"below": 10, "recover": 12})
    assert told(live(spec, [9, 8, 11, 9, 20, 9])) == ["+", "", "", "", "", "+"]
    assert told(live(spec, [9, None, 9])) == ["+", "", ""]


def test_good_news_waits_for_the_edge_to_pass():
    early = see(rule(praise={"below": 10}), 9, provisional=True)
    assert not early.praises
    assert not early.state.praised
    assert see(rule(praise={"below": 10}), 9, before=early.state).praises


def test_a_rule_of_good_news_alone_never_alerts():
    spec = rule(warning=None, critical=None, praise={"below": 10})
    assert told(live(spec, [9, 50, 9])) == ["+", "", "+"]
