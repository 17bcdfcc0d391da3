"""Two threads that act, or sweep, at the instants tasks are due: `drills.racers act|sweep N`."""

import random
import sys
import threading
import time
from datetime import timedelta

from django.db import connection

from cx_loop import clock
from cx_loop.models import Actor, User
from drills.due_instant_race import CALLS
from tasks.actions.sweep import sweep
from tasks.actions.work import perform
from tasks.models import Task

RACERS, THREADS = 2, 2
PAUSE = 0.02  # seconds between two sweeps; the actors need the processor too
AHEAD = 6  # tasks that are given their deadline before one is acted on
FIRST_STEP, STEP = 0.064, 0.004  # seconds the other side gains by a defeat, halved by each turn
EARLIEST, LATEST = 2.0, 0.05  # seconds a deadline lies before its act, and behind
BESIDE = 0.005  # seconds by chance around it


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
    threading.Event().wait()  # to be ended: the drill looks for what has ended by itself


def act(place: int) -> None:
    """Every fourth task. Its deadline is put where the act is going to be, by the pace of those
    before; sooner after an act that came first, later after a push that did."""
    chance, before, pace, step, side = random.Random(place), 0.0, 0.05, FIRST_STEP, 0
    lead = Actor(User.objects.get(email="ground-lead@example.com"))
    numbers = Task.objects.order_by("number").values_list("number", flat=True)
    ours = [number for number in numbers if number % (RACERS * THREADS) == place]
    for position, number in enumerate(ours):
        began = time.monotonic()
        wait = pace * AHEAD - before + chance.uniform(-BESIDE, BESIDE)
        at = clock.now() + timedelta(seconds=wait)
        next_one = ours[position + AHEAD :][:1]
        Task.objects.filter(number__in=next_one).update(escalate_at=at, next_due_at=at)
        call = CALLS[number // (RACERS * THREADS) % len(CALLS)]
        fields = {"assignee": "ground-member@example.com"} if call == "assign" else {}
        if call == "dismiss":
            fields = {"resolution": "false_alarm", "reason": "A drill"}
        perform(call, number=number, by=lead, now=clock.now(), fields=fields)
        pushed = Task.objects.filter(number=number, escalation_level__gt=0).exists()
        before_it, side = side, -1 if pushed else 1
        if side == -before_it:
            step = max(step / 2, STEP)
        before = min(max(before + side * step, -LATEST), EARLIEST)
        pace = 0.8 * pace + 0.2 * (time.monotonic() - began)
    connection.close()


def sweep_on(place: int) -> None:
    while True:
        sweep(now=clock.now())
        time.sleep(PAUSE)


if __name__ == "__main__":
    main()
