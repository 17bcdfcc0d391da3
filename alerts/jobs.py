"""What Celery runs. A message carries no truth, it only says "look now"."""

from celery import shared_task

from alerts.actions.evaluate import drain_all
from cx_loop import clock
from cx_loop.actions.heartbeat import beat


@shared_task
def evaluate() -> int:
    """Evaluate everything due."""
    with beat("evaluate") as told:
        told.handled = drain_all(now=clock.now())
    return told.handled
