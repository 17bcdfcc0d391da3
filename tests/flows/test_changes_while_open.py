"""Calendars and owners change while tasks are open."""

from datetime import timedelta

import pytest

from cx_loop.actions.configure.calendars import save_calendar
from cx_loop.actions.touchpoints import give_to
from cx_loop.events import calendars_changed
from cx_loop.models import Activity, Actor, Department
from tasks.actions.opening import open_by_hand
from tasks.models import Task
from tests.api_stories import Airline, make_airline
from tests.factories import NOW

pytestmark = pytest.mark.django_db
OFFICE = {"timezone": "Asia/Shanghai", "hours": {"mon-fri": "09:00-18:00"}, "holidays": "CN"}
ROUND_THE_CLOCK = {"timezone": "Asia/Shanghai", "hours": {}, "holidays": ""}


@pytest.fixture
def airline() -> Airline:
    return make_airline()


def open_task(airline: Airline) -> Task:
    return open_by_hand(
        touchpoint=airline.boarding,
        text="Second gate",
        severity=2,
        department=None,
        by=Actor(airline.ana),
        now=NOW,
    )


def keep_calendar(department: Department, form: dict) -> int:
    save_calendar(department, form)
    return calendars_changed(departments=[department.pk], now=NOW + timedelta(minutes=1))


def test_longer_hours_bring_the_deadlines_nearer(airline: Airline) -> None:
    keep_calendar(airline.ground, OFFICE)
    before = open_task(airline)
    assert keep_calendar(airline.ground, ROUND_THE_CLOCK) == 1
    after = Task.objects.get()
    assert after.due_at < before.due_at
    assert after.next_due_at <= after.respond_by < before.respond_by
    assert Activity.objects.filter(verb="clocks_recounted").count() == 1


def test_shorter_hours_never_move_a_deadline_later(airline: Airline) -> None:
    before = open_task(airline)
    assert keep_calendar(airline.ground, OFFICE) == 0
    after = Task.objects.get()
    assert (after.respond_by, after.due_at) == (before.respond_by, before.due_at)


def test_open_tasks_stay_when_a_touchpoint_changes_hands(airline: Airline) -> None:
    task = open_task(airline)
    give_to(touchpoint=airline.boarding, to=airline.it, by=Actor(airline.admin), now=NOW)
    task.refresh_from_db()
    assert task.department == airline.ground
    said = Activity.objects.get(verb="owner_changed").params
    assert (said["from"], said["to"]) == ("ground-ops", "it")
    assert open_task_of_the_touchpoint(airline).department == airline.it


def open_task_of_the_touchpoint(airline: Airline) -> Task:
    """Opened for the owner of now."""
    airline.boarding.refresh_from_db()
    return open_by_hand(
        touchpoint=airline.boarding,
        text="Another",
        severity=2,
        department=None,
        by=Actor(airline.admin),
        now=NOW,
    )


def test_open_tasks_go_along_when_that_is_asked_for(airline: Airline) -> None:
    task = open_task(airline)
    by = Actor(airline.admin)
    moved = give_to(
        touchpoint=airline.boarding, to=airline.it, by=by, now=NOW, with_tasks=True, reason="Moved"
    )
    task.refresh_from_db()
    assert (moved, task.department, task.answerable_department) == (1, airline.it, airline.ground)
    assert task.due_at <= NOW + timedelta(days=14)
