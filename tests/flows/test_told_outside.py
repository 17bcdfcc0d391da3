"""A department's webhook and chat are told of its tasks: once an event, never what was typed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cx_loop.messaging.endpoints import endpoint_of
from cx_loop.messaging.outbox import deliver
from cx_loop.models import Department, Message, User
from tasks.actions.announce import announce
from tasks.models import Task
from tests.cx_loop.messaging.conftest import Receiver
from tests.cx_loop.messaging.receivers import receiver
from tests.factories import (
    NOW,
    make_alert,
    make_department,
    make_organization,
    make_task,
    make_touchpoint,
    make_user,
)

pytestmark = pytest.mark.django_db
CHAT = "https://hooks.slack.com/services/T/B/secret"


@pytest.fixture
def hook(settings: Any) -> Iterator[Receiver]:
    settings.OUTGOING_NETWORKS = ["127.0.0.0/8"]
    there = Receiver()
    with receiver(there.handle) as port:
        there.address = f"http://127.0.0.1:{port}/"
        yield there


def department_told_by(*addresses: str) -> Department:
    make_organization()
    ways = [endpoint_of(address, now=NOW).fingerprint for address in addresses]
    return make_department("gates", notify=ways)


def people(department: Department, count: int = 2) -> list[User]:
    return [make_user(department=department) for _ in range(count)]


def task_of(department: Department) -> Task:
    return make_task(make_alert(touchpoint=make_touchpoint("boarding", owner=department)))


def test_an_event_is_told_once_however_many_people_it_concerns(hook: Receiver) -> None:
    gates = department_told_by(hook.address)
    task = task_of(gates)
    announce(task=task, code="opened", now=NOW, to=people(gates))
    announce(task=task, code="opened", now=NOW, to=people(gates, 1))
    assert deliver(NOW) == 1
    said = json.loads(hook.got[0][1])
    assert said["type"] == "task.opened"
    assert said["data"]["task"] == task.number
    assert said["data"]["url"] == f"http://testserver/tasks/{task.number}/"
    assert said["data"]["title"].startswith("Boarding · ")


def test_a_chat_is_told_in_a_text(db: None) -> None:
    gates = department_told_by(CHAT)
    task = task_of(gates)
    announce(task=task, code="escalated", now=NOW, to=people(gates), params={"to": "lead"})
    said = Message.objects.get(channel="chat").payload
    assert said["subject"].startswith(f"#{task.number} Boarding · ")
    assert "escalated to the lead" in said["text"]
    assert said["text"].endswith(f"/tasks/{task.number}/")


def test_what_somebody_typed_does_not_leave(hook: Receiver) -> None:
    gates = department_told_by(hook.address, CHAT)
    task = make_task(department=gates, title={"text": "Mrs Wang waited for hours"})
    announce(task=task, code="opened", now=NOW, to=people(gates))
    outside = Message.objects.exclude(endpoint=None)
    assert outside.count() == 2
    assert not [row for row in outside if "Wang" in json.dumps(row.payload)]


def test_addresses_alone_mean_no_mail(hook: Receiver) -> None:
    gates = department_told_by(hook.address)
    announce(task=task_of(gates), code="opened", now=NOW, to=people(gates))
    assert not Message.objects.filter(channel="email").exists()


def test_an_address_that_is_switched_off_is_left_alone(hook: Receiver) -> None:
    gates = department_told_by(hook.address)
    hook.status = 410
    task = task_of(gates)
    announce(task=task, code="opened", now=NOW, to=people(gates))
    deliver(NOW)
    announce(task=task, code="escalated", now=NOW, to=people(gates), params={"to": "lead"})
    assert Message.objects.exclude(endpoint=None).count() == 1
