"""Celery jobs: they carry no truth, they only say "look now". `engine` runs the same calls."""

from threading import BoundedSemaphore

from celery import shared_task

from cx_loop import clock
from cx_loop.actions import heartbeats, source_notices
from cx_loop.actions.exclusive import past_is_lived
from cx_loop.actions.importance import weigh_journeys
from cx_loop.actions.voice import listen as hear
from cx_loop.actions.voice_learning import learn_from_scores
from cx_loop.events import file_due
from cx_loop.ingest import partitions
from cx_loop.ingest.asking import ask_due
from cx_loop.ingest.files.work import work_on_files
from cx_loop.ingest.fold import fold as fold_rollups
from cx_loop.ingest.responses import map_due
from cx_loop.messaging import outbox

# of one process: otherwise receivers that hang would take all threads of a worker, and deadlines
# would wait for them
_senders = BoundedSemaphore(2)


@shared_task(name="cx_loop.jobs.deliver")
def deliver() -> None:
    """Send the messages that are due."""
    if not _senders.acquire(blocking=False):
        return  # those who are at it go on with what is due
    try:
        now = clock.now()
        heartbeats.keep(name="deliver", now=now, handled=outbox.deliver(now))
    finally:
        _senders.release()


@shared_task(name="cx_loop.jobs.fold")
def fold() -> None:
    """Fold what ended two hours ago into hours and days."""
    if not past_is_lived():
        fold_rollups(now=clock.now())


@shared_task(name="cx_loop.jobs.map_deliveries")
def map_deliveries() -> None:
    """Make observations of what survey tools delivered."""
    if not past_is_lived():
        now = clock.now()
        heartbeats.keep(name="map", now=now, handled=map_due(now=now))


@shared_task(name="cx_loop.jobs.count_files")
def count_files() -> None:
    """Go on with files that were handed in; what is left is another job's."""
    if not past_is_lived():
        now = clock.now()
        handled = work_on_files(now=now)
        heartbeats.keep(name="files", now=now, handled=handled)
        if handled:
            file_due.send_robust(sender=count_files)


@shared_task(name="cx_loop.jobs.ask_tools")
def ask_tools() -> None:
    """Ask survey tools for answers they only spoke of."""
    if not past_is_lived():
        ask_due(now=clock.now())


@shared_task(name="cx_loop.jobs.watch_sources")
def watch_sources() -> None:
    """Tell admins of sources that fell silent or cannot be read."""
    if not past_is_lived():
        source_notices.watch_sources(now=clock.now())


@shared_task(name="cx_loop.jobs.prepare_partitions")
def prepare_partitions() -> None:
    """Make the partitions of the coming months."""
    partitions.ensure_ahead(clock.now())


@shared_task(name="cx_loop.jobs.listen")
def listen() -> None:
    """Listen to the comments nobody has listened to."""
    if not past_is_lived():
        hear(now=clock.now())


@shared_task(name="cx_loop.jobs.learn")
def learn() -> None:
    """Learn from scored comments how the others are meant."""
    if not past_is_lived():
        learn_from_scores(now=clock.now())


@shared_task(name="cx_loop.jobs.weigh")
def weigh() -> None:
    """Work out what drives each journey."""
    if not past_is_lived():
        weigh_journeys(now=clock.now())
