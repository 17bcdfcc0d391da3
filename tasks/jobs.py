"""What Celery runs. A message carries no truth, it only says "look now"."""

from celery import shared_task

from cx_loop import clock
from cx_loop.actions.heartbeat import beat
from tasks.actions.sweep import sweep as sweep_tasks


@shared_task
def sweep() -> int:
    """Escalate, verify and open what is due."""
    with beat("sweep") as told:
        told.handled = sweep_tasks(now=clock.now())
    return int(told.handled)
