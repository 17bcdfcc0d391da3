"""Questions and decisions nobody was asked for in time are found by the audit, and asked."""

from datetime import timedelta
from typing import Any

import pytest

from tasks.actions.audit import audit
from tasks.actions.follow_ups import LATER
from tasks.models import Escalation, FollowUp, Task, Verification
from tests.factories import (
    NOW,
    make_department,
    make_follow_up,
    make_step,
    make_task,
    make_user,
)

pytestmark = pytest.mark.django_db
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


def question(**fields: Any) -> FollowUp:
    return make_follow_up(make_step(make_task()), **fields)


def found(name: str) -> tuple[int, int]:
    finding = audit(now=NOW)[name]
    return finding.broken, finding.healed


@pytest.mark.parametrize(("age", "many"), [(60, 1), (59, 0)])
def test_a_question_whose_day_passed_is_put(age: int, many: int) -> None:
    asked = question(asks_at=NOW - age * SECOND)
    assert found("question-not-asked") == (many, many)
    asked.refresh_from_db()
    assert asked.asked == many
    assert found("question-not-asked") == (0, 0)


def test_a_question_nobody_answered_goes_up() -> None:
    asked = question(asks_at=NOW - MINUTE, asked=1, next_due_at=NOW - MINUTE)
    assert found("question-not-asked") == (1, 1)
    asked.refresh_from_db()
    assert asked.asked == 2
    assert asked.next_due_at > NOW


@pytest.mark.parametrize(("more", "many"), [(SECOND, 1), (timedelta(0), 0)])
def test_a_question_asleep_past_its_day_is_put_but_one_that_failed_has_its_hour(
    more: timedelta, many: int
) -> None:
    question(asks_at=NOW - MINUTE, next_due_at=NOW + LATER + more)
    assert found("question-not-asked") == (many, many)


def test_a_question_that_is_answered_is_none() -> None:
    said = {"answer": "stuck", "answered_at": NOW, "answered_by": make_user()}
    question(asks_at=NOW - MINUTE, next_due_at=None, **said)
    assert found("question-not-asked") == (0, 0)


def undecided(age: timedelta, **fields: Any) -> Task:
    ground = make_department("ground-ops")
    make_user("lin@example.com", department=ground, role="lead")
    task = make_task(department=ground, state="verifying", next_due_at=NOW - age, **fields)
    Verification.objects.create(
        task=task, episode=1, plan={}, series=[], state="person", next_look_at=NOW - age
    )
    return task


@pytest.mark.parametrize(("age", "many"), [(60, 1), (59, 0)])
def test_a_decision_nobody_made_in_time_is_asked_for_above(age: int, many: int) -> None:
    task = undecided(age * SECOND)
    assert found("decision-not-escalated") == (many, many)
    assert Escalation.objects.filter(task=task).count() == many
    assert found("decision-not-escalated") == (0, 0)


def test_a_decision_of_a_task_asleep_is_woken_and_asked_for() -> None:
    task = undecided(MINUTE)
    Task.objects.update(next_due_at=NOW + DAY)
    assert found("decision-not-escalated") == (1, 1)
    assert Escalation.objects.filter(task=task).exists()


def test_a_task_whose_sweep_failed_waits_for_its_next_try() -> None:
    undecided(MINUTE, attempts=1)
    assert found("decision-not-escalated") == (0, 0)
