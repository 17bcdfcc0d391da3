"""How often somebody may try a password: counted by account and address together."""

from hashlib import sha256

from django.core.cache import BaseCache, cache
from django.core.cache.backends.locmem import LocMemCache
from redis.exceptions import RedisError
from structlog import get_logger

LIMIT = 10
WINDOW = 15 * 60  # seconds

_log = get_logger()
# counts in this process while the shared cache is away: signing in must not need the broker
_fallback = LocMemCache("log-in", {})


def may_try(account: str, address: str) -> bool:
    key = _key(account, address)
    try:
        tries = cache.get(key, 0)
    except RedisError:
        tries = _fallback.get(key, 0)
    return int(tries) < LIMIT


def note_failure(account: str, address: str) -> None:
    key = _key(account, address)
    try:
        _count(cache, key)
    except RedisError:
        _log.warning("shared cache is away; log-ins are throttled per process")
        _count(_fallback, key)


def forget(account: str, address: str) -> None:
    key = _key(account, address)
    _fallback.delete(key)
    try:
        cache.delete(key)
    except RedisError:
        _log.warning("shared cache is away; failed log-ins stay counted")


def _key(account: str, address: str) -> str:
    told = f"{account.strip().lower()} {address}"
    return f"log-in:{sha256(told.encode()).hexdigest()}"


def _count(where: BaseCache, key: str) -> None:
    if not where.add(key, 1, WINDOW):
        try:
            where.incr(key)
        except ValueError:  # it ran out in between
            where.add(key, 1, WINDOW)
