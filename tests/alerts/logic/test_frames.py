"""The day, week and month so far, where clocks change and years turn."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.logic.frames import Calendar, Rolling

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
KATHMANDU, LORD_HOWE = ZoneInfo("Asia/Kathmandu"), ZoneInfo("Australia/Lord_Howe")
HOUR = timedelta(hours=1)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def lengths(frame: Calendar, edge: datetime, count: int) -> list[float]:
    return [(end - start) / HOUR for start, end in frame.spans(edge, count)]


def test_a_day_has_as_many_hours_as_its_clock_shows():
    # clocks go forward on 29 March 2026 and back on 25 October
    day = Calendar("day", BERLIN)
    assert lengths(day, utc(2026, 3, 29, 22), 2) == [23, 24]
    assert lengths(day, utc(2026, 10, 25, 23), 2) == [25, 24]


def test_edges_are_full_hours_from_local_midnight_and_midnight_itself():
    nepal = Calendar("day", KATHMANDU)
    assert nepal.edge_after(utc(2026, 3, 1, 17)) == utc(2026, 3, 1, 17, 15)
    assert nepal.edge_after(utc(2026, 3, 1, 17, 15)) == utc(2026, 3, 1, 18, 15)
    # Lord Howe goes back by half an hour on 5 April 2026: midnight comes after a half hour
    island = Calendar("day", LORD_HOWE)
    edges = list(island.edges_between(utc(2026, 4, 4, 13), utc(2026, 4, 5, 13, 30)))
    assert len(edges) == 25
    assert edges[-1] - edges[-2] == HOUR / 2


def test_a_week_begins_on_monday_and_goes_over_the_years_end():
    week = Calendar("week", SHANGHAI)
    start, end = week.spans(utc(2026, 12, 31, 17), 1)[0]
    assert start == utc(2026, 12, 27, 16)  # Monday, 28 December, 0:00 in Shanghai
    assert end == utc(2026, 12, 31, 17)


def test_a_month_ends_with_the_year_where_the_organisation_is():
    month = Calendar("month", SHANGHAI)
    assert month.is_over(utc(2026, 12, 31, 16))
    assert not month.is_over(utc(2026, 12, 31, 17))
    assert month.spans(utc(2026, 12, 31, 16), 2) == [
        (utc(2026, 11, 30, 16), utc(2026, 12, 31, 16)),
        (utc(2026, 10, 31, 16), utc(2026, 11, 30, 16)),
    ]
    assert month.spans(utc(2026, 12, 31, 17), 1) == [(utc(2026, 12, 31, 16), utc(2026, 12, 31, 17))]


def test_the_week_before_goes_by_the_local_clock():
    day = Calendar("day", BERLIN)
    # 9:00 in summer time on 30 March, 9:00 in winter time on 23 March
    span = (utc(2026, 3, 29, 22), utc(2026, 3, 30, 7))
    assert day.week_before(span) == (utc(2026, 3, 22, 23), utc(2026, 3, 23, 8))


@pytest.mark.parametrize("frame", [Rolling(timedelta(days=2)), Calendar("week", BERLIN)])
def test_touched_edges_are_those_whose_window_may_hold_the_data(frame):
    since = utc(2026, 10, 24, 3, 20)
    after, upto = frame.touched(since, since + HOUR)
    for edge in frame.edges_between(since - 30 * HOUR, since + 240 * HOUR):
        ((start, end),) = frame.spans(edge, 1)
        holds = start <= since + HOUR and since < end
        assert holds == (after < edge <= upto)


def test_a_moment_without_a_zone_has_no_day():
    with pytest.raises(ValueError, match="time zone"):
        Calendar("day", BERLIN).edge_after(datetime(2026, 3, 1))  # noqa: DTZ001 naive on purpose
