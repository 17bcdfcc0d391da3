"""People who should have been asked, or asked above, and were not: found and put right.

A question after a training and a decision on a fix each have a moment of their own; while the
sweep does its work, none of them lies behind us for a minute.
"""

from datetime import datetime

from django.db import connection

from tasks.actions.follow_ups import LATER, ask
from tasks.actions.sweep import look_after
from tasks.models import FollowUp

# the second: never put, and asleep for longer than one that failed is
_QUESTIONS = """
(SELECT id FROM tasks_followup WHERE next_due_at <= %(late)s ORDER BY next_due_at LIMIT %(most)s)
UNION
(SELECT id FROM tasks_followup
 WHERE asked = 0 AND answer = '' AND asks_at <= %(late)s AND next_due_at > %(awake)s
 ORDER BY asks_at LIMIT %(most)s)
"""
# `<> 'decided'` says nothing new, it names the index
_DECISIONS = """
SELECT task.number FROM tasks_verification AS verification
JOIN tasks_task AS task ON task.number = verification.task_id
WHERE verification.state <> 'decided' AND verification.state = 'person'
  AND verification.next_look_at <= %(late)s
  AND task.state = 'verifying' AND task.attempts = 0
ORDER BY verification.next_look_at LIMIT %(most)s
"""


def ask_unasked(*, now: datetime, late: datetime, most: int) -> tuple[int, int]:
    """Questions whose day lies before `late`: how many, and how many were put now."""
    ids = _ids(_QUESTIONS, late=late, awake=now + LATER, most=most)
    if not ids:
        return 0, 0
    sleepers = FollowUp.objects.filter(pk__in=ids, next_due_at__gt=now)
    sleepers.update(next_due_at=now)
    return len(ids), ask(FollowUp.objects.filter(pk__in=ids), now=now)


def ask_above(*, now: datetime, late: datetime, most: int) -> tuple[int, int]:
    """Decisions nobody made by `late`, nor anybody above was asked for: how many, and of how many
    somebody is asked now."""
    numbers = _ids(_DECISIONS, late=late, most=most)
    return len(numbers), sum(look_after(number=number, now=now) for number in numbers)


def _ids(query: str, **values: datetime | int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [row[0] for row in cursor.fetchall()]
