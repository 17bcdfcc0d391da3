"""Two threads that act, or sweep, at the instants tasks are due: `drills.racers act|sweep N`."""

import random
import sys
import threading
import time
from datetime import datetime

from django.db import connection

from cx_loop import clock
from cx_loop.models import Actor, User
from drills.due_instant_race import CALLS
from tasks.actions.sweep import sweep
from tasks.actions.work import perform
from tasks.models import Task

RACERS, THREADS = 2, 2
PAUSE = 0.02  # seconds; as long as acts miss their instant by, and the actors need the processor


def main() -> None:
    kind, racer = sys.argv[1], int(sys.argv[2])
    work = act if kind == "act" else sweep_on
    threads = [
        threading.Thread(target=work, args=(racer * THREADS + place,)) for place in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def act(place: int) -> None:
    """Every fourth task, each at its instant, or up to some hundredths of a second beside it."""
    chance = random.Random(place)
    lead = Actor(User.objects.get(email="ground-lead@example.com"))
    due = Task.objects.order_by("number").values_list("number", "escalate_at")
    ours = [(number, at) for number, at in due if number % (RACERS * THREADS) == place]
    offset = clock.now().timestamp() - time.time()
    for number, at in ours:
        _wait_for(at, offset - chance.uniform(-0.02, 0.02))
        call = CALLS[number // (RACERS * THREADS) % len(CALLS)]
        fields = {"assignee": "ground-member@example.com"} if call == "assign" else {}
        if call == "dismiss":
            fields = {"resolution": "false_alarm", "reason": "A drill"}
        perform(call, number=number, by=lead, now=clock.now(), fields=fields)
    connection.close()


def sweep_on(place: int) -> None:
    while True:
        sweep(now=clock.now())
        time.sleep(PAUSE)


def _wait_for(at: datetime | None, offset: float) -> None:
    assert at is not None
    time.sleep(max(0.0, at.timestamp() - time.time() - offset))


if __name__ == "__main__":
    main()
