"""What Celery runs. A message carries no truth, it only says "look now"."""

from celery import shared_task

from cx_loop import clock
from cx_loop.actions import heartbeats
from cx_loop.actions.exclusive import past_is_lived
from tasks.actions.audit import audit_due
from tasks.actions.recovery import push_late, seek
from tasks.actions.sweep import AT_ONCE
from tasks.actions.sweep import sweep as sweep_tasks

MOST_ROUNDS = 10  # in one job, which must end well within its limit of time


@shared_task(name="tasks.jobs.sweep")
def sweep() -> None:
    """Open, escalate and verify what is due."""
    for _ in range(MOST_ROUNDS if not past_is_lived() else 0):
        now = clock.now()
        handled = sweep_tasks(now=now)
        heartbeats.keep(name="sweep", now=now, handled=handled)
        if handled < AT_ONCE:
            break


@shared_task(name="tasks.jobs.audit")
def audit() -> None:
    """Look at what must always hold, and heal it."""
    if not past_is_lived():
        audit_due(now=clock.now())


@shared_task(name="tasks.jobs.recover")
def recover() -> None:
    """Put customers who complained on the lists, and push up whoever waits too long."""
    if not past_is_lived():
        now = clock.now()
        seek(now=now)
        push_late(now=now)
