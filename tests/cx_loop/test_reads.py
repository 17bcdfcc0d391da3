"""Windows over rollups are what plain Python says of the same values."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cx_loop.ingest.accept import accept_items
from cx_loop.logic.totals import Totals
from cx_loop.reads import (
    daily_totals,
    series_points,
    totals_of_windows,
    window_totals,
)
from tests import factories

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def filled(*minutes: int, value: int = 4) -> int:
    """A csat series with the value at each of these minutes after noon."""
    return filled_at(*(NOON + timedelta(minutes=minute) for minute in minutes), value=value)


def filled_at(*moments: datetime, value: int = 4) -> int:
    touchpoint, metric = factories.make_touchpoint(), factories.make_metric()
    items = [
        {
            "occurred_at": moment,
            "touchpoint": touchpoint.key,
            "metric": metric.key,
            "value": value,
        }
        for moment in moments
    ]
    now = NOON + timedelta(days=1)
    (series_id,) = accept_items(items, source=factories.make_source(), now=now).series_ids
    return series_id


def test_a_window_is_half_open() -> None:
    series = filled(0, 60)
    assert window_totals([series], NOON, NOON + timedelta(hours=1)).n == 1
    assert window_totals([series], NOON, NOON + timedelta(hours=2)).n == 2
    five = timedelta(minutes=5)
    assert window_totals([series], NOON - five, NOON).n == 0
    assert window_totals([series], NOON, NOON + five).n == 1


def test_a_window_between_the_five_minutes_is_refused() -> None:
    with pytest.raises(ValueError, match="five minutes"):
        window_totals([1], NOON, NOON + timedelta(minutes=3))


def test_many_windows_are_one_query(django_assert_num_queries: object) -> None:
    one, other = filled(0, 0), filled(0)
    hour = timedelta(hours=1)
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = totals_of_windows(
            [
                ("one", [one], NOON, NOON + hour),
                ("both", [one, other], NOON, NOON + hour),
                ("before", [one], NOON - hour, NOON),
                ("nothing", [], NOON, NOON + hour),
            ]
        )
    assert {key: totals.n for key, totals in found.items()} == {
        "one": 2,
        "both": 3,
        "before": 0,
        "nothing": 0,
    }
    assert found["both"] == Totals(3, 12, 48, 0, {3: 3})


def test_no_windows_ask_nothing() -> None:
    assert totals_of_windows([]) == {}


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Kolkata", "America/New_York"])
def test_days_are_local_days(zone: str) -> None:
    local = ZoneInfo(zone)
    midnight = datetime(2026, 3, 8, tzinfo=local).astimezone(UTC)
    series = filled_at(*(midnight + timedelta(hours=hours) for hours in (0, 22, 23, 24)))
    days = daily_totals([series], local, date(2026, 3, 7), date(2026, 3, 9))
    # New York loses an hour on that day, so its hour 23 belongs to the next
    expected = [0, 2, 2] if zone == "America/New_York" else [0, 3, 1]
    assert [totals.n for totals in days.values()] == expected


def test_points_come_in_order_and_leave_gaps_out() -> None:
    series = filled(125, 0, 10)
    points = series_points([series], NOON, NOON + timedelta(hours=3))
    assert {at.hour: totals.n for at, totals in points.items()} == {12: 2, 14: 1}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    minutes=st.lists(st.integers(0, 300), min_size=1, max_size=12),
    start=st.integers(0, 60),
    length=st.integers(1, 60),
)
def test_any_window_is_what_counting_says(minutes: list[int], start: int, length: int) -> None:
    series = filled(*minutes)
    since, until = (NOON + timedelta(minutes=5 * edge) for edge in (start, start + length))
    inside = [m for m in minutes if start * 5 <= m < (start + length) * 5]
    assert window_totals([series], since, until).n == len(inside)
