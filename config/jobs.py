"""Jobs that need every package."""

from celery import shared_task

from config.demo.release import release_due
from cx_loop import clock


@shared_task(name="config.jobs.release_demo")
def release_demo() -> None:
    """Store the rows of the demo whose time has come."""
    release_due(now=clock.now())
