"""Days that differ: read from lists as people have them, and counted by the clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_loop.logic.special_days import (
    days_of,
    hours_kept,
    laid_over,
    lines_of,
    official,
    read_lines,
)
from cx_loop.logic.working_time import Span, add_working, shifts_on

WEEK = {"mon-fri": "09:00-18:00"}
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    "line",
    [
        "2026-10-01..2026-10-07 off National Day",
        "2026-10-01, 2026-10-07, off, National Day",
        "2026/10/1 – 2026/10/7 closed National Day",
        "2026年10月1日至2026年10月7日 休 National Day",
        "2026-10-01\t2026-10-07\tholiday\tNational Day",
        "2026-10-01 to 2026-10-07 National Day",
    ],
)
def test_a_list_is_read_as_people_write_it(line: str) -> None:
    said = {"from": "2026-10-01", "to": "2026-10-07", "hours": "off", "name": "National Day"}
    assert read_lines(f"# 2026\n\n{line}\n") == [said]


def test_a_name_in_two_languages_is_read_and_written_as_it_was() -> None:
    line = "2026-10-01..2026-10-07 off National Day / 国庆节"
    (found,) = read_lines(line)
    assert found["name"] == {"en": "National Day", "zh-hans": "国庆节"}
    assert lines_of([found]) == line
    assert read_lines("2026-10-01 off 店庆")[0]["name"] == "店庆"


def test_the_list_of_a_country_has_its_names_in_the_languages_that_are_known() -> None:
    names = [each.get("name") for each in official("CN", 2026)]
    assert {"en": "National Day", "zh-hans": "国庆节"} in names
    assert "Independence Day" in str([each.get("name") for each in official("US", 2026)])


def test_made_up_days_and_hours_of_their_own_are_read() -> None:
    found = read_lines("2026-12-24 09:00-12:00,13:00-14:00 Eve\n2026-10-10 班")
    assert [each["hours"] for each in found] == ["made-up", "09:00-12:00,13:00-14:00"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("next week off", "Line 1: Begin with a date"),
        ("2026-10-01\n2026-02-30 off", "Line 2: '2026-02-30' is not in the calendar."),
        ("2026-10-07..2026-10-01", "ends before it begins"),
        ("2026-10-01..2027-10-02", "longer than a year"),
        ("2026-10-01\n2026-09-30..2026-10-02 off", "2026-10-01 stands twice"),
        ("2026-12-24 09:00-25:00", "is not a shift"),
        ("1926-10-01", "not a date of this century"),
    ],
)
def test_what_cannot_be_read_names_its_line(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why.replace("(", r"\(")):
        read_lines(text)


def test_special_days_count_before_the_week_and_the_public_holidays() -> None:
    text = "2026-10-01 09:00-12:00\n2026-10-10 made-up\n2026-10-12 off"
    hours = hours_kept("Asia/Shanghai", WEEK, "CN", read_lines(text))
    lengths = [len(shifts_on(date(2026, 10, day), hours)) for day in (1, 2, 10, 11, 12, 13)]
    assert lengths == [1, 0, 1, 0, 0, 1]
    friday_evening = datetime(2026, 10, 9, 9, 0, tzinfo=UTC)  # an hour before it closes
    assert add_working(friday_evening, Span(2, "h"), hours) == datetime(2026, 10, 10, 2, tzinfo=UTC)


def test_a_made_up_day_round_the_clock_is_a_whole_day() -> None:
    hours = hours_kept("UTC", None, "", read_lines("2026-10-10 made-up\n2026-10-11 off"))
    start = datetime(2026, 10, 10, 12, tzinfo=UTC)
    assert add_working(start, Span(13, "h"), hours) == start + timedelta(days=1, hours=13)


@given(st.lists(DAYS, unique=True, max_size=12), st.lists(DAYS, unique=True, max_size=12))
def test_a_list_laid_over_another_changes_only_its_own_days(
    old: list[date], new: list[date]
) -> None:
    before = read_lines("\n".join(f"{day} made-up" for day in old))
    after = days_of(laid_over(before, read_lines("\n".join(f"{day} off" for day in new))))
    assert after == {**dict.fromkeys(old), **dict.fromkeys(new, ())}


def test_what_is_known_of_a_country_reads_back_as_it_is() -> None:
    entries = official("CN", 2026)
    words = {"off": "休", "made-up": "班"}
    assert read_lines(lines_of(entries, words)) == entries
    assert {"from": "2026-10-10", "hours": "made-up"} in entries
