"""The broker as we ask it ourselves: whoever asks goes on without an answer rather than wait."""

from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

# the driver's own default tries four times and waits seconds in between. Without a broker every
# question would: deadlines passed while the engine asked whether it had nudged the sender yet
AT_ONCE: dict[str, Any] = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
    "retry": Retry(NoBackoff(), 1),  # a connection of before the broker's restart is made anew
}


def broker_client() -> "redis.Redis":
    """A client of it; ValueError where CX_BROKER_URL names another kind of broker."""
    return redis.Redis.from_url(settings.BROKER_URL, **AT_ONCE)
