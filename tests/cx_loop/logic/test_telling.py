"""Quiet hours of the local clock, and which mails somebody can do without."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cx_loop.logic.telling import (
    AT_ONCE,
    KINDS,
    MOST_URGENT_FIRST,
    gathered_until,
    kind_of,
    quiet_until,
    urgency_of,
    wants_mail,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(hour: int, minute: int = 0, day: int = 10) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (local(21, 59), local(21, 59)),
        (local(22), local(7, day=11)),
        (local(23, 59), local(7, day=11)),
        (local(0), local(7)),
        (local(6, 59), local(7)),
        (local(7), local(7)),
    ],
)
def test_quiet_hours_over_midnight(at: datetime, told: datetime) -> None:
    assert quiet_until(at, time(22), time(7), SHANGHAI) == told


@pytest.mark.parametrize(
    ("at", "told"),
    [(local(11, 59), local(11, 59)), (local(12), local(14)), (local(14), local(14))],
)
def test_quiet_hours_within_a_day(at: datetime, told: datetime) -> None:
    assert quiet_until(at, time(12), time(14), SHANGHAI) == told


def test_the_night_the_clocks_change_ends_by_the_local_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at = datetime(2026, 3, 28, 23, tzinfo=berlin)
    assert quiet_until(at, time(22), time(7), berlin) == datetime(2026, 3, 29, 5, tzinfo=UTC)


def test_a_kind_is_wanted_until_it_is_muted() -> None:
    assert wants_mail("opened", [])
    assert not wants_mail("opened", ["new"])
    assert wants_mail("escalated", ["new"])


def test_what_nobody_put_into_a_kind_is_progress() -> None:
    assert kind_of("closed") == "progress"
    assert "progress" in KINDS


@pytest.mark.parametrize(
    ("many", "age", "gathered"),
    [(2, 599, False), (3, 599, True), (3, 600, False), (4, 599, True)],
)
def test_one_more_than_allowed_of_the_last_minutes_is_gathered(
    many: int, age: int, gathered: bool
) -> None:
    now, within = local(12), timedelta(seconds=600)
    until = gathered_until([now - timedelta(seconds=age)] * many, now, 3, within)
    assert until == (now + within if gathered else None)


def test_nothing_is_gathered_where_as_many_as_come_are_allowed() -> None:
    assert gathered_until([local(12)] * 99, local(12), 0, timedelta(minutes=10)) is None


def test_what_is_critical_waits_for_nothing_and_each_kind_has_its_place() -> None:
    assert urgency_of("praised", critical=True) == AT_ONCE
    assert sorted(MOST_URGENT_FIRST) == sorted(KINDS)
    assert urgency_of("escalated", critical=False) == 1 < urgency_of("opened", critical=False)
