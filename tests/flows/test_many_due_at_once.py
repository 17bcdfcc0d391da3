"""Thousands of deadlines at one moment: a few statements for all, and one at fault stops none."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cx_loop.models import Activity, Department, Message, Notice
from tasks.actions.sweep import AT_ONCE, sweep
from tasks.models import Episode, Escalation, Task
from tests.factories import make_task
from tests.flows.loop import HOUR, MONDAY, Loop

DUE = MONDAY + 4 * HOUR


def due_tasks(count: int) -> list[int]:
    """Opened on Monday morning and taken by nobody."""
    department = Department.objects.get(key="ground-ops")
    said = {"department": department, "created_at": MONDAY, "escalate_at": DUE, "next_due_at": DUE}
    return [make_task(**said).number for _ in range(count)]


def statements(count: int) -> int:
    due_tasks(count)
    with CaptureQueriesContext(connection) as asked:
        assert sweep(now=DUE) == count
    return len(asked)


def test_more_due_tasks_are_not_more_statements(loop: Loop) -> None:
    assert statements(2) == statements(20)


def test_each_is_pushed_once_and_says_so_everywhere(loop: Loop) -> None:
    numbers = due_tasks(5)
    sweep(now=DUE)
    assert sweep(now=DUE) == 0
    for told in (Notice, Message):
        assert set(told.objects.values_list("task_number", flat=True)) == set(numbers)
    assert set(Escalation.objects.values_list("task", flat=True)) == set(numbers)
    assert Activity.objects.filter(verb="escalated").count() == 5
    assert set(Episode.objects.values_list("last_fired_at", flat=True)) == {DUE}
    found = set(Task.objects.values_list("escalation_level", "version", "next_due_at"))
    assert found == {(1, 2, MONDAY + 8 * HOUR)}


def test_one_at_fault_is_put_off_and_the_others_go_on(loop: Loop) -> None:
    numbers = due_tasks(5)
    Episode.objects.filter(task=numbers[2]).delete()
    assert sweep(now=DUE) == 4
    assert set(Escalation.objects.values_list("task", flat=True)) == {*numbers} - {numbers[2]}
    poisoned = Task.objects.get(number=numbers[2])
    assert (poisoned.attempts, poisoned.next_due_at) == (1, DUE + timedelta(minutes=1))


def test_one_that_failed_before_does_not_spoil_the_next_sweep(
    loop: Loop, caplog: pytest.LogCaptureFixture
) -> None:
    poisoned = due_tasks(1)[0]
    Episode.objects.filter(task=poisoned).delete()
    sweep(now=DUE)
    due_tasks(3)
    caplog.clear()
    assert sweep(now=DUE + HOUR) == 3
    assert [each.getMessage() for each in caplog.records] == [f"task {poisoned} could not be swept"]


@pytest.mark.django_db(transaction=True)
def test_what_another_has_in_hand_is_passed_over() -> None:
    Loop()
    numbers = due_tasks(3)
    another = connection.copy()
    with another.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT FROM tasks_task WHERE number = %s FOR UPDATE", [numbers[0]])
        assert sweep(now=DUE) == 2
        cursor.execute("ROLLBACK")
    another.close()
    assert sweep(now=DUE) == 1
    assert Escalation.objects.count() == 3


def test_a_sweep_that_took_as_many_as_it_may_says_so(loop: Loop) -> None:
    due_tasks(AT_ONCE + 1)
    assert sweep(now=DUE) == AT_ONCE
    assert sweep(now=DUE) == 1
