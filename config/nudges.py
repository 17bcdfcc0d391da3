"""After a commit, a word to the job that would find the row anyway.

A nudge may be lost without harm, so nothing it meets is an error of the one who nudges.
"""

import logging
from collections.abc import Collection
from datetime import datetime
from functools import cache as once
from time import monotonic
from typing import Any

from celery import Task as Job
from django.conf import settings
from django.core.cache import cache
from kombu.pools import producers

from alerts import jobs as alert_jobs
from alerts.actions.evaluate import drain
from config.celery import app
from config.evaluator import Evaluator
from cx_loop import clock
from cx_loop import jobs as cx_jobs

log = logging.getLogger(__name__)

SECOND = 1
_nudged: dict[str, float] = {}  # when this process nudged each job last
BESIDE_A_REQUEST = 50  # touched series that are evaluated in the process they were stored by


def evaluate_soon(sender: Any, series_ids: Collection[int], now: datetime, **said: Any) -> None:
    """Few series are evaluated at once; many, and what is left, by a job.

    While the past is lived neither takes a mark.
    """
    if clock.is_set():
        return
    if len(series_ids) > BESIDE_A_REQUEST:
        nudge(alert_jobs.evaluate)
    elif _beside is None:
        evaluate(series_ids, now)
    else:
        _beside.touched(series_ids, now)


def evaluate(series_ids: Collection[int], now: datetime) -> None:
    if drain(now=now, series_ids=series_ids).more:
        nudge(alert_jobs.evaluate)


_beside: Evaluator | None = None


def evaluate_beside_requests() -> None:
    """From now on a thread evaluates, together what several requests touched; elsewhere than in a
    web server it is done before the one who stored goes on."""
    global _beside
    _beside = _beside or Evaluator(evaluate)


def deliver_soon(sender: Any, **said: Any) -> None:
    if not clock.is_set():
        nudge(cx_jobs.deliver)


def map_soon(sender: Any, **said: Any) -> None:
    if not clock.is_set():
        nudge(cx_jobs.map_deliveries)


def files_soon(sender: Any, **said: Any) -> None:
    if not clock.is_set():
        nudge(cx_jobs.count_files)


@once
def senders() -> Any:
    """Producers on connections that are tried once. Celery's own are tried for 6 s, which a request
    must not wait; and a worker must, otherwise it ends with its broker."""
    return producers[app.connection_for_write(transport_options={"max_retries": 0})]


def nudge(job: Job) -> None:
    """Send a job once in a while, however often it is asked for; without a broker not at all."""
    if not settings.BROKER_URL:
        return
    # a second is what the cache keeps it for: within it, asking the cache would change nothing
    now = monotonic()
    if now - _nudged.get(job.name, -SECOND) < SECOND:
        return
    _nudged[job.name] = now
    try:
        if cache.add(f"nudged:{job.name}", 1, timeout=SECOND):
            # by name through our app: a job knows only the app of a worker, and here is none
            with senders().acquire(block=True) as producer:
                app.send_task(job.name, expires=30, retry=False, producer=producer)
    except Exception:
        log.warning("%s was not nudged; the sweep finds the work", job.name, exc_info=True)
