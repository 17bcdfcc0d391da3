"""When it is tried again: the schedule, its spread, and what a receiver asks for."""

from datetime import UTC, datetime, timedelta

import pytest

from cx_loop.logic.retries import LONGEST_ASKED, WAITS, asked_wait, wait_after

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_webhooks_follow_the_schedule_of_the_standard() -> None:
    hours = [wait.total_seconds() / 3600 for wait in WAITS["webhook"]]
    assert hours == [5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24]


def test_mails_double_from_half_a_minute() -> None:
    assert [wait.total_seconds() for wait in WAITS["email"]] == [
        *(30, 60, 120, 240, 480, 960, 1920)
    ]


@pytest.mark.parametrize("channel", WAITS)
def test_after_the_last_wait_there_is_none(channel: str) -> None:
    assert wait_after(channel, len(WAITS[channel]), "a") is not None
    assert wait_after(channel, len(WAITS[channel]) + 1, "a") is None


def test_a_wait_is_spread_by_up_to_a_fifth_and_always_the_same() -> None:
    waits = {wait_after("webhook", 2, str(serial)) for serial in range(50)}
    plain = WAITS["webhook"][1]
    assert len(waits) > 40
    assert all(wait is not None and plain <= wait <= plain * 1.2 for wait in waits)
    assert wait_after("webhook", 2, "a") == wait_after("webhook", 2, "a")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7),
        (" 120 ", 120),
        ("Tue, 10 Mar 2026 12:00:30 GMT", 30),
        ("Tue, 10 Mar 2026 11:00:00 GMT", 0),
        ("99999999999999999999", LONGEST_ASKED.total_seconds()),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_ASKED.total_seconds()),
    ],
)
def test_a_receiver_may_ask_for_a_wait_in_seconds_or_by_a_date(said: str, seconds: float) -> None:
    assert asked_wait(said, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("said", ["", "soon", "-3", "٣", "1.5", "Tue, 99 Mar 2026 12:00:00 GMT"])
def test_what_is_no_wait_is_not_believed(said: str) -> None:
    assert asked_wait(said, NOW) is None
