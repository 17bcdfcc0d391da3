"""`bench queue`: the sweep, the audit and a department's queue when there are a million tasks."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import company
from bench.figures import Figure, median_of, ratio_of
from cx_loop import clock
from cx_loop.models import Department, Journey, Membership, Metric, Stage, Touchpoint, User
from tasks import reads
from tasks.actions.audit import audit
from tasks.actions.sweep import sweep
from tasks.models import Task
from tasks.reads.queues import PAGE

TASKS, UNCLOSED, DUE = 1_000_000, 100_000, 10_000
DEPARTMENTS = 10  # the first has six tenths of all tasks, so that it has a thousand pages
DEEP = 1000
PLACES = 50
TIMES = 9

_FILL = """
WITH made AS (
    INSERT INTO tasks_task (
        state, severity, title, department_id, answerable_department_id, assignee_id,
        touchpoint_id, metric_id,
        segment, episode, version, created_at, respond_by, due_at, was_late, escalation_level,
        escalate_at, next_due_at, attempts, pain_category, root_cause, countermeasure,
        self_recovered, resolution, closed_at
    )
    SELECT CASE WHEN unclosed THEN (%(states)s)[1 + m %% 4] ELSE 'closed' END,
           1 + (m %% 5 > 0)::int,
           CASE WHEN m %% 10 = 0 THEN jsonb_build_object('text', 'Talk to caterer ' || n)
                ELSE '{"code": "breach"}' END,
           department, department, CASE WHEN m %% 4 = 1 THEN %(member)s END,
           (%(touchpoints)s::bigint[])[1 + m %% %(places)s], %(metric)s, '',
           1, 1, at, at + interval '4 hours', at + interval '14 days',
           at + interval '14 days' < %(now)s, 0, wakes, CASE WHEN unclosed THEN wakes END,
           0, '', '', '', false, CASE WHEN unclosed THEN '' ELSE 'effective' END,
           CASE WHEN unclosed THEN NULL ELSE at + interval '1 day' END
    FROM (
        SELECT *,
               greatest(at + interval '13 days', %(now)s + interval '1 day') AS wakes
        FROM (
            SELECT n, m, n %% %(share)s = 0 AS unclosed,
                   (%(departments)s::bigint[])[CASE WHEN m * 7919 %% 10 < 6 THEN 1
                                             ELSE 2 + m %% (%(many)s - 1) END] AS department,
                   %(now)s::timestamptz - interval '15 days' * ((n * 31337 %% 100000) / 100000.0)
                       AS at
            FROM generate_series(0, %(all)s::bigint - 1) AS n,
                LATERAL (SELECT n / %(share)s) AS share(m)
        ) AS numbered
    ) AS drawn
    RETURNING number, department_id, touchpoint_id, created_at, respond_by, due_at
), held AS (
    INSERT INTO tasks_holding (task_id, department_id, touchpoint_id, since)
    SELECT number, department_id, touchpoint_id, created_at FROM made
)
INSERT INTO tasks_episode (task_id, number, opened_at, respond_by, due_at)
SELECT number, 1, created_at, respond_by, due_at FROM made
"""
_MAKE_DUE = """
UPDATE tasks_task SET created_at = created_at - interval '30 days',
    due_at = %(now)s::timestamptz + interval '60 days', escalate_at = %(now)s, next_due_at = %(now)s
WHERE number IN (SELECT number FROM tasks_task WHERE state = 'open' ORDER BY number LIMIT %(due)s)
"""


def measure(say: Callable[[str], None], *, quick: bool = False) -> list[Figure]:
    every, unclosed, due = (20_000, 2_000, 50) if quick else (TASKS, UNCLOSED, DUE)
    now = clock.now()
    lead = _people()
    _fill(every, unclosed, now)
    say(f"{every:,} tasks, {unclosed:,} of them not closed")
    times = 2 if quick else TIMES
    figures = [*_queue(lead, now, times, deep=10 if quick else DEEP)]
    say("the queue is measured")
    audits = [_seconds(lambda: audit(now=now)) * 1e3 for _ in range(times)]
    figures.append(median_of("audit at a million tasks", audits, "ms", must=100))
    idle = [_seconds(lambda: sweep(now=now)) * 1e3 for _ in range(times)]
    figures.append(median_of("sweep with nothing due", idle, "ms"))
    return [*figures, _sweep(due, now, say)]


def _people() -> User:
    """Departments with a lead each; the first has most of the tasks."""
    for place in range(DEPARTMENTS):
        department = Department.objects.create(
            key=f"ground-{place}", name={"en": f"Ground {place}"}
        )
        for role in ("lead", "member", "director"):
            user = User.objects.create(email=f"{role}-{place}@example.com", name=role)
            Membership.objects.create(user=user, department=department, role=role)
    return User.objects.get(email="lead-0@example.com")


def _fill(every: int, unclosed: int, now: datetime) -> None:
    keys = [row.pk for row in Department.objects.filter(key__startswith="ground-").order_by("key")]
    metric = Metric.objects.create(key="wait", name={"en": "Wait"}, kind="duration", unit="min")
    touchpoints = _touchpoints(keys)
    said: dict[str, Any] = {
        "all": every,
        "states": ["open", "accepted", "in_progress", "verifying"],
        "member": User.objects.get(email="member-0@example.com").pk,
        "share": every // unclosed,
        "metric": metric.pk,
        "touchpoints": touchpoints,
        "places": len(touchpoints),
        "departments": keys,
        "many": len(keys),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FILL, said)
    company.settle()


def _touchpoints(departments: list[int]) -> list[int]:
    journey = Journey.objects.create(key="visit", name={"en": "Visit"})
    stage = Stage.objects.create(key="stay", name={"en": "Stay"}, journey=journey)
    made = [
        Touchpoint(
            key=f"desk-{place}",
            name={"en": f"Desk {place}", "zh-hans": f"柜台 {place}"},
            owner_id=departments[place % len(departments)],
            stage=stage,
        )
        for place in range(PLACES)
    ]
    return [touchpoint.pk for touchpoint in Touchpoint.objects.bulk_create(made)]


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
    """Milliseconds of the statements of one page, as the client sees them."""
    reach = reads.reach_of(lead, now)
    with CaptureQueriesContext(connection) as asked:
        reads.queue(lead, "department", reads.QueueFilters(), reach=reach, now=now, after=after)
    return sum(float(each["time"]) for each in asked.captured_queries) * 1e3


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
