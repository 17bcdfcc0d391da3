"""Jobs that need every package."""

from celery import shared_task

from config.demo.release import release_due
from config.retention import prune as prune_all
from cx_loop import clock


@shared_task(name="config.jobs.release_demo")
def release_demo() -> None:
    """Store the rows of the demo whose time has come."""
    release_due(now=clock.now())


@shared_task(name="config.jobs.prune")
def prune() -> None:
    """Delete what is older than it is kept."""
    prune_all(now=clock.now())
