"""Shares, what the days after an alert say, and the one change that is proposed."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from alerts.logic.conditions import Level, parse_spec
from alerts.logic.quality import (
    CONFIRMED,
    REFUTED,
    UNKNOWN,
    After,
    Quality,
    Share,
    after_alert,
    propose,
)
from cx_loop.logic.intervals import wilson

TOO_LOW = Level("below", 77.0)
NONE = Share(0, 0)
QUIET = Quality(
    alerts=0,
    false_alarms=NONE,
    confirmed=NONE,
    unacknowledged=NONE,
    short_lived=NONE,
    thin=Share(0, 1000),
)


def spec(**said):
    return parse_spec(
        {"metric": "csat", "aggregate": "top_box", "window": "7d", "warning": {"below": 77}, **said}
    )


def days_after(satisfied: int, n: int, days: int = 14) -> After:
    low, high = wilson(satisfied, n)
    return After(100 * satisfied / n, 100 * low, 100 * high, n, days)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (days_after(760, 1000), CONFIRMED),
        (days_after(818, 1000), REFUTED),
        (days_after(19, 25), UNKNOWN),  # too few answers
        (days_after(760, 1000, days=6), UNKNOWN),  # too few days
        (days_after(30, 40), UNKNOWN),  # could not have shown five points, whatever it showed
        (None, UNKNOWN),
    ],
)
def test_the_days_after_say_whether_there_was_a_problem(after, said):
    assert after_alert(TOO_LOW, after, 82.0, rose=False) == said


def test_an_old_problem_is_held_against_the_line_of_recovery():
    level = Level("below", 77.0, recover=79.0)
    assert after_alert(level, days_after(700, 1000), 70.0, rose=False) == CONFIRMED


def test_a_value_too_high_is_the_same_the_other_way_round():
    level = Level("above", 30.0, recover=25.0)
    assert after_alert(level, After(29, 28, 30, 500, 14), 20.0, rose=True) == CONFIRMED
    assert after_alert(level, After(20.5, 19, 22, 500, 14), 20.0, rose=True) == REFUTED


def test_noise_is_not_confirmed_though_the_window_that_fired_would_confirm_it():
    """Weeks of 280 answers, 82 % satisfied, nothing wrong: alerts are the lowest of them."""
    random, fired, later = Random(20), [], []
    for _ in range(1500):
        week = sum(random.random() < 0.82 for _ in range(280))
        if 100 * week / 280 < 78:
            fired.append(days_after(week, 280))
            later.append(days_after(sum(random.random() < 0.82 for _ in range(560)), 560))
    assert len(fired) > 30
    line = Level("below", 78.0)
    verdicts = [after_alert(line, after, 82.0, rose=False) for after in later]
    assert verdicts.count(CONFIRMED) <= 0.1 * len(verdicts)
    biased = [100 * after.value < 8200 and after.high < 82.9 for after in fired]
    assert sum(biased) > 0.6 * len(biased)


def test_a_share_has_an_interval_and_none_of_none_has_no_value():
    assert Share(5, 10).interval == pytest.approx((23.7, 76.3), abs=0.1)
    assert (NONE.percent, NONE.interval, NONE.surely_above(0)) == (None, None, False)


def test_the_median_needs_six_for_an_interval():
    hours = tuple(timedelta(hours=hour) for hour in range(1, 7))
    five, six = (
        replace(QUIET, acknowledged_after=hours[:5]),
        replace(QUIET, acknowledged_after=hours),
    )
    assert (five.median_to_acknowledge, five.median_interval) == (timedelta(hours=3), None)
    assert six.median_interval == (timedelta(hours=1), timedelta(hours=6))


WOLF = replace(QUIET, alerts=20, false_alarms=Share(12, 20), smallest_n=40)


@pytest.mark.parametrize(
    ("said", "quality", "change"),
    [
        ({"min_samples": 30}, QUIET, None),
        ({"min_samples": 5}, replace(WOLF, smallest_n=6), "raise_min_samples"),
        ({"min_samples": 30, "for": 2}, WOLF, "add_certain"),
        ({"min_samples": 30, "certain": "95%"}, WOLF, "lengthen_for"),
        ({"min_samples": 30, "certain": "95%", "for": 2}, WOLF, "raise_line"),
        ({}, replace(WOLF, confirmed=Share(15, 16)), "settle_meaning"),
        ({}, replace(QUIET, alerts=20, unacknowledged=Share(18, 20)), "change_route"),
        ({}, replace(QUIET, alerts=90, unacknowledged=Share(80, 90)), "raise_line"),
        ({}, replace(QUIET, alerts=20, short_lived=Share(18, 20)), "add_recover"),
        ({}, replace(QUIET, thin=Share(990, 1000)), "lengthen_window"),
        ({}, replace(QUIET, missed=3), "lower_line"),
        ({}, replace(QUIET, alerts=4, false_alarms=Share(4, 4)), None),
    ],
)
def test_one_change_is_proposed(said, quality, change):
    found = propose(spec(**said), quality, weeks=8, watches=True)
    assert (found and found.change) == change


def test_a_rule_that_sleeps_or_watches_nothing_is_to_be_retired():
    asleep = propose(spec(), QUIET, weeks=13, watches=True)
    blind = propose(spec(), QUIET, weeks=1, watches=False)
    assert (asleep.change, asleep.reason) == ("retire", "sleeps")
    assert (blind.change, blind.reason) == ("retire", "watches_nothing")
