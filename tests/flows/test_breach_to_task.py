"""Observations breach a rule: one alert and one task in the owner's queue."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from alerts import events as alert_events
from alerts.actions.evaluate import drain_all
from alerts.models import Alert, Evaluation, Playbook, PlaybookVersion, RuleVersion
from cx_loop import clock
from cx_loop.models import Activity, DirtyMark, Message, Notice
from tasks.actions.dispatch import dispatch
from tasks.models import Escalation, Task
from tests.api_stories import BASE, get, numbers, with_key
from tests.flows.loop import DAY, HOUR, MINUTE, MONDAY, Loop, person, trail

SAID = [
    {
        "occurred_at": MONDAY.isoformat(),
        "touchpoint": "boarding",
        "metric": "wait",
        "value": value,
        "external_id": f"survey-{value}",
    }
    for value in (35, 40, 45)
]


def post_waits() -> dict[str, Any]:
    with clock.set_to(MONDAY):
        answer = with_key("ingest").post(f"{BASE}observations/", SAID, format="json")
    assert answer.status_code == 200
    return answer.json()


def everything() -> dict[str, int]:
    kept = (Alert, Task, Escalation, Message, Notice, Activity, Evaluation, DirtyMark)
    return {model.__name__: model.objects.count() for model in kept}


def test_a_breach_opens_one_alert_and_one_task_in_the_owners_queue(loop: Loop) -> None:
    assert post_waits()["accepted"] == 3
    loop.run(MONDAY)
    assert (loop.alert.value, loop.alert.n, loop.alert.state) == (40, 3, "open")
    assert loop.alert.links.get().task == loop.task
    with clock.set_to(MONDAY):
        assert numbers(get(person("ana").user, "tasks/")) == [loop.task.number]
        assert numbers(get(person("ian").user, "tasks/")) == []


def test_the_task_opens_with_its_first_deadline_and_its_messages(loop: Loop) -> None:
    loop.breach()
    task = loop.task
    assert (task.state, task.department.key, task.assignee) == ("open", "ground-ops", None)
    assert task.next_due_at == task.respond_by == MONDAY + 4 * HOUR
    assert task.due_at == MONDAY + 14 * DAY
    assert [notice.user.email for notice in Notice.objects.all()] == ["ana@example.com"]
    mail = Message.objects.get()
    assert (mail.recipient, mail.state) == ("ana@example.com", "suppressed")


def test_the_same_observations_again_change_nothing(loop: Loop) -> None:
    post_waits()
    loop.run(MONDAY)
    before = everything()
    said = post_waits()
    assert (said["accepted"], said["duplicates"]) == (0, 3)
    loop.run(MONDAY)
    assert everything() == before


@pytest.mark.django_db
def test_three_segments_that_breach_give_three_alerts_and_one_task() -> None:
    loop = Loop(by=["segment"])
    for late, segment in enumerate(["normal", "gold", "diamond"]):
        loop.breach(MONDAY + late * MINUTE, segment=segment)
    assert Alert.objects.unresolved().count() == 3
    assert loop.task.links.count() == 3
    assert trail("task") == ["opened", "alert_joined", "alert_joined"]


@pytest.mark.django_db
def test_three_segments_that_breach_at_once_give_three_alerts_and_one_task() -> None:
    loop = Loop(by=["segment"])
    for segment in ("normal", "gold", "diamond"):
        loop.send(40, 40, 40, at=MONDAY, segment=segment)
    loop.run(MONDAY)
    assert Alert.objects.unresolved().count() == 3
    assert loop.task.links.count() == 3


@pytest.mark.django_db
def test_a_breach_after_the_fix_is_in_opens_a_task_of_its_own() -> None:
    loop = Loop(by=["segment"])
    loop.breach(segment="gold")
    loop.act("accept", MONDAY + MINUTE, start=True)
    submitted = loop.submit(MONDAY + 2 * MINUTE)
    late = loop.breach(MONDAY + 3 * MINUTE, segment="normal")
    assert late.links.get().task != submitted
    assert Task.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_live_the_task_is_in_the_queue_when_the_sender_has_its_answer() -> None:
    now = clock.now()
    loop = Loop(since=now)
    waits = [{**wait, "occurred_at": now.isoformat()} for wait in SAID]
    with_key("ingest").post(f"{BASE}observations/", waits, format="json")
    assert numbers(get(person("ana").user, "tasks/")) == [loop.task.number]
    assert Message.objects.get().state == "pending"


class Killed(BaseException):
    """The process dies here."""


@contextmanager
def after_dispatch(problem: BaseException) -> Iterator[None]:
    """The slot opens the task and then fails."""

    def fails(**said: Any) -> None:
        dispatch(**said)
        raise problem

    alert_events.dispatch.provide(fails)
    try:
        yield
    finally:
        alert_events.dispatch.provide(dispatch)


def test_an_alert_stands_when_its_task_fails_and_the_sweep_opens_it(loop: Loop) -> None:
    loop.send(40, 40, 40, at=MONDAY)
    with after_dispatch(RuntimeError("no task today")), clock.set_to(MONDAY):
        drain_all(now=MONDAY)
    assert loop.alert.state == "open"
    assert not Task.objects.exists()
    assert not Message.objects.exists()
    loop.run(MONDAY + MINUTE)
    assert loop.task.links.get().alert == loop.alert
    assert Message.objects.count() == 1


def test_a_process_that_dies_in_the_middle_leaves_everything_for_the_next(loop: Loop) -> None:
    loop.send(40, 40, 40, at=MONDAY)
    before = everything()
    with after_dispatch(Killed()), pytest.raises(Killed):
        loop.run(MONDAY)
    assert everything() == before
    loop.run(MONDAY)
    assert (Alert.objects.count(), Task.objects.count(), Message.objects.count()) == (1, 1, 1)


def new_version(book: Playbook, number: int) -> PlaybookVersion:
    said = {"playbook": book, "number": number, "name": {}, "created_at": MONDAY}
    book.current = PlaybookVersion.objects.create(**said)
    book.save()
    return book.current


@pytest.mark.django_db
def test_a_task_takes_the_playbook_as_it_stands_when_it_opens() -> None:
    loop, book = Loop(by=["segment"]), Playbook.objects.create(key="gate")
    RuleVersion.objects.update(playbook=book)
    for number, segment in enumerate(["gold", "normal"], start=1):
        newest = new_version(book, number)
        alert = loop.breach(MONDAY + number * MINUTE, segment=segment)
        assert alert.links.get().task.playbook == newest
        Task.objects.update(
            state="closed", next_due_at=None, closed_at=MONDAY + HOUR, resolution="duplicate"
        )
