"""What Celery runs. A message carries no truth, it only says "look now"."""

from celery import shared_task

from alerts.actions.evaluate import drain_all
from cx_loop import clock
from cx_loop.actions import heartbeats
from cx_loop.actions.exclusive import past_is_lived


@shared_task(name="alerts.jobs.evaluate")
def evaluate() -> None:
    """Evaluate everything due."""
    if not past_is_lived():
        now = clock.now()
        heartbeats.keep(name="evaluate", now=now, handled=drain_all(now=now))
