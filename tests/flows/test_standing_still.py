"""An accepted task nobody moves climbs again, and what nobody attends to is marked."""

from datetime import datetime
from typing import Any

import pytest

from cx_loop import clock
from cx_loop.models import Membership, Notice, User
from tasks.actions.work import comment
from tasks.models import Escalation, Task
from tests.factories import make_admin, make_task, make_user
from tests.flows.loop import DAY, FIX, HOUR, MONDAY, Loop, person, pushes

STEPS = [{"after": "4h", "to": "lead"}, {"after": "8h", "to": "director"}]
POLICY: dict[str, Any] = {"key": "default", "progress_within": "2d", "steps": STEPS}


@pytest.fixture
def loop(db: None) -> Loop:
    return Loop(escalation=[POLICY])


def run_until(loop: Loop, until: datetime) -> None:
    """The engine at each deadline of the one task."""
    while (due := loop.task.next_due_at) is not None and due <= until:
        loop.run(due)


def taken(loop: Loop) -> datetime:
    loop.breach()
    loop.act("accept", MONDAY + HOUR, start=True)
    return MONDAY + HOUR


def test_a_task_that_stands_still_asks_the_lead_then_the_director(loop: Loop) -> None:
    at = taken(loop)
    run_until(loop, at + 3 * DAY)
    assert pushes() == [("progress", "lead"), ("progress", "director")]
    first, second = Escalation.objects.order_by("seq").values_list("fired_at", flat=True)
    assert (first, second) == (at + 2 * DAY, at + 2 * DAY + 4 * HOUR)


def test_a_word_on_it_is_progress_enough_and_leaves_the_page_fresh(loop: Loop) -> None:
    at, version = taken(loop), loop.task.version
    with clock.set_to(at + DAY):
        comment(number=loop.task.number, by=person("ana"), now=at + DAY, text="Called them.")
    assert (loop.task.next_due_at, loop.task.version) == (at + 3 * DAY, version)
    run_until(loop, at + 3 * DAY - HOUR)
    assert pushes() == []


def test_on_hold_it_stands_still_on_purpose(loop: Loop) -> None:
    at = taken(loop)
    loop.act("hold", at, reason="Parts ordered", until=at + 5 * DAY)
    run_until(loop, at + 7 * DAY - HOUR)
    assert pushes() == []
    run_until(loop, at + 7 * DAY)
    assert pushes() == [("progress", "lead")]


def test_moved_again_it_starts_at_the_lead_again(loop: Loop) -> None:
    at = taken(loop)
    run_until(loop, at + 2 * DAY + 4 * HOUR)
    loop.act("assign", at + 3 * DAY, by="lin", assignee="lin@example.com")
    run_until(loop, at + 5 * DAY)
    assert pushes()[2:] == [("progress", "lead")]


def test_after_the_last_push_it_is_unattended_until_somebody_takes_it(loop: Loop) -> None:
    admin = make_admin()
    loop.breach()
    run_until(loop, MONDAY + 4 * HOUR)
    assert not Task.objects.unattended().exists()
    run_until(loop, MONDAY + 8 * HOUR)
    assert Task.objects.unattended().get().unattended_since == MONDAY + 8 * HOUR
    assert Notice.objects.get(code="unattended").user == admin
    loop.act("accept", MONDAY + 9 * HOUR)
    assert not Task.objects.unattended().exists()


def test_where_nobody_is_reachable_at_all_it_is_unattended_at_once(loop: Loop) -> None:
    loop.breach()
    Membership.objects.filter(role__in=["lead", "director"]).delete()
    run_until(loop, MONDAY + 4 * HOUR)
    assert loop.task.unattended_since == MONDAY + 4 * HOUR


def submitted_by_hand() -> Task:
    task = make_task(created_at=MONDAY, next_due_at=MONDAY)
    for role in ("lead", "director"):
        make_user(f"{role}@example.com", department=task.department, role=role)
    return task


def test_a_decision_goes_up_level_by_level_and_then_nobody_is_left(db: None) -> None:
    task = submitted_by_hand()
    make_user("ana@example.com", department=task.department)
    loop = Loop(since=MONDAY)
    loop.act("accept", MONDAY, task=task, start=True)
    loop.act("submit", MONDAY, task=task, **FIX, fixed_at=MONDAY)
    for days in (3, 6, 9):
        loop.run(MONDAY + days * DAY)
    rows = Escalation.objects.filter(ladder="decision").order_by("seq")
    assert [(row.to, row.fired_at) for row in rows] == [
        ("lead", MONDAY + 3 * DAY),
        ("director", MONDAY + 6 * DAY),
        ("director", MONDAY + 9 * DAY),
    ]
    task.refresh_from_db()
    assert task.unattended_since == MONDAY + 6 * DAY
    asked = User.objects.filter(notices__code="escalated").values_list("email", flat=True)
    assert list(asked.order_by("notices__id")) == [
        "lead@example.com",
        "director@example.com",
        "director@example.com",
    ]
