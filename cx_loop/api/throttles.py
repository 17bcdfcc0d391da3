"""How fast one caller may be: a count a window in the cache; without a cache nobody is slowed."""

import logging
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from cx_loop.models import ApiKey

log = logging.getLogger(__name__)

WINDOW = 10  # seconds


class PerCaller(BaseThrottle):
    """At most `settings.RATES[view.rate]` requests a window of a key, a person or an address."""

    def allow_request(self, request: Request, view: Any) -> bool:
        rate = getattr(view, "rate", "read")
        name = f"rate:{rate}:{self._caller(request)}"
        most: int = settings.RATES[rate]
        try:
            count = _counted(name)
            if count == most + 1:
                # a counter that lost its expiry in a race would shut the caller out for ever
                cache.touch(name, WINDOW)
        except Exception:
            log.warning("no cache: requests are not counted", exc_info=True)
            return True
        return count <= most

    def wait(self) -> float:
        return WINDOW

    def _caller(self, request: Request) -> str:
        if isinstance(request.auth, ApiKey):
            return f"key:{request.auth.pk}"
        return f"user:{request.user.pk}" if request.user.pk else self.get_ident(request)


def _counted(name: str) -> int:
    if cache.add(name, 1, timeout=WINDOW):
        return 1
    try:
        return cache.incr(name)
    except ValueError:  # it expired in between
        return 1
