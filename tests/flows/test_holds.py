"""A hold stops the clock to resolve, for so long; then the task asks again."""

import pytest

from cx_loop.models import Activity, Notice
from tasks.models import Pause
from tests.flows.loop import DAY, HOUR, MONDAY, OFFICE, Loop, pushes


@pytest.fixture
def begun(loop: Loop) -> Loop:
    loop.breach()
    loop.act("accept", MONDAY + HOUR, start=True)
    return loop


def hold(loop: Loop, at, until):
    return loop.act("hold", at, reason="Parts are ordered.", until=until)


def test_the_due_time_moves_by_the_time_held(begun: Loop) -> None:
    task = hold(begun, MONDAY + 2 * HOUR, MONDAY + 3 * DAY + 2 * HOUR)
    assert task.due_at == MONDAY + 17 * DAY
    assert (task.escalate_at, task.next_due_at) == (task.due_at, task.hold_until)


def test_at_its_end_the_task_asks_again(begun: Loop) -> None:
    until = MONDAY + 3 * DAY
    hold(begun, MONDAY + 2 * HOUR, until)
    begun.run(until)
    assert (begun.task.state, begun.task.hold_until) == ("in_progress", None)
    asked = Notice.objects.get(code="hold_ended")
    assert asked.user.email == "ana@example.com"


def test_taken_up_earlier_the_rest_is_given_back(begun: Loop) -> None:
    hold(begun, MONDAY + 2 * HOUR, MONDAY + 9 * DAY)
    begun.act("start", MONDAY + DAY + 2 * HOUR)
    assert begun.task.due_at == MONDAY + 15 * DAY


def test_held_and_taken_up_at_once_nothing_has_changed(begun: Loop) -> None:
    before = begun.task
    hold(begun, MONDAY + 2 * HOUR, MONDAY + 9 * DAY)
    begun.act("start", MONDAY + 2 * HOUR)
    assert (begun.task.due_at, begun.task.escalate_at) == (before.due_at, before.escalate_at)


def test_two_holds_add_up(begun: Loop) -> None:
    for day in (1, 5):
        hold(begun, MONDAY + day * DAY, MONDAY + (day + 2) * DAY)
        begun.run(MONDAY + (day + 2) * DAY)
    assert begun.task.due_at == MONDAY + 18 * DAY


def test_a_round_stands_still_for_thirty_days_in_all(begun: Loop) -> None:
    hold(begun, MONDAY + DAY, MONDAY + 21 * DAY)
    begun.run(MONDAY + 21 * DAY)
    task = hold(begun, MONDAY + 22 * DAY, MONDAY + 52 * DAY)
    assert task.hold_until == MONDAY + 52 * DAY
    assert task.due_at == MONDAY + 44 * DAY
    begun.run(MONDAY + 44 * DAY)
    assert pushes() == [("resolution", "lead")]


def test_in_working_time_only(db: None) -> None:
    loop = Loop(calendar=OFFICE)
    loop.breach()
    loop.act("accept", MONDAY + HOUR, start=True)
    before = loop.task.due_at
    friday = MONDAY + 4 * DAY
    hold(loop, friday + 8 * HOUR, friday + 3 * DAY + HOUR)
    assert loop.task.due_at == before + 2 * HOUR


def test_what_is_late_already_is_pushed_on_while_held(begun: Loop) -> None:
    due = MONDAY + 14 * DAY
    begun.run(due)
    hold(begun, due + HOUR, due + 9 * DAY)
    begun.run(due + 4 * HOUR)
    assert pushes() == [("resolution", "lead"), ("resolution", "director")]
    assert (begun.task.state, begun.task.due_at, begun.task.was_late) == ("on_hold", due, True)


def test_handed_over_from_a_hold_the_rest_is_given_back(begun: Loop) -> None:
    hold(begun, MONDAY + DAY, MONDAY + 9 * DAY)
    begun.act("hand_over", MONDAY + 2 * DAY, department="it", reason="Theirs.")
    assert begun.task.due_at == MONDAY + 15 * DAY
    assert Pause.objects.get().until == MONDAY + 2 * DAY


def test_the_trail_says_until_when_the_clock_stands(begun: Loop) -> None:
    hold(begun, MONDAY + DAY, MONDAY + 90 * DAY)
    told = Activity.objects.get(verb="held").params
    assert told["stands_until"] == (MONDAY + 31 * DAY).isoformat()
