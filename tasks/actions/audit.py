"""What must always hold, looked at every minute: counted, healed from rows where that is possible.

Each question is answered from a partial index that is empty, or nearly, while all is well, so
asking costs the same with a million tasks as with ten.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from cx_loop.actions import heartbeats, invariants
from cx_loop.models import SYSTEM, Heartbeat, record
from tasks.actions.dispatch import give_task
from tasks.actions.unasked import ask_above, ask_unasked
from tasks.logic.deadlines import next_due
from tasks.models import Task

EVERY = timedelta(minutes=1)
SWEEP_LATE = timedelta(seconds=60)  # a deadline nobody acted on, while the sweep says it is well
OUTBOX_LATE = timedelta(minutes=5)
AT_ONCE = 100  # healed in one audit; the next one is a minute away
ALONE = "alert-without-a-task"
SLICE = 2000  # alerts looked at in one audit: all of 50,000 in half an hour

# the rules the database itself keeps: gone or not validated, they would be broken in silence
_KEPT = """
SELECT count(*) FROM pg_constraint
WHERE conname = ANY(%s) AND convalidated AND connamespace = 'public'::regnamespace
"""
KEPT_BY_THE_DATABASE = ["task_unclosed_has_a_next_deadline", "escalation_once"]

_SLEEPERS = """
SELECT number FROM tasks_task
WHERE state IN ('open', 'accepted', 'in_progress') AND attempts = 0 AND silenced_until IS NULL
  AND next_due_at > escalate_at
ORDER BY number LIMIT %s
"""
# only looks that have come: compared with every look to come, each minute would read them all
_LOOKS = """
SELECT task.number FROM tasks_verification AS verification
JOIN tasks_task AS task ON task.number = verification.task_id
WHERE verification.state <> 'decided' AND verification.next_look_at <= %s
  AND task.state = 'verifying' AND task.attempts = 0
  AND task.next_due_at > verification.next_look_at
ORDER BY verification.next_look_at LIMIT %s
"""
_OVERDUE = """
SELECT count(*) FROM (
    SELECT FROM tasks_task WHERE next_due_at <= %s LIMIT 10000
) AS late
"""
_UNSENT = """
SELECT count(*) FROM (
    SELECT FROM cx_loop_message WHERE state = 'pending' AND available_at <= %s LIMIT 10000
) AS late
"""
# a slice at a time, in the order of the one unresolved alert a group may have
_ALONE = """
WITH slice AS MATERIALIZED (
    SELECT id, group_id FROM alerts_alert
    WHERE state IN ('open', 'acknowledged') AND group_id > %(after)s
    ORDER BY group_id LIMIT %(most)s
)
SELECT (SELECT array_agg(id ORDER BY id) FROM slice WHERE (
            -- with its limit asked of each alert by itself, not by reading every link there is
            SELECT task.number FROM tasks_taskalert AS link
            JOIN tasks_task AS task ON task.number = link.task_id
            WHERE link.alert_id = slice.id AND task.state <> 'closed' LIMIT 1) IS NULL),
       (SELECT max(group_id) FROM slice HAVING count(*) = %(most)s)
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """How many rows broke a rule, and how many of them are well again."""

    broken: int
    healed: int = 0


def audit_due(*, now: datetime) -> int:
    """The audit, once a minute whoever asks; how many rows it found broken."""
    last = Heartbeat.objects.filter(name="audit", last_ok_at__gt=now - EVERY).exists()
    return 0 if last else sum(each.broken for each in audit(now=now).values())


def audit(*, now: datetime) -> dict[str, Finding]:
    """Look at every invariant, heal what rows can heal, keep the counts."""
    late = now - SWEEP_LATE
    found = {
        "rules-kept-by-the-database": _rules_in_force(),
        "task-wakes-too-late": _wake(now),  # first: what is asleep is not due to the others
        "question-not-asked": Finding(*ask_unasked(now=now, late=late, most=AT_ONCE)),
        "decision-not-escalated": Finding(*ask_above(now=now, late=late, most=AT_ONCE)),
        "deadlines-overdue": Finding(_many(_OVERDUE, late)),
        "messages-overdue": Finding(_many(_UNSENT, now - OUTBOX_LATE)),
        ALONE: _give_tasks(now),
    }
    with transaction.atomic():  # one commit; six of them would cost more than all the questions
        for name, finding in found.items():
            invariants.keep(name=name, broken=finding.broken, healed=finding.healed, now=now)
        heartbeats.keep(name="audit", now=now, handled=sum(each.healed for each in found.values()))
    return found


def _rules_in_force() -> Finding:
    missing = len(KEPT_BY_THE_DATABASE) - _many(_KEPT, KEPT_BY_THE_DATABASE)
    return Finding(missing)


def _wake(now: datetime) -> Finding:
    """Tasks that sleep past a deadline of theirs: the sweep would miss it."""
    numbers = [*_ids(_SLEEPERS, AT_ONCE), *_ids(_LOOKS, now, AT_ONCE)]
    return Finding(len(numbers), sum(_woken(number, now) for number in numbers))


def _woken(number: int, now: datetime) -> bool:
    with transaction.atomic():
        locked = Task.objects.select_for_update(skip_locked=True)
        task = locked.filter(number=number).exclude(state="closed").first()
        if task is None:
            return False
        look = task.verifications.exclude(state="decided").order_by("next_look_at").first()
        due = next_due(
            task.state,
            now=now,
            escalate_at=task.escalate_at,
            due_at=task.due_at,
            hold_until=task.hold_until,
            silenced_until=task.silenced_until,
            next_look_at=look.next_look_at if look else None,
        )
        Task.objects.filter(number=number).update(next_due_at=due)
        record(verb="woken_up", subject="task", subject_id=number, by=SYSTEM, now=now)
    return True


def _give_tasks(now: datetime) -> Finding:
    """An alert that stands while nobody works on it; a failure between two closings leaves one."""
    after = invariants.place_of(ALONE)
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, {"after": after, "most": SLICE})
        alone, last = cursor.fetchone()
    invariants.keep_place(name=ALONE, place=last or 0)
    healed = sum(give_task(alert_id=pk, now=now) for pk in (alone or [])[:AT_ONCE])
    return Finding(len(alone or []), healed)


def _ids(query: str, *values: datetime | int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [row[0] for row in cursor.fetchall()]


def _many(query: str, value: datetime | list[str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, [value])
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
