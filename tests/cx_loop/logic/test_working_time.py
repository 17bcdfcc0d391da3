from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cx_loop.logic.working_time import (
    Span,
    WorkingHours,
    add_working,
    parse_hours,
    parse_span,
    working_between,
)

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
OFFICE = {"mon-fri": "09:00-18:00"}
PLAIN = WorkingHours()
CHINA = WorkingHours("Asia/Shanghai", parse_hours(OFFICE), "CN")
GERMANY = WorkingHours("Europe/Berlin", parse_hours(OFFICE), "DE")
SHOP = WorkingHours(
    "Europe/Berlin", parse_hours({"tue-fri": "09:00-12:00,13:00-18:00", "sat": "10:00-12:00"})
)
NIGHT = WorkingHours(
    "Europe/Berlin",
    parse_hours(
        {
            "mon-sun": "22:00-06:00",
        }
    ),
)
GATE = WorkingHours("Europe/Berlin", parse_hours({"mon-sun": "00:00-24:00"}), "DE-BY")
CALENDARS = [PLAIN, CHINA, GERMANY, SHOP, NIGHT, GATE]

calendars = st.sampled_from(CALENDARS)


def between(first, last):
    """Moments between two UTC instants."""
    seconds = st.integers(int(first.timestamp()), int(last.timestamp()))
    return seconds.map(lambda second: datetime.fromtimestamp(second, UTC))


# a year with China's long holidays, and more often the nights of Berlin's clock changes
moments = (
    between(datetime(2025, 1, 20, tzinfo=UTC), datetime(2025, 11, 5, tzinfo=UTC))
    | between(datetime(2025, 10, 25, 20, tzinfo=UTC), datetime(2025, 10, 26, 6, tzinfo=UTC))
    | between(datetime(2025, 3, 29, 20, tzinfo=UTC), datetime(2025, 3, 30, 6, tzinfo=UTC))
)
minutes = st.integers(0, 6000)


def shanghai(*moment):
    return datetime(*moment, tzinfo=SHANGHAI)


def berlin(*moment, fold=0):
    return datetime(*moment, tzinfo=BERLIN, fold=fold)


def add(start, span, hours):
    return add_working(start, parse_span(span), hours)


def test_hours_run_on_in_the_next_shift():
    assert add(berlin(2025, 6, 4, 16), "4h", GERMANY) == berlin(2025, 6, 5, 11)


def test_a_span_that_fills_the_shift_ends_with_it():
    assert add(berlin(2025, 6, 4, 14), "4h", GERMANY) == berlin(2025, 6, 4, 18)


def test_a_working_day_later_is_the_same_local_time():
    assert add(berlin(2025, 6, 4, 16, 20), "1d", GERMANY) == berlin(2025, 6, 5, 16, 20)


def test_friday_night_counts_from_monday_morning():
    assert add(berlin(2025, 6, 13, 21), "1d", GERMANY) == berlin(2025, 6, 17, 9)
    assert add(berlin(2025, 6, 13, 21), "1h", GERMANY) == berlin(2025, 6, 16, 10)


def test_a_holiday_inside_is_skipped():
    # Whit Monday, 9 June 2025
    assert add(berlin(2025, 6, 6, 15), "1d", GERMANY) == berlin(2025, 6, 10, 15)
    assert add(berlin(2025, 6, 6, 17), "2h", GERMANY) == berlin(2025, 6, 10, 10)


def test_a_day_with_shorter_hours_ends_sooner():
    assert add(berlin(2025, 6, 6, 17), "1d", SHOP) == berlin(2025, 6, 7, 12)
    assert add(berlin(2025, 6, 4, 9), "3d", SHOP) == berlin(2025, 6, 7, 10)


def test_a_time_in_the_break_moves_to_its_end():
    office = WorkingHours(
        "UTC", parse_hours({"mon": "09:00-18:00", "tue": "09:00-12:00,13:00-18:00"})
    )
    start = datetime(2025, 6, 2, 12, 30, tzinfo=UTC)
    assert add(start, "1d", office) == datetime(2025, 6, 3, 13, tzinfo=UTC)


def test_a_week_is_as_many_working_days_as_the_department_works():
    assert add(berlin(2025, 6, 16, 10), "1w", GERMANY) == berlin(2025, 6, 23, 10)
    assert add(berlin(2025, 6, 17, 10), "1w", SHOP) == berlin(2025, 6, 24, 10)
    assert add(berlin(2025, 6, 17, 10), "1w", PLAIN) == berlin(2025, 6, 24, 10)


def test_a_make_up_sunday_is_worked_with_mondays_hours():
    # Sunday 28 September 2025 is worked for the National Day holiday of 1 to 8 October
    assert add(shanghai(2025, 9, 26, 17), "2h", CHINA) == shanghai(2025, 9, 28, 10)
    assert add(shanghai(2025, 9, 30, 17), "2h", CHINA) == shanghai(2025, 10, 9, 10)
    assert add(shanghai(2025, 9, 26, 11), "4d", CHINA) == shanghai(2025, 10, 9, 11)


def test_a_make_up_day_keeps_its_own_hours_where_mondays_are_free():
    hours = WorkingHours("Asia/Shanghai", parse_hours({"tue-sun": "10:00-12:00"}), "CN")
    assert add(shanghai(2025, 9, 28, 10), "1h", hours) == shanghai(2025, 9, 28, 11)


def test_a_night_shift_belongs_to_the_evening_it_starts():
    weekdays = WorkingHours("Europe/Berlin", parse_hours({"mon-fri": "22:00-06:00"}))
    assert add(berlin(2025, 6, 14, 5), "2h", weekdays) == berlin(2025, 6, 16, 23)
    assert add(berlin(2025, 6, 13, 2), "1d", weekdays) == berlin(2025, 6, 14, 2)
    assert add(berlin(2025, 6, 14, 2), "1d", weekdays) == berlin(2025, 6, 17, 2)


