"""Data of a decided verdict: held against what they amount to now."""

from datetime import timedelta

import pytest

from tasks.logic.corrections import correction, days_corrected, is_same, next_recheck, sums_of
from tasks.logic.effect import Verdict
from tasks.logic.measures import Day, Measure
from tasks.logic.plan import baseline_days
from tests.tasks.logic.world import ALERT, TOP_BOX, on, plan_of, share_days

PLAN = plan_of(15)


def kept(hits=20, day=None, now=30):
    rows = share_days(-10, 40, hits)
    plain = [[each.date.isoformat(), each.n, each.total, each.squares] for each in rows]
    for row in plain:
        if row[0] == (day and on(day).isoformat()):
            row[2] = row[3] = now
    return {"days": plain, "controls": None}


@pytest.mark.parametrize(
    ("age", "days"), [(0, 1), (13, 1), (14, 7), (15, 6), (20, 1), (21, 7), (363, 1), (364, None)]
)
def test_looked_at_daily_then_weekly_for_a_year(age, days):
    found = next_recheck(ALERT, ALERT + timedelta(days=age))
    assert found == (None if days is None else ALERT + timedelta(days=age + days))


def test_sums_are_of_the_period_alone():
    period = baseline_days(PLAN)
    assert sums_of(kept()["days"], period) == Day(period.start, 14 * 40, 14 * 20, 14 * 20)


def test_an_answer_more_is_another_sum_and_of_a_count_a_day_more_is_not():
    then, now = Day(ALERT, 40, 20, 20), Day(ALERT, 41, 20, 20)
    assert not is_same(then, now, TOP_BOX)
    assert is_same(then, now, Measure("count"))


@pytest.mark.parametrize(("day", "days"), [(5, 1), (20, 1), (0, 0), (16, 0), (39, 0)])
def test_only_days_that_were_compared_count(day, days):
    """Not the alert, nor the days that settle, nor those after the look."""
    assert days_corrected(kept(), kept(day=day), PLAN, 0) == days


def test_a_note_says_what_would_be_said_now():
    then = {"verdict": "effective", "recovered": True, "after": {"n": 280}}
    again = Verdict("inconclusive", "decided", "recovered_unproven", recovered=True)
    found = correction(again, then, days=3, guarded=False)
    assert (found["same"], found["verdict"], found["days"]) == (False, "inconclusive", 3)
    assert correction(Verdict("effective", "decided", recovered=True), then, days=3, guarded=False)[
        "same"
    ]


def test_what_a_guardrail_held_back_is_still_held_back():
    then = {"verdict": None, "recovered": True}
    again = Verdict("effective", "decided", recovered=True)
    assert correction(again, then, days=1, guarded=True)["same"]
