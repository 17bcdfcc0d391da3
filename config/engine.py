"""Everything due, in order: map what survey tools delivered, evaluate, sweep the tasks, deliver.

PostgreSQL is all it needs.

`manage.py engine`, Celery's jobs and the nudges after a commit call these same functions.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import OperationalError

from alerts.actions.evaluate import drain_all
from config.demo.release import release_due
from config.retention import prune
from cx_loop import clock
from cx_loop.actions import heartbeats
from cx_loop.actions.exclusive import past_is_lived
from cx_loop.actions.importance import weigh_journeys
from cx_loop.actions.source_notices import watch_sources
from cx_loop.actions.voice import listen
from cx_loop.actions.voice_learning import learn_from_scores
from cx_loop.ingest import partitions
from cx_loop.ingest.asking import ask_due
from cx_loop.ingest.files.work import work_on_files
from cx_loop.ingest.fold import fold
from cx_loop.ingest.responses import map_due
from cx_loop.messaging.outbox import deliver
from tasks.actions.audit import audit_due
from tasks.actions.recovery import push_late, seek
from tasks.actions.sweep import sweep

A_DAY = timedelta(days=1)
# what a process that has no timetable does at its start and then every so often
NOW_AND_THEN: dict[str, tuple[timedelta, Callable[..., object]]] = {
    "watch sources": (timedelta(minutes=10), watch_sources),
    "prune": (A_DAY, prune),
    "weigh": (A_DAY, weigh_journeys),
    "learn": (A_DAY, learn_from_scores),
}
_done_at: dict[str, datetime] = {}


def do_everything_due(*, now: datetime, deliver_too: bool = True) -> dict[str, int]:
    """One pass. Returns how much each part handled; all 0: nothing is left that is due.

    `deliver_too`: not where a thread of its own delivers. A part that fails keeps no other from
    its turn, otherwise deadlines would wait for a survey tool; all that failed is raised at the
    end, as one ExceptionGroup.
    """
    if past_is_lived():
        return {}
    parts: dict[str, Callable[[], int]] = {
        "map": lambda: map_due(now=now),
        "files": lambda: work_on_files(now=now),
        "evaluate": lambda: drain_all(now=now),
        "sweep": lambda: sweep(now=now),
    }
    if deliver_too:
        parts["deliver"] = lambda: deliver(now)
        parts["ask"] = lambda: 0 if clock.is_set() else ask_due(now=now)
    handled, failed = dict[str, int](), list[Exception]()
    for name, part in parts.items():
        with _kept_apart(failed):
            handled[name] = part()
            heartbeats.keep(name=name, now=now, handled=handled[name])
    for work in (listen, seek, push_late, audit_due, fold, release_due, *_due_now_and_then(now)):
        with _kept_apart(failed):
            work(now=now)
    with _kept_apart(failed):
        partitions.ensure_ahead(now)
    if failed:
        raise ExceptionGroup("parts of the sweep failed", failed)
    return handled


@contextmanager
def _kept_apart(failed: list[Exception]) -> Iterator[None]:
    """Without the database nothing else can go on either."""
    try:
        yield
    except OperationalError:
        raise
    except Exception as problem:
        failed.append(problem)


def _due_now_and_then(now: datetime) -> list[Callable[..., object]]:
    """Never in virtual time. Remembered by the process itself: a broker may be away."""
    due = [
        name
        for name, (every, _) in NOW_AND_THEN.items()
        if not clock.is_set() and (name not in _done_at or now - _done_at[name] >= every)
    ]
    _done_at.update(dict.fromkeys(due, now))
    return [NOW_AND_THEN[name][1] for name in due]
