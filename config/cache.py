"""The cache in the broker, asked through one client a thread."""

from typing import Any

from django.core.cache.backends import redis

from cx_loop.broker import AT_ONCE


class KeptClient(redis.RedisCacheClient):
    """Django makes a client for every question, which takes ten times as long as the question; a
    client holds nothing but its pool of connections, so it can be kept."""

    def __init__(self, *servers: Any, **options: Any) -> None:
        super().__init__(*servers, **options)
        self._clients: dict[Any, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._clients:
            self._clients[write] = super().get_client(key, write=write)
        return self._clients[write]


class Cache(redis.RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": AT_ONCE | params.get("OPTIONS", {})})
        self._class = KeptClient
