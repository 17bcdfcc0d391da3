"""One thread of a web process that evaluates what its requests touched.

What stands alone is evaluated at once. What arrives while an evaluation runs is gathered for a
moment and evaluated together: a burst of single observations costs an evaluation every now and
then, not one each, and no two requests wait for each other's locks (decision 0015). When enough
has been gathered requests wait until it is taken, otherwise intake would take the processor away
from the evaluation of what it has stored, and alerts would come later and later.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection
from datetime import datetime

from django.db import Error, connection

log = logging.getLogger(__name__)

GATHER = 0.01  # seconds that are waited for more when something came during an evaluation
ENOUGH = 8  # series that are evaluated without waiting for more
LONGEST = 1.0  # seconds a request waits for those before it to be taken
IDLE = 60.0  # seconds after which a connection is looked at before it is used again

Evaluate = Callable[[Collection[int], datetime], None]


class Evaluator:
    """`touched` hands over series; `evaluate(series, now)` is called with them in a thread.

    Nothing here is kept: should the process die, or `evaluate` fail twice, the marks are in the
    database and the sweep takes them.
    """

    def __init__(self, evaluate: Evaluate, *, gather: float = GATHER) -> None:
        self._evaluate, self._gather = evaluate, gather
        self._some = threading.Condition()
        self._series: set[int] = set()
        self._now: datetime | None = None  # the newest of those who handed over
        self._thread: threading.Thread | None = None

    def touched(self, series_ids: Collection[int], now: datetime) -> None:
        """To be evaluated soon, as of `now` or a little later."""
        with self._some:
            self._series.update(series_ids)
            self._now = now if self._now is None else max(now, self._now)
            if self._thread is None or not self._thread.is_alive():
                # not before the first request: a thread does not live on in a forked process
                self._thread = threading.Thread(target=self._run, name="evaluator", daemon=True)
                self._thread.start()
            self._some.notify_all()
            # handed over before it waits, otherwise others might get ahead of it time and again
            self._some.wait_for(lambda: len(self._series) < ENOUGH, timeout=LONGEST)

    def _run(self) -> None:
        while True:
            series_ids, now = self._taken()
            self._evaluated(series_ids, now)

    def _taken(self) -> tuple[set[int], datetime]:
        began = time.monotonic()
        with self._some:
            if self._series:
                self._some.wait_for(lambda: len(self._series) >= ENOUGH, timeout=self._gather)
            self._some.wait_for(lambda: self._series)
            series_ids, now = self._series, self._now
            self._series, self._now = set(), None
            self._some.notify_all()
        if time.monotonic() - began > IDLE:
            connection.close_if_unusable_or_obsolete()
        assert now is not None
        return series_ids, now

    def _evaluated(self, series_ids: set[int], now: datetime) -> None:
        for attempt in ("first", "last"):
            try:
                self._evaluate(series_ids, now)
                return
            except Error:
                # a connection that the server has closed meanwhile; a drain is all or nothing
                log.warning("the %s try to evaluate failed", attempt, exc_info=True)
                connection.close()
            except Exception:
                log.exception("what was touched is not evaluated; the sweep will")
                return
