from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from cx_loop.ui import words

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2025, 11, 21, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai, a Friday


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "1 min"),
        (59, "59 min"),
        (60, "1 h"),
        (61, "1 h 1 min"),
        (24 * 60, "1 day"),
        (24 * 60 + 59, "1 day"),
        (25 * 60, "1 d 1 h"),
        (10 * 24 * 60 + 60, "10 days"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(minutes: int, said: str) -> None:
    assert words.say_duration(timedelta(minutes=minutes)) == said


@pytest.mark.parametrize(
    ("hours", "day", "said"),
    [
        (216, 24, "9 days"),
        (0, 8, "1 min"),
        (15.5, 8, "15 h 30 min"),
        (16, 8, "2 working days"),
        (36.4, 8, "4.5 working days"),
        (1_200, 12, "100 working days"),
    ],
)
def test_working_time_is_said_in_days_as_long_as_they_are_there(
    hours: float, day: float, said: str
) -> None:
    assert words.say_working_time(timedelta(hours=hours), timedelta(hours=day)) == said


def test_working_days_are_said_in_chinese() -> None:
    with translation.override("zh-hans"):
        assert words.say_working_time(timedelta(hours=36), timedelta(hours=8)) == "4.5 个工作日"
        assert words.say_working_time(timedelta(hours=216)) == "9 天"


def test_a_deadline_is_late_only_after_its_instant() -> None:
    assert words.say_deadline(NOON, NOON) == "due in 1 min"
    assert words.say_deadline(NOON - timedelta(hours=2), NOON) == "late by 2 h"


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0, "today 12:00"),
        (11.99, "today 23:59"),
        (12, "tomorrow 00:00"),
        (-13, "yesterday 23:00"),
        (72, "Mon 24 Nov 12:00"),
        (24 * 365, "Sat 21 Nov 2026 12:00"),
    ],
)
def test_a_moment_is_said_in_the_zone_of_the_organisation(hours: float, said: str) -> None:
    assert words.say_moment(NOON + timedelta(hours=hours), SHANGHAI, NOON) == said


def test_a_chinese_date_is_one() -> None:
    with translation.override("zh-hans"):
        assert words.say_day(date(2025, 11, 22)) == "11月22日 周六"
        assert words.say_duration(timedelta(hours=3)) == "3 小时"


@pytest.mark.parametrize(
    ("value", "said"),
    [(42.0, "42"), (4.26, "4.3"), (0.084, "0.08"), (4310.4, "4,310"), (-3.5, "-3.5"), (0, "0")],
)
def test_a_number_has_the_decimals_that_mean_something(value: float, said: str) -> None:
    assert words.say_number(value) == said


def test_counting_stops_just_past_the_cap() -> None:
    assert words.say_count(1000, 1000) == "1,000"
    assert words.say_count(1001, 1000) == "1,000+"
