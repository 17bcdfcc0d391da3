"""Everything due, in order: map what survey tools delivered, evaluate, sweep the tasks, deliver.

PostgreSQL is all it needs.

`manage.py engine`, Celery's jobs and the nudges after a commit call these same functions.
"""

from collections.abc import Callable
from datetime import datetime

from alerts.actions.evaluate import drain_all
from config.demo.release import release_due
from config.retention import prune_daily
from cx_loop import clock
from cx_loop.actions import heartbeats
from cx_loop.actions.exclusive import past_is_lived
from cx_loop.actions.importance import weigh_daily
from cx_loop.actions.source_notices import watch_now_and_then
from cx_loop.actions.voice import listen
from cx_loop.actions.voice_learning import learn_daily
from cx_loop.ingest import partitions
from cx_loop.ingest.asking import ask_due
from cx_loop.ingest.files.work import work_on_files
from cx_loop.ingest.fold import fold
from cx_loop.ingest.responses import map_due
from cx_loop.messaging.outbox import deliver
from tasks.actions.audit import audit_due
from tasks.actions.recovery import push_late, seek
from tasks.actions.sweep import sweep


def do_everything_due(*, now: datetime, deliver_too: bool = True) -> dict[str, int]:
    """One pass. Returns how much each part handled; all 0: nothing is left that is due.

    `deliver_too`: not where a thread of its own delivers.
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
    handled = {}
    for name, part in parts.items():
        handled[name] = part()
        heartbeats.keep(name=name, now=now, handled=handled[name])
    listen(now=now)
    seek(now=now)
    push_late(now=now)
    audit_due(now=now)
    watch_now_and_then(now=now)
    fold(now=now)
    partitions.ensure_ahead(now)
    release_due(now=now)
    prune_daily(now=now)
    weigh_daily(now=now)
    learn_daily(now=now)
    return handled
