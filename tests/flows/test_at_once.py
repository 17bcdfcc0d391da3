"""People and sweeps at the same instant: one task a problem, and nobody waits for ever."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.db import connections

from alerts.actions.evaluate import drain
from alerts.actions.rules import retire_rule
from alerts.actions.work import perform
from alerts.models import Alert, RuleState
from cx_loop import clock
from tasks.actions.access import roles_of
from tasks.actions.dispatch import dispatch_missing
from tasks.models import Task, TaskAlert
from tests.flows.loop import DAY, FIX, HOUR, MINUTE, MONDAY, Loop, person

SEGMENTS = ("gold", "normal")


def at_once(*jobs: Callable[[], Any]) -> list[Exception]:
    """Run the jobs in threads of their own, from one gate; what they raised."""
    gate, raised = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], Any]) -> None:
        gate.wait()
        try:
            job()
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def close_all(now: datetime) -> None:
    Task.objects.unclosed().update(
        state="closed", next_due_at=None, closed_at=now, resolution="data_error"
    )


@pytest.mark.django_db(transaction=True)
def test_two_groups_that_breach_at_once_share_a_task() -> None:
    loop = Loop(by=["segment"])

    def breach(segment: str, at: datetime) -> None:
        with clock.set_to(at):
            sent = loop.send(40, 40, 40, at=at, segment=segment)
            drain(now=at, series_ids=sent.series_ids)

    for round_ in range(4):
        at = MONDAY + round_ * DAY
        for segment in SEGMENTS:
            loop.send(5, 5, 5, at=at - 12 * HOUR, segment=segment)
        loop.run(at - 11 * HOUR)
        raised = at_once(*(partial(breach, name, at) for name in SEGMENTS))
        assert not raised
        assert Task.objects.unclosed().count() == 1
        close_all(at)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_open_the_task_of_an_alert_once() -> None:
    loop = Loop()
    loop.breach(MONDAY)

    for _ in range(4):
        TaskAlert.objects.all().delete()
        close_all(MONDAY + HOUR)
        raised = at_once(*[lambda: dispatch_missing(now=MONDAY + HOUR)] * 2)
        assert not raised
        assert TaskAlert.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_dismiss_two_alerts_of_one_task() -> None:
    loop = Loop(by=["segment"])
    said = {"reason": "The clock was wrong.", "resolution": "data_error"}

    def dismiss(alert: Alert, now: datetime) -> None:
        perform("dismiss", pk=alert.pk, by=person("ana"), now=now, fields=said)

    for round_ in range(4):
        at = MONDAY + round_ * DAY
        for segment in SEGMENTS:
            loop.send(5, 5, 5, at=at - 12 * HOUR, segment=segment)
        loop.run(at - 11 * HOUR)
        for segment in SEGMENTS:
            loop.breach(at, segment=segment)
        alerts = list(Alert.objects.unresolved().order_by("id"))
        raised = at_once(*(partial(dismiss, alert, at + HOUR) for alert in alerts))
        # the slower one finds his alert closed with the task, which is told, not a deadlock
        assert all(type(error).__name__ == "NotAllowed" for error in raised)
        assert not Task.objects.unclosed().exists()


@pytest.mark.django_db
def test_a_task_is_no_longer_self_recovered_when_another_alert_joins() -> None:
    loop = Loop()
    loop.breach(MONDAY)
    loop.send(5, 5, 5, at=MONDAY + 2 * HOUR)
    loop.run(MONDAY + 4 * HOUR)
    assert loop.task.self_recovered

    loop.breach(MONDAY + 8 * HOUR)

    assert Task.objects.count() == 1
    assert not loop.task.self_recovered


@pytest.mark.django_db
def test_recovery_in_the_second_round_waits_for_alerts_of_the_first() -> None:
    loop = Loop(by=["segment"])
    for segment in SEGMENTS:
        loop.breach(MONDAY, segment=segment)
    loop.act("accept", MONDAY + HOUR, start=True)
    loop.submit(MONDAY + HOUR)
    loop.act("reopen", MONDAY + HOUR + MINUTE, reason="It was the wrong gate.")

    loop.send(*[5] * 9, at=MONDAY + 3 * HOUR, segment="gold")
    loop.send(50, 50, 50, at=MONDAY + 3 * HOUR, segment="normal")
    loop.run(MONDAY + 3 * HOUR + 30 * MINUTE)

    assert Alert.objects.unresolved().count() == 1
    assert not loop.task.self_recovered


@pytest.mark.django_db
def test_a_retired_rule_fires_no_more_and_its_task_stays() -> None:
    loop = Loop()
    loop.breach(MONDAY)

    retire_rule(key="boarding-wait", by=person("ana"), now=MONDAY + HOUR)

    assert not RuleState.objects.filter(level__isnull=False).exists()
    assert not Alert.objects.unresolved().exists()
    assert loop.task.state == "open"


@pytest.mark.django_db
def test_neither_who_submitted_nor_the_assignee_is_a_second_person() -> None:
    loop = Loop()
    loop.breach(MONDAY)
    loop.act("accept", MONDAY + HOUR, start=True)
    loop.act("submit", MONDAY + HOUR, by="lin", **FIX, fixed_at=MONDAY + HOUR)

    assert "second_person" not in roles_of(person("ana"), loop.task)
    assert "second_person" not in roles_of(person("lin"), loop.task)
