"""What a request with a key asks the database first: the key, the source it writes to, the time
and the token of the catalog, in one prepared statement.

Asked one by one, through the ORM, these cost more than storing the observation.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from psycopg import Cursor
from rest_framework.request import Request

from cx_loop import clock
from cx_loop.actions.keys import DEFAULT_SOURCE
from cx_loop.models import ApiKey, Source

_OF_KEY = [field.attname for field in ApiKey._meta.concrete_fields]
_OF_SOURCE = ["id", "key", "tool", "disabled_at", "retired_at"]


def _columns(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


_LOOK = f"""
SELECT clock_timestamp(), (SELECT token FROM cx_loop_catalogstate ORDER BY id LIMIT 1),
       {_columns("apikey", _OF_KEY)}, {_columns("source", _OF_SOURCE)}
FROM cx_loop_apikey AS apikey
LEFT JOIN cx_loop_source AS source ON source.id =
    coalesce(apikey.source_id, (SELECT id FROM cx_loop_source WHERE key = '{DEFAULT_SOURCE}'))
WHERE apikey.prefix = %s
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Look:
    """What was found. `now` is the time of the database, or the one that was set."""

    now: datetime
    token: uuid.UUID | None  # of the catalog
    key: ApiKey
    source: Source | None  # the key's, else the default one if it was made already


def look(prefix: str) -> Look | None:
    """None when no key has this prefix."""
    row = _row(prefix)
    if row is None:
        return None
    asked_at, token = row[:2]
    key, source = _made_of(prefix, row[2:])
    return Look(clock.now() if clock.is_set() else asked_at, token, key, source)


_MOST_KEYS = 10_000
_made: dict[str, tuple[tuple[Any, ...], tuple[ApiKey, Source | None]]] = {}


def _made_of(prefix: str, row: tuple[Any, ...]) -> tuple[ApiKey, Source | None]:
    """The row as models; as made before where nothing of it has changed, since a key that sends
    sends often. Requests share them, and only read them."""
    known, made = _made.get(prefix, (None, None))
    if made is None or known != row:
        if len(_made) >= _MOST_KEYS:
            _made.clear()
        _made[prefix] = row, (made := _models_of(row))
    return made


def _models_of(row: tuple[Any, ...]) -> tuple[ApiKey, Source | None]:
    of_key, of_source = row[: len(_OF_KEY)], row[len(_OF_KEY) :]
    key = ApiKey.from_db(DEFAULT_DB_ALIAS, _OF_KEY, of_key)
    source = None
    if of_source[0] is not None:
        source = Source.from_db(DEFAULT_DB_ALIAS, _OF_SOURCE, of_source)
    if key.source_id is not None:
        key.source = source
    return key, source


def look_of(request: Request) -> Look | None:
    """What this request's key found; None for a person's request."""
    found: Look | None = getattr(request, "look", None)
    return found


def time_of(request: Request) -> datetime:
    """When the request came."""
    found = look_of(request)
    return found.now if found else clock.now()


def _row(prefix: str) -> tuple[Any, ...] | None:
    of_django: Any = connections[DEFAULT_DB_ALIAS]
    # Django would now ask SELECT 1; our own question finds out as much
    unsure = of_django.health_check_enabled and not of_django.health_check_done
    if not unsure or of_django.in_atomic_block:
        return _asked(prefix)
    try:
        row = _asked(prefix)
    except OperationalError:
        # a connection the server has closed meanwhile; only what reads may be asked twice
        of_django.close()
        row = _asked(prefix)
    of_django.health_check_done = True
    return row


def _asked(prefix: str) -> tuple[Any, ...] | None:
    of_django: Any = connections[DEFAULT_DB_ALIAS]
    of_django.ensure_connection()
    with of_django.wrap_database_errors, Cursor(of_django.connection) as cursor:
        cursor.execute(_LOOK, [prefix], prepare=True, binary=True)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row
