"""How fast callers may be: one caller by a count shared through the cache, all together by a bucket
in this process, and observations as fast as they are evaluated.

Without a cache nobody is slowed by their own count: a broker that died must not stop intake.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from cx_loop import clock
from cx_loop.actions.exclusive import past_is_lived
from cx_loop.api.problems import Problem
from cx_loop.models import ApiKey

log = logging.getLogger(__name__)

WINDOW = 10  # seconds
SHARE_EVERY = 1.0  # seconds between two looks at the count of a caller's other processes
PARTS = 50  # of a limit; so much of it at most is unknown to the other processes
MOST_CALLERS = 10_000  # remembered before idle ones are forgotten
LOOK_EVERY = 1.0  # seconds between two looks at how far evaluation lags
RETRY_WHEN_BEHIND = 10  # seconds


class PerCaller(BaseThrottle):
    """At most `settings.RATES[view.rate]` requests a window of a key, a person or an address,
    and at most `settings.RATES["all"]` of everybody in this process.

    Tells how much is left in the headers RateLimit and RateLimit-Policy
    (draft-ietf-httpapi-ratelimit-headers).
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        rate = getattr(view, "rate", "read")
        most: int = settings.RATES[rate]
        self.seconds: float = WINDOW
        if not everybody.take(settings.RATES["all"] / WINDOW, settings.RATES["all"]):
            self.seconds = 1
            return False
        left = tallies.left(f"rate:{rate}:{self._caller(request)}", most)
        if left is None:
            return True
        view.headers["RateLimit-Policy"] = f'"{rate}";q={most};w={WINDOW}'
        view.headers["RateLimit"] = f'"{rate}";r={max(0, left)};t={WINDOW}'
        return left >= 0

    def wait(self) -> float:
        return self.seconds

    def _caller(self, request: Request) -> str:
        if isinstance(request.auth, ApiKey):
            return f"key:{request.auth.pk}"
        return f"user:{request.user.pk}" if request.user.pk else self.get_ident(request)


class WhileEvaluationKeepsUp(BaseThrottle):
    """503 while the oldest mark waits longer than `settings.MAX_LAG` seconds (0: never).

    Otherwise alerts would come later and later while everything was still taken in.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        most: int = settings.MAX_LAG
        if not most or clock.is_set() or (behind := lag.seconds()) <= most:
            return True
        if past_is_lived():  # the demo loads: evaluation waits on purpose
            return True
        detail = f"Evaluation is {behind:.0f} s behind; send the same again later."
        headers = {"Retry-After": str(RETRY_WHEN_BEHIND)}
        raise Problem(503, "evaluation_behind", detail, headers)


@dataclass(slots=True)
class Tally:
    """Of one caller, in this process."""

    shared: int = 0  # requests in the window as of the last look at the cache
    own: int = 0  # admitted here since then, which no other process knows of
    looked_at: float = -math.inf
    lock: threading.Lock = field(default_factory=threading.Lock)


class Tallies:
    """Requests of each caller in the window, counted here, shared through the cache now and then.

    A round trip to the cache for every request would cost more than its authentication. So a
    process shares its count every SHARE_EVERY seconds and every `most // PARTS` requests, and
    before it refuses anybody. With k processes a caller may thereby get
    (k - 1) * (most // PARTS - 1) requests a window more than `most`, about 2 % for each process
    more; never fewer.
    """

    def __init__(self, time_of: Callable[[], float] = time.monotonic) -> None:
        self._time_of = time_of
        self._of: dict[str, Tally] = {}

    def left(self, name: str, most: int) -> int | None:
        """How many requests are left of `most` after this one, negative when it is one too many;
        None when there is no cache to count in."""
        tally = self._of.get(name)
        if tally is None:
            self._forget_the_idle()
            tally = self._of.setdefault(name, Tally())
        with tally.lock:
            now = self._time_of()
            count = tally.own + 1
            due = now - tally.looked_at >= SHARE_EVERY or count >= most // PARTS
            if due or tally.shared + count > most:
                # also when there is no cache: it is asked again in a while, not by every request
                tally.looked_at, tally.own = now, 0
                try:
                    tally.shared = _counted(name, count, most)
                except Exception:
                    log.warning("no cache: requests are not counted", exc_info=True)
                    tally.shared = 0
                    return None
            else:
                tally.own = count
            return most - tally.shared - tally.own

    def _forget_the_idle(self) -> None:
        if len(self._of) < MOST_CALLERS:
            return
        since = self._time_of() - WINDOW
        for name, tally in list(self._of.items()):
            if tally.looked_at < since:
                self._of.pop(name, None)


class Bucket:
    """A token bucket of this process, filled by the monotonic time."""

    def __init__(self, time_of: Callable[[], float] = time.monotonic) -> None:
        self._time_of, self._lock = time_of, threading.Lock()
        self._tokens, self._at = math.inf, time_of()

    def take(self, per_second: float, most: float) -> bool:
        """One token, when there is one."""
        with self._lock:
            now = self._time_of()
            self._tokens = min(most, self._tokens + (now - self._at) * per_second)
            self._at = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


class Lag:
    """How long the oldest mark has waited, looked at once in a second in each process."""

    def __init__(self, time_of: Callable[[], float] = time.monotonic) -> None:
        self._time_of, self._lock = time_of, threading.Lock()
        self._seconds, self._looked_at = 0.0, -math.inf

    def seconds(self) -> float:
        if self._time_of() - self._looked_at >= LOOK_EVERY and self._lock.acquire(blocking=False):
            try:
                self._looked_at = self._time_of()
                self._seconds = _oldest_mark()
            except Error:
                self._seconds = 0.0  # whoever stores will be told
            finally:
                self._lock.release()
        return self._seconds


everybody = Bucket()
lag = Lag()
tallies = Tallies()


def _oldest_mark() -> float:
    """Seconds; by the order of the marks, so a long queue is not read through."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp() - marked_at)::float8"
            " FROM cx_loop_dirtymark ORDER BY id LIMIT 1"
        )
        row = cursor.fetchone()
    return max(0.0, row[0]) if row else 0.0


def _counted(name: str, more: int, most: int) -> int:
    """The count of the window with `more` added; a window begins with the first request."""
    if cache.add(name, more, timeout=WINDOW):
        return more
    try:
        count = cache.incr(name, more)
    except ValueError:  # it expired in between
        return more
    if most < count <= most + more:
        # a counter that lost its expiry in a race would shut the caller out for ever
        cache.touch(name, WINDOW)
    return count
