"""What must always hold is looked at every minute: counted, and healed where rows can heal it."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from config.doctor_checks import invariants
from cx_loop.models import Activity, Heartbeat, Invariant, Message
from tasks.actions.audit import audit, audit_due
from tasks.models import Task, TaskAlert, Verification
from tests.api_stories import signed_in
from tests.factories import NOW, make_admin, make_task
from tests.flows.loop import HOUR, MINUTE, MONDAY, Loop

pytestmark = pytest.mark.django_db


def broken() -> dict[str, int]:
    return {name: found.broken for name, found in audit(now=NOW).items() if found.broken}


def test_nothing_is_broken_where_nothing_is() -> None:
    make_task()
    assert broken() == {}


def test_a_task_that_sleeps_past_its_push_is_woken() -> None:
    task = make_task(escalate_at=NOW, next_due_at=NOW + HOUR)
    assert broken() == {"task-wakes-too-late": 1}
    task.refresh_from_db()
    assert task.next_due_at == NOW
    assert Activity.objects.get(verb="woken_up").subject_id == task.number
    assert broken() == {}


def test_what_was_found_and_healed_is_counted_for_good() -> None:
    make_task(escalate_at=NOW, next_due_at=NOW + HOUR)
    audit(now=NOW)
    audit(now=NOW + MINUTE)
    kept = Invariant.objects.get(name="task-wakes-too-late")
    assert (kept.broken, kept.found, kept.healed) == (0, 1, 1)


@pytest.mark.parametrize(("age", "many"), [(60, 1), (59, 0)])
def test_a_deadline_nobody_acted_on_is_told(age: int, many: int) -> None:
    make_task(next_due_at=NOW - timedelta(seconds=age))
    assert broken().get("deadlines-overdue", 0) == many


@pytest.mark.parametrize(("age", "many"), [(300, 1), (299, 0)])
def test_a_message_nobody_sends_is_told(age: int, many: int) -> None:
    Message.objects.create(
        dedup_key="a",
        channel="email",
        recipient="ana@example.com",
        payload={},
        available_at=NOW - timedelta(seconds=age),
        created_at=NOW,
    )
    assert broken().get("messages-overdue", 0) == many


def test_an_alert_whose_task_was_closed_alone_gets_another() -> None:
    loop = Loop()
    alert = loop.breach()
    closed = {"state": "closed", "closed_at": MONDAY, "resolution": "effective"}
    Task.objects.update(**closed, next_due_at=None)
    found = audit(now=MONDAY)["alert-without-a-task"]
    assert (found.broken, found.healed) == (1, 1)
    assert Task.objects.unclosed().get().links.get().alert == alert


def test_an_alert_without_any_task_gets_one() -> None:
    loop = Loop()
    loop.breach()
    TaskAlert.objects.all().delete()
    assert audit(now=MONDAY)["alert-without-a-task"].healed == 1


def test_it_looks_once_a_minute() -> None:
    audit_due(now=NOW)
    audit_due(now=NOW + timedelta(seconds=59))
    assert Heartbeat.objects.get(name="audit").last_ok_at == NOW
    audit_due(now=NOW + MINUTE)
    assert Heartbeat.objects.get(name="audit").last_ok_at == NOW + MINUTE


@pytest.mark.parametrize(("early", "woken"), [(0, 1), (1, 0)])
def test_a_task_that_sleeps_past_a_look_that_has_come_is_woken(early: int, woken: int) -> None:
    task = make_task(state="verifying", next_due_at=NOW + HOUR)
    look = NOW + timedelta(seconds=early)
    Verification.objects.create(task=task, episode=1, plan={}, series=[], next_look_at=look)
    assert broken().get("task-wakes-too-late", 0) == woken


def test_doctor_health_and_metrics_all_tell_what_is_broken() -> None:
    make_task(next_due_at=NOW - HOUR)
    audit(now=NOW)
    assert any(said.startswith("deadlines-overdue: 1") for said in invariants())
    health = APIClient().get("/api/v1/health/").json()
    assert health["invariants"]["deadlines-overdue"]["broken"] == 1
    lines = signed_in(make_admin()).get("/metrics").content.decode().splitlines()
    assert 'cxl_invariant_broken{invariant="deadlines-overdue"} 1' in lines
