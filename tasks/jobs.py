"""What Celery runs. A message carries no truth, it only says "look now"."""

from celery import shared_task

from cx_loop import clock
from cx_loop.actions import heartbeats
from cx_loop.actions.exclusive import past_is_lived
from tasks.actions.sweep import sweep as sweep_tasks


@shared_task(name="tasks.jobs.sweep")
def sweep() -> None:
    """Open, escalate and verify what is due."""
    if not past_is_lived():
        now = clock.now()
        heartbeats.keep(name="sweep", now=now, handled=sweep_tasks(now=now))
