"""Pauses move deadlines later by the working time they take, and by nothing else."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_loop.logic.working_time import Span, WorkingHours, add_working, working_between
from tasks.logic.deadlines import Clocks, next_due, paused
from tasks.logic.escalation import Clock, Progress, next_step
from tasks.logic.pauses import LONGEST_HOLD, Pause, hold_ends, merged, shifted, worked
from tasks.logic.policies import DEFAULT_POLICY

MONDAY = datetime(2024, 3, 4, 9, tzinfo=UTC)
OFFICE = WorkingHours("UTC", dict.fromkeys(range(5), ((time(9), time(18)),)))
NIGHTS = WorkingHours("Europe/Berlin", {2: ((time(22), time(6)),), 4: ((time(8), time(12)),)})
CALENDARS = st.sampled_from([WorkingHours(), OFFICE, NIGHTS])
MINUTES = st.integers(0, 60 * 24 * 40)
SPANS = st.builds(Span, st.integers(1, 30), st.sampled_from("hd"))


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def pause(begins: float, ends: float) -> Pause:
    return Pause(at(begins), at(ends))


@st.composite
def moments(draw, count):
    found = sorted(draw(st.lists(MINUTES, min_size=count, max_size=count)))
    return [MONDAY + timedelta(minutes=minutes) for minutes in found]


@given(SPANS, moments(1), CALENDARS)
def test_pausing_and_resuming_at_once_changes_nothing(span, when, hours):
    due = add_working(MONDAY, span, hours)
    assert shifted(due, MONDAY, [Pause(when[0], when[0])], hours) == due


@given(SPANS, moments(3), CALENDARS)
def test_two_pauses_one_after_the_other_are_one(span, when, hours):
    due = add_working(MONDAY, span, hours)
    two = shifted(
        shifted(due, MONDAY, [Pause(*when[:2])], hours), MONDAY, [Pause(*when[1:])], hours
    )
    assert shifted(due, MONDAY, [Pause(when[0], when[2])], hours) == two


@given(SPANS, moments(4), CALENDARS)
def test_two_pauses_add_up(span, when, hours):
    due = add_working(MONDAY, span, hours)
    first, second = Pause(*when[:2]), Pause(*when[2:])
    one_by_one = shifted(shifted(due, MONDAY, [first], hours), MONDAY, [second], hours)
    assert shifted(due, MONDAY, [second, first], hours) == one_by_one


@given(SPANS, moments(2), CALENDARS)
def test_never_earlier_than_without_the_pause_and_never_within_it(span, when, hours):
    due = add_working(MONDAY, span, hours)
    moved = shifted(due, MONDAY, [Pause(*when)], hours)
    assert moved >= due
    assert not when[0] <= moved < when[1]


@given(SPANS, moments(2), CALENDARS)
def test_as_much_working_time_is_left_after_a_pause_as_before_it(span, when, hours):
    due = add_working(MONDAY, span, hours)
    since, until = when
    moved = shifted(due, MONDAY, [Pause(since, until)], hours)
    if due >= since:
        assert working_between(until, moved, hours) == working_between(since, due, hours)


@given(SPANS, moments(3), CALENDARS)
def test_a_pause_that_ends_earlier_gives_the_rest_back(span, when, hours):
    due = add_working(MONDAY, span, hours)
    since, early, late = when
    planned = shifted(due, MONDAY, [Pause(since, late)], hours)
    assert shifted(due, MONDAY, [Pause(since, early)], hours) <= planned


@pytest.mark.parametrize(
    ("begins", "ends", "moved"),
    [
        (1, 3, at(6)),  # within the day
        (-5, 2, at(6)),  # begun before the clock
        (4, 5, at(5)),  # at the very instant
        (4.01, 6, at(4)),  # once it has passed
        (1, 72, at(75)),  # three days, 27 hours of work
        (9, 24, at(4)),
    ],
)
def test_a_deadline_four_hours_away(begins, ends, moved):
    due = add_working(MONDAY, Span(4, "h"), OFFICE)
    assert shifted(due, MONDAY, [pause(begins, ends)], OFFICE) == moved


def test_a_silenced_night_costs_nothing_and_a_deadline_in_it_waits_for_its_end():
    night = pause(9, 24)
    assert shifted(at(30), MONDAY, [night], OFFICE) == at(30)
    assert shifted(at(12), MONDAY, [night], OFFICE) == at(24)


def test_pauses_that_overlap_count_once():
    assert merged([pause(4, 8), pause(1, 5), pause(9, 9)]) == [pause(1, 8)]
    both = shifted(at(20), MONDAY, [pause(1, 5), pause(4, 8)], WorkingHours())
    assert both == at(27)


def test_a_silence_stops_both_clocks_and_a_hold_the_second_only():
    counted = Clocks(at(4), at(20))
    stopped = paused(counted, MONDAY, WorkingHours(), silences=[pause(1, 2)], holds=[pause(1.5, 4)])
    assert stopped == Clocks(at(5), at(23))


def test_no_step_falls_into_a_silence():
    clock = Clock(MONDAY, at(400), accepted=False, silences=[pause(2, 10)])

    def fires_at(progress):
        return next_step(DEFAULT_POLICY, progress, clock, WorkingHours(), MONDAY).fire_at

    assert fires_at(Progress()) == at(12)
    assert fires_at(Progress(1, {"response": 1}, at(12))) == at(16)
    assert fires_at(Progress(2, {"response": 2}, at(1))) == at(33)


def test_past_its_due_time_the_ladder_waits_as_well():
    silences = [pause(-9, -1), pause(1, 3)]
    clock = Clock(at(-300), MONDAY, accepted=True, silences=silences)
    fired = Progress(1, {"resolution": 1}, MONDAY)
    assert next_step(DEFAULT_POLICY, fired, clock, WorkingHours(), MONDAY).fire_at == at(6)


def test_a_silenced_task_wakes_when_its_silence_ends():
    for state in ("open", "in_progress", "on_hold", "verifying"):
        said = {"silenced_until": at(3), "due_at": at(9), "next_look_at": at(8)}
        assert next_due(state, now=MONDAY, **said) == at(3)
    assert next_due("closed", now=MONDAY, silenced_until=at(3)) is None


def test_a_round_is_held_thirty_days_in_all():
    month = MONDAY + LONGEST_HOLD
    assert hold_ends(MONDAY, at(9), []) == at(9)
    assert hold_ends(MONDAY, month + timedelta(1), []) == month
    held = [Pause(MONDAY - timedelta(12), MONDAY - timedelta(2))]
    assert hold_ends(MONDAY, month, held) == MONDAY + timedelta(20)
    assert hold_ends(MONDAY, month, [Pause(MONDAY - LONGEST_HOLD, MONDAY)]) == MONDAY


@given(SPANS, moments(6), CALENDARS)
def test_a_length_is_within_the_limit_when_its_deadline_was_met(span, when, hours):
    due = add_working(MONDAY, span, hours)
    pauses = [Pause(*when[0:2]), Pause(*when[2:4])]
    limit = working_between(MONDAY, due, hours)
    for end in when:
        length = worked(MONDAY, end, pauses, hours, due=due)
        if end <= shifted(due, MONDAY, pauses, hours):
            assert length <= limit
        if length < limit:
            assert end <= shifted(due, MONDAY, pauses, hours)


def test_what_is_paused_twice_is_taken_out_once_and_only_inside():
    pauses = [pause(-5, 1), pause(2, 4), pause(3, 5), pause(7, 20)]
    assert worked(at(0), at(8), pauses, WorkingHours()) == timedelta(hours=3)


def test_a_pause_after_the_time_had_run_out_is_not_taken_out():
    assert worked(at(0), at(8), [pause(3, 5)], WorkingHours(), due=at(2)) == timedelta(hours=8)
