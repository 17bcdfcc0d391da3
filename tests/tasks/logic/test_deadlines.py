"""The clocks of a task and the one moment the sweep must look at it."""

from datetime import UTC, datetime, time, timedelta

import pytest

from cx_loop.logic.working_time import WorkingHours
from tasks.logic.deadlines import RECHECK, Clocks, clocks, next_due, tightened
from tasks.logic.policies import DEFAULT_POLICY

NOW = datetime(2024, 3, 4, 9, tzinfo=UTC)  # a Monday
OFFICE = WorkingHours("UTC", dict.fromkeys(range(5), ((time(9), time(18)),)))


def later(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def test_clocks_run_in_the_working_time_of_the_department():
    office = clocks(NOW, DEFAULT_POLICY, OFFICE)
    assert (office.respond_by, office.due_at) == (later(4), datetime(2024, 3, 22, 9, tzinfo=UTC))
    assert clocks(NOW, DEFAULT_POLICY, WorkingHours()).due_at == later(14 * 24)


def test_another_calendar_never_wins_time():
    round_the_clock = clocks(NOW, DEFAULT_POLICY, WorkingHours())
    office = clocks(NOW, DEFAULT_POLICY, OFFICE)
    assert tightened(office, NOW, DEFAULT_POLICY, WorkingHours()) == round_the_clock
    assert tightened(round_the_clock, NOW, DEFAULT_POLICY, OFFICE) == round_the_clock


def test_each_deadline_tightens_by_itself():
    mixed = Clocks(respond_by=later(9), due_at=later(1))
    assert tightened(mixed, NOW, DEFAULT_POLICY, OFFICE) == Clocks(later(4), later(1))


@pytest.mark.parametrize(
    ("state", "deadlines", "expected"),
    [
        ("open", {"escalate_at": later(4), "due_at": later(9)}, later(4)),
        ("accepted", {"escalate_at": later(9), "due_at": later(5)}, later(5)),
        ("in_progress", {"due_at": later(-1)}, NOW + RECHECK),
        ("in_progress", {"escalate_at": later(-1), "due_at": later(-1)}, later(-1)),
        ("on_hold", {"hold_until": later(3), "due_at": later(9)}, later(3)),
        ("on_hold", {"hold_until": later(9), "due_at": later(3)}, later(3)),
        ("verifying", {"next_look_at": later(50), "due_at": later(3)}, later(50)),
        ("verifying", {}, NOW + RECHECK),
        ("closed", {"escalate_at": later(4), "due_at": later(9)}, None),
    ],
)
def test_the_next_moment_of_each_state(state, deadlines, expected):
    assert next_due(state, now=NOW, **deadlines) == expected


@pytest.mark.parametrize(("seconds", "counts"), [(0, False), (1, True)])
def test_a_due_time_reached_is_no_deadline_any_more(seconds, counts):
    due_at = NOW + timedelta(seconds=seconds)
    assert (next_due("accepted", now=NOW, due_at=due_at) == due_at) is counts
