"""`engine --once`: everything due without Celery; a virtual time only where it does no harm."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from alerts.actions.evaluate import drain
from alerts.models import Alert
from config.engine import NOW_AND_THEN, do_everything_due
from config.servers.postgres import free_port
from cx_loop import clock
from cx_loop.actions.exclusive import PAST_IS_LIVED, living_the_past
from cx_loop.models import DirtyMark, Heartbeat, Message
from tasks.models import Escalation, Task
from tests.flows.loop import HOUR, MONDAY, Loop


def engine(**options: Any) -> str:
    said = StringIO()
    call_command("engine", once=True, stdout=said, **options)
    return said.getvalue()


def test_one_pass_evaluates_sweeps_and_delivers(db: None, mailoutbox: list[Any]) -> None:
    now = clock.now()
    loop = Loop(since=now - 5 * HOUR)
    loop.send(40, 40, 40, at=now - 5 * HOUR)
    Message.objects.all().delete()
    assert "evaluate=" in engine()
    assert Alert.objects.count() == Task.objects.count() == 1
    assert Message.objects.get().state == "sent"
    assert [mail.to for mail in mailoutbox] == [["ana@example.com"]]
    beats = {beat.name for beat in Heartbeat.objects.all()}
    assert {"evaluate", "sweep", "deliver"} <= beats


def test_when_nothing_is_due_nothing_is_said(loop: Loop) -> None:
    engine()
    assert engine() == ""


def test_at_a_virtual_time_deadlines_fire(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CX_SCRATCH", "1")
    loop.breach()
    engine(now=(MONDAY + 4 * HOUR).isoformat())
    assert Escalation.objects.get().fired_at == MONDAY + 4 * HOUR


def test_without_its_broker_the_engine_does_all_there_is_to_do(loop: Loop) -> None:
    gone = {"BACKEND": "config.cache.Cache", "LOCATION": f"redis://127.0.0.1:{free_port()}/0"}
    loop.breach()
    with override_settings(CACHES={"default": gone}, BROKER_URL=gone["LOCATION"]):
        do_everything_due(now=clock.now())
    assert Escalation.objects.exists()


def test_a_part_that_fails_keeps_no_other_from_its_turn(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(now: datetime) -> None:
        raise ValueError("a part has failed")

    monkeypatch.setitem(NOW_AND_THEN, "fails", (timedelta(days=1), fail))
    loop.breach()
    with pytest.raises(ExceptionGroup, match="parts of the sweep"):
        do_everything_due(now=clock.now())
    assert Escalation.objects.exists()
    do_everything_due(now=clock.now())  # not again before a day has passed


@pytest.mark.parametrize("scratch", [True, False])
def test_no_virtual_time_without_once_or_in_an_installation_that_matters(
    loop: Loop, monkeypatch: pytest.MonkeyPatch, scratch: bool
) -> None:
    monkeypatch.setenv("CX_SCRATCH", "1" if scratch else "")
    with pytest.raises(CommandError, match="only in a scratch installation"):
        call_command("engine", once=not scratch, now=MONDAY.isoformat())


@pytest.mark.parametrize("text", ["tomorrow", "2026-03-02T09:00:00"])
def test_a_virtual_time_that_is_none_is_refused(
    loop: Loop, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("CX_SCRATCH", "1")
    with pytest.raises(CommandError, match=text):
        engine(now=text)


def test_while_another_lives_the_past_a_request_leaves_its_marks(loop: Loop) -> None:
    sent = loop.send(40, 40, 40, at=MONDAY)
    another = connection.copy()
    with another.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [PAST_IS_LIVED])
        assert drain(now=MONDAY, series_ids=sent.series_ids).groups == 0
        cursor.execute("SELECT pg_advisory_unlock(%s)", [PAST_IS_LIVED])
    another.close()
    assert DirtyMark.objects.exists()
    assert drain(now=MONDAY, series_ids=sent.series_ids).groups == 1


def test_while_the_past_is_lived_the_live_sweep_waits(loop: Loop) -> None:
    loop.send(40, 40, 40, at=MONDAY)
    with living_the_past():
        loop.run(MONDAY)
    assert not Alert.objects.exists()
    loop.run(MONDAY)
    assert Alert.objects.count() == 1
