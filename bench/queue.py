"""`bench queue`: the sweep, the audit and a department's queue when there are a million tasks."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.test import Client

from bench import company
from bench.crowd import fill, people
from bench.figures import Figure, median_of, ratio_of
from cx_loop import clock
from cx_loop.models import User
from tasks import reads
from tasks.actions.audit import audit
from tasks.actions.sweep import sweep
from tasks.models import Task
from tasks.reads.queues import PAGE

TASKS, UNCLOSED, DUE = 1_000_000, 100_000, 10_000
DEEP = 1000
TIMES = 9

_MAKE_DUE = """
UPDATE tasks_task SET created_at = created_at - interval '30 days',
    due_at = %(now)s::timestamptz + interval '60 days', escalate_at = %(now)s, next_due_at = %(now)s
WHERE number IN (SELECT number FROM tasks_task WHERE state = 'open' ORDER BY number LIMIT %(due)s)
"""


def measure(say: Callable[[str], None], *, quick: bool = False) -> list[Figure]:
    every, unclosed, due = (20_000, 2_000, 50) if quick else (TASKS, UNCLOSED, DUE)
    now = clock.now()
    lead = people()
    fill(every, unclosed, now)
    say(f"{every:,} tasks, {unclosed:,} of them not closed")
    times = 2 if quick else TIMES
    figures = [*_queue(lead, now, times, deep=10 if quick else DEEP)]
    say("the queue is measured")
    audits = [_seconds(lambda: audit(now=now)) * 1e3 for _ in range(times)]
    figures.append(median_of("audit at a million tasks", audits, "ms", must=100))
    idle = [_seconds(lambda: sweep(now=now)) * 1e3 for _ in range(times)]
    figures.append(median_of("sweep with nothing due", idle, "ms"))
    return [*figures, _sweep(due, now, say)]


def _queue(lead: User, now: datetime, times: int, *, deep: int) -> list[Figure]:
    """The first page and a late one, in the database alone and as the whole answer of the view."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(lead)
    far = _place_of(lead, now, deep)
    views, first, late = [], [], []
    for _ in range(times):
        views.append(_seconds(lambda: client.get("/", {"tab": "department"})) * 1e3)
        first.append(_in_database(lead, now, None))
        late.append(_in_database(lead, now, far))
    return [
        median_of("queue page in the database", first, "ms", must=20),
        median_of("queue page, the whole view", views, "ms", must=20),
        ratio_of(f"queue page {deep} against page 1", late, first, must=1.5),
    ]


def _place_of(lead: User, now: datetime, deep: int) -> "reads.Place":
    """Where page `deep` begins: not walked to, looked up."""
    ours = Task.objects.unclosed().filter(department__memberships__user=lead)
    others = ours.exclude(state__in=["open", "accepted", "in_progress", "on_hold"], due_at__lt=now)
    row = others.order_by("severity", "due_at", "number")[(deep - 1) * PAGE - 1]
    assert row.due_at is not None
    return reads.Place(now, False, row.severity, row.due_at, row.number)


def _in_database(lead: User, now: datetime, after: "reads.Place | None") -> float:
    """Milliseconds of the rows of one page, as the client sees them."""
    reach = reads.reach_of(lead, now)
    began = time.perf_counter()
    reads.queue(lead, "department", reads.QueueFilters(), reach=reach, now=now, after=after)
    return (time.perf_counter() - began) * 1e3


def _sweep(due: int, now: datetime, say: Callable[[str], None]) -> Figure:
    """As the engine does it: one pass after the other until nothing is due."""
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_DUE, {"now": now, "due": due})
    company.settle()
    began = time.perf_counter()
    while sweep(now=clock.now()):
        pass
    seconds = time.perf_counter() - began
    say(f"{due:,} due tasks swept")
    return Figure(f"sweep of {due:,} due tasks", seconds, "s", must=30)


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
