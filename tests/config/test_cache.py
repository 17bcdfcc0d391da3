"""The cache stands in the broker; without the broker it must fail rather than wait."""

import pytest
from django.conf import settings
from redis.exceptions import RedisError

from config.cache import Cache
from config.servers.postgres import free_port


def _waits(seconds: float = 0) -> None:
    raise AssertionError(f"it waits {seconds} s")


def test_without_a_broker_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redis.retry.sleep", _waits)
    gone = Cache(f"redis://127.0.0.1:{free_port()}/0", {})
    with pytest.raises(RedisError):
        gone.add("nudged", 1)


def test_a_connection_the_broker_has_closed_is_made_anew() -> None:
    if not settings.BROKER_URL:
        pytest.skip("no broker is installed")
    cache = Cache(settings.BROKER_URL, {"KEY_PREFIX": "test-cache"})
    cache.set("kept", 1)
    client = cache._cache.get_client()
    client.client_kill_filter(_type="normal", skipme=False)
    assert cache.get("kept") == 1
