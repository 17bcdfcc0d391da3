"""Worker and beat die by kill -9, the broker is emptied: late, never lost, never twice."""

import json
import random
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.models import Alert
from config.configuration import apply_configuration
from config.engine import do_everything_due
from cx_loop import clock
from cx_loop.ingest.accept import accept_items
from cx_loop.messaging.outbox import LEASE, deliver
from cx_loop.models import Heartbeat, Message, Source
from drills.crew import WORKER, Crew, deadlocks, empty_the_broker, wait_until
from tasks.models import Escalation, Task
from tests.flows.loop import HOUR, company

PLACES = 60  # more series than are evaluated beside a request, so the worker has the work
OLD = 20  # of these have a task since five hours: the lead is due to hear of it
ROUNDS = 3


def airport(at: datetime) -> Source:
    """The company with many gates, watched by one rule."""
    said: dict[str, Any] = json.loads(company(touchpoints="all", min_samples=ROUNDS))
    said["journeys"][0]["stages"][0]["touchpoints"] = [
        {"key": f"gate-{place}", "name": f"Gate {place}", "owner": "ground-ops"}
        for place in range(PLACES)
    ]
    with clock.set_to(at):
        apply_configuration(json.dumps(said), now=at)
    return Source.objects.create(key="drill")


def waits(source: Source, at: datetime, places: range, batch: str) -> None:
    items = [
        {
            "occurred_at": at.isoformat(),
            "touchpoint": f"gate-{place}",
            "metric": "wait",
            "value": 40,
            "external_id": f"{batch}-{place}",
        }
        for place in places
    ]
    accept_items(items, source=source, now=at)


def begin() -> Source:
    """Five hours ago the first gates breached, and nothing has run since."""
    past = clock.now() - 5 * HOUR
    source = airport(past)
    with clock.set_to(past):
        for batch in range(ROUNDS):
            waits(source, past, range(OLD), f"old-{batch}")
        do_everything_due(now=past)
    assert Task.objects.count() == OLD
    return source


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_or_doubled_when_everything_but_the_database_dies(
    tmp_path: Path, mailoutbox: list[Any], settings: Any
) -> None:
    settings.FLOOD_MAILS = 0
    source, chance = begin(), random.Random()
    deadlocks_before = deadlocks()
    with Crew(tmp_path) as crew:
        for number in range(ROUNDS):
            started = clock.now()
            crew.start(WORKER, crew.beat)
            waits(source, started, range(OLD, PLACES), f"new-{number}")
            wait_until(Heartbeat.objects.filter(last_ok_at__gt=started).exists)
            time.sleep(chance.random() / 2)
            crew.kill()
            empty_the_broker()
        sent = crew.sent()
    while any(do_everything_due(now=clock.now()).values()):
        pass
    deliver(clock.now() + LEASE + timedelta(seconds=1))  # what a killed sender had taken
    sent.update(str(mail.extra_headers["X-Entity-Ref-ID"]) for mail in mailoutbox)
    assert Alert.objects.count() == Task.objects.count() == PLACES
    assert Escalation.objects.count() == OLD
    told = Message.objects.exclude(state="suppressed")
    assert set(told.values_list("state", flat=True)) == {"sent"}
    assert set(told.values_list("dedup_key", flat=True)) == set(sent)
    assert told.count() == PLACES  # a new task is told to its staff, an old one to the lead
    assert sum(sent.values()) - len(sent) <= crew.kills
    assert deadlocks() == deadlocks_before
