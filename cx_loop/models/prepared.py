"""Statements of the hot paths: the server parses and plans them once a connection.

Django's own cursor sends a query as text with its values in it, so each is parsed and planned
anew; for a drain of one series that alone was most of PostgreSQL's time (decision 0010).
A statement is prepared under its text and the types of its values. So the text never varies, and
a list goes as one string (`array`, `rows`) with the cast in the statement; otherwise psycopg
would choose `int2[]` one time and `int4[]` the next, and each would be planned for itself.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Field, JSONField, Model
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


_NEXT = "SELECT nextval(pg_get_serial_sequence(%(table)s, %(column)s))"


def next_key(table: type[Model]) -> int:
    """The key of a row to be made: so rows that point at it can be made with it, at once."""
    meta = table._meta
    assert meta.pk is not None
    found: int = ask(_NEXT, {"table": meta.db_table, "column": meta.pk.column})[0][0]
    return found


def insert(*made: Model) -> None:
    """Insert rows of any tables in one statement. One without a key is given it by the database,
    and does not learn it. No signals are sent; references are checked at the commit."""
    statement, places = _inserting(tuple((type(row), row.pk is not None) for row in made))
    ask(
        statement,
        {name: _word(field, getattr(made[place], field.attname)) for name, place, field in places},
    )
    for row in made:
        row._state.adding, row._state.db = False, connection.alias


@lru_cache(maxsize=64)
def _inserting(
    tables: tuple[tuple[type[Model], bool], ...],
) -> tuple[str, list[tuple[str, int, "Field[Any, Any]"]]]:
    """The statement, and for each value its name, the row and the field it comes from."""
    parts, places = [], []
    for place, (table, with_key) in enumerate(tables):
        fields = [
            field for field in table._meta.concrete_fields if with_key or not field.primary_key
        ]
        names = [f"v{place}_{number}" for number in range(len(fields))]
        columns = ", ".join(f'"{field.column}"' for field in fields)
        values = ", ".join(f"%({name})s" for name in names)
        parts.append(f"INSERT INTO {table._meta.db_table} ({columns}) VALUES ({values})")  # noqa: S608  names of our own tables
        places += [(name, place, field) for name, field in zip(names, fields, strict=True)]
    *first, last = parts
    shared = ", ".join(f"r{place} AS ({part})" for place, part in enumerate(first))
    return (f"WITH {shared} {last}" if first else last), places


def _word(field: "Field[Any, Any]", value: Any) -> str | None:
    """A value as text, which takes the type of its column; otherwise a small number and a large
    one would be two statements."""
    if value is None:
        return None
    if isinstance(field, JSONField):
        return json.dumps(value, cls=field.encoder)
    return value.isoformat() if isinstance(value, datetime) else str(value)