def test_a_night_shift_is_an_hour_shorter_in_spring_and_longer_in_autumn():
    def worked(day):
        return working_between(berlin(2025, *day, 12), berlin(2025, *day, 12) + timedelta(1), NIGHT)

    assert worked((3, 29)) == timedelta(hours=7)
    assert worked((10, 25)) == timedelta(hours=9)


def test_local_time_is_kept_over_a_clock_change():
    assert add(berlin(2025, 3, 28, 10), "1d", GERMANY) == berlin(2025, 3, 31, 10)
    assert add(berlin(2025, 10, 24, 10), "1d", GERMANY) == berlin(2025, 10, 27, 10)


def test_a_skipped_local_time_is_the_moment_of_the_change():
    assert add(berlin(2025, 3, 29, 2, 30), "1d", GATE) == berlin(2025, 3, 30, 3)


def test_round_the_clock_with_holidays_rests_on_them():
    hours = WorkingHours("Asia/Shanghai", None, "CN")
    assert add(shanghai(2025, 4, 30, 20), "6h", hours) == shanghai(2025, 5, 3, 2)


@given(moments, minutes)
def test_round_the_clock_is_plain_time(start, amount):
    always = WorkingHours("UTC", parse_hours({"mon-sun": "00:00-24:00"}))
    for unit in ("m", "d", "w"):
        span = Span(amount % 100, unit)
        expected = start + span.plain
        assert add_working(start, span, PLAIN) == add_working(start, span, always) == expected
    later = start + timedelta(minutes=amount)
    assert working_between(start, later, always) == later - start


@given(calendars, moments, moments, st.sampled_from(["m", "d"]), st.integers(0, 40))
@example(GATE, berlin(2025, 10, 26, 2, 30), berlin(2025, 10, 26, 2, 10, fold=1), "d", 1)
@example(GATE, berlin(2025, 3, 29, 2, 30), berlin(2025, 3, 29, 3, 10), "d", 1)
def test_a_later_start_never_ends_earlier(hours, a, b, unit, amount):
    first, second = sorted((a.astimezone(UTC), b.astimezone(UTC)))
    span = Span(amount, unit)
    assert add_working(first, span, hours) <= add_working(second, span, hours)


@given(calendars, moments, st.sampled_from(["m", "h", "d"]), st.integers(0, 30))
def test_a_longer_span_never_ends_earlier(hours, start, unit, amount):
    longer = add_working(start, Span(amount + 1, unit), hours)
    assert start <= add_working(start, Span(amount, unit), hours) < longer


@given(calendars, moments, minutes, minutes)
def test_minutes_add_up(hours, start, a, b):
    halfway = add_working(start, Span(a, "m"), hours)
    expected = add_working(start, Span(a + b, "m"), hours)
    assert add_working(halfway, Span(b, "m"), hours) == expected


@given(calendars, moments, minutes)
def test_working_time_between_is_what_was_added(hours, start, amount):
    end = add_working(start, Span(amount, "m"), hours)
    assert working_between(start, end, hours) == timedelta(minutes=amount)
    assert working_between(end, start, hours) == -timedelta(minutes=amount)


@given(calendars, moments, minutes, minutes)
def test_working_time_between_adds_up(hours, a, first, second):
    b = a + timedelta(minutes=first)
    c = b + timedelta(minutes=second)
    parts = working_between(a, b, hours) + working_between(b, c, hours)
    assert working_between(a, c, hours) == parts


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("30m", timedelta(minutes=30)),
        ("4h", timedelta(hours=4)),
        ("14d", timedelta(days=14)),
        ("1w", timedelta(days=7)),
        ("0d", timedelta()),
    ],
)
def test_a_span_is_a_number_and_a_unit(raw, plain):
    assert parse_span(raw).plain == plain


@pytest.mark.parametrize("raw", ["", "d", "4", "4 h", "-1d", "1.5h", "4y", "²d", "99999d", 4, None])
def test_anything_else_is_no_span(raw):
    with pytest.raises(ValueError, match=r"length of time|ten years"):
        parse_span(raw)


def test_week_days_may_be_listed_and_run_over_the_week_end():
    assert sorted(parse_hours({"fri-mon": "09:00-12:00", "wed,thu": "10:00-11:00"})) == [
        0,
        2,
        3,
        4,
        5,
        6,
    ]


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"monday": "09:00-18:00"},
        {"mon-fri": "09:00"},
        {"mon-fri": "9-18"},
        {"mon": "09:00-25:00"},
        {"mon": "09:00-09:00"},
        {"mon": "09:00-12:00,11:00-13:00"},
        {"mon": "22:00-06:00,23:00-23:30"},
        {"mon-fri": "09:00-18:00", "fri": "09:00-16:00"},
    ],
)
def test_hours_that_make_no_sense_are_refused(raw):
    with pytest.raises(ValueError, match=r"."):
        parse_hours(raw)


@pytest.mark.parametrize(
    "given",
    [
        {"timezone": "Mars/Base"},
        {"timezone": ""},
        {"holidays": "XX"},
        {"hours": {}},
        {"hours": {0: ()}},
    ],
)
def test_a_calendar_that_cannot_be_kept_is_refused(given):
    with pytest.raises(ValueError, match=r"\.$"):
        WorkingHours(**given)


def test_a_year_china_has_not_announced_yet_has_ordinary_week_ends():
    # Sunday 30 September 2035
    assert add(shanghai(2035, 9, 30, 10), "1h", CHINA) >= shanghai(2035, 10, 1)
