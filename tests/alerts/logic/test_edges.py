from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.logic.conditions import edge_after, edge_at_or_before, edge_step, edges_between

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WINDOWS = st.sampled_from([timedelta(minutes=5), HOUR, DAY - timedelta(minutes=5), DAY, 7 * DAY])
MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, ZoneInfo("Asia/Shanghai")]))


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-02T{clock}+00:00")


def test_windows_under_a_day_end_every_five_minutes_and_from_a_day_on_every_hour():
    assert edge_step(DAY - timedelta(minutes=5)) == timedelta(minutes=5)
    assert edge_step(DAY) == HOUR


def test_edge_after_an_edge_is_the_next_one():
    assert edge_after(at("12:00:00"), HOUR) == at("12:05:00")
    assert edge_after(at("11:59:59.999999"), HOUR) == at("12:00:00")


def test_edge_at_or_before_an_edge_is_itself():
    assert edge_at_or_before(at("12:00:00"), DAY) == at("12:00:00")
    assert edge_at_or_before(at("11:59:59.999999"), DAY) == at("11:00:00")


def test_edges_are_utc_whatever_the_zone_of_the_moment():
    half_past = datetime(2026, 3, 2, 17, 30, tzinfo=ZoneInfo("Asia/Kolkata"))
    assert edge_after(half_past, DAY) == at("13:00:00")
    assert edge_after(half_past, DAY).tzinfo is UTC


def test_missed_edges_come_oldest_first_without_the_one_already_done():
    missed = list(edges_between(at("10:00:00"), at("12:00:00"), DAY))
    assert missed == [at("11:00:00"), at("12:00:00")]
    assert list(edges_between(at("12:00:00"), at("12:59:59"), DAY)) == []


def test_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        edge_after(datetime(2026, 3, 2, 12), DAY)  # noqa: DTZ001


@given(MOMENTS, WINDOWS)
def test_edge_after_is_the_first_one_strictly_later(moment: datetime, window: timedelta):
    edge = edge_after(moment, window)
    assert edge - edge_step(window) <= moment < edge
    assert edge_at_or_before(moment, window) == edge - edge_step(window)
