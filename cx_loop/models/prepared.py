"""Statements of the hot paths: the server parses and plans them once a connection.

Django's own cursor sends a query as text with its values in it, so each is parsed and planned
anew; for a drain of one series that alone was most of PostgreSQL's time (decision 0010).
A statement is prepared under its text and the types of its values. So the text never varies, and
a list goes as one string (`array`, `rows`) with the cast in the statement; otherwise psycopg
would choose `int2[]` one time and `int4[]` the next, and each would be planned for itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection
from psycopg import Cursor

_encode = msgspec.json.encode


def ask(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement, prepared; its rows, in the types the ORM gives (but jsonb as text).

    Raises Django's database errors, and like Django's cursor refuses to go on in a transaction
    that is broken already.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": "0"})
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        # not asked of `description`, which would describe every column first
        result = cursor.pgresult
        return cursor.fetchall() if result is not None and result.nfields else []


def array(values: Iterable[int]) -> str:
    """Whole numbers as the text of an array, for `%(name)s::bigint[]`."""
    return "{" + ",".join(map(str, values)) + "}"


def moments(values: Iterable[datetime]) -> str:
    """Aware datetimes as the text of an array, for `%(name)s::timestamptz[]`."""
    return "{" + ",".join([value.isoformat() for value in values]) + "}"


def rows(values: Sequence[Mapping[str, Any]]) -> str:
    """Rows by column as JSON, for `jsonb_to_recordset(%(name)s::jsonb)`: nulls, aware datetimes
    and nested values come through; floats come back bit by bit."""
    return _encode(values).decode()
