"""Statements of the hot paths: the server parses and plans them once a connection.

Django's own cursor sends a query as text with its values in it, so each is parsed and planned
anew; for a drain of one series that alone was most of PostgreSQL's time (decision 0010).
A statement is prepared under its text and the types of its values. So the text never varies, and
a list goes as one string (`array`, `rows`) with the cast in the statement; otherwise psycopg
would choose `int2[]` one time and `int4[]` the next, and each would be planned for itself.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import Field, JSONField, Model
from psycopg import Cursor, RawCursor
from psycopg.pq import TransactionStatus

_encode = msgspec.json.encode

Rows = list[tuple[Any, ...]]


class Asked:
    """A statement on its way: without an answer until it has travelled."""

    def __init__(self, statement: str, values: Any, kind: type[Cursor[Any]] = Cursor) -> None:
        self.statement, self.values, self.kind = statement, values, kind
        self._found: Rows | None = None

    def rows(self) -> Rows:
        """In the types the ORM gives, but jsonb as text."""
        if self._found is None:
            _travel(self)
        assert self._found is not None
        return self._found

    def keep(self, cursor: Cursor[Any]) -> None:
        # not asked of `description`, which would describe every column first
        result = cursor.pgresult
        self._found = cursor.fetchall() if result is not None and result.nfields else []


_waiting: ContextVar[list[Asked] | None] = ContextVar("waiting", default=None)


def ask(statement: str, values: Mapping[str, Any]) -> Rows:
    """Run a statement, prepared.

    Raises Django's database errors, and like Django's cursor refuses to go on in a transaction
    that is broken already.
    """
    return Asked(statement, values).rows()


def soon(statement: str, values: Any, kind: type[Cursor[Any]] = Cursor) -> Asked:
    """A statement whose answer is not needed yet, or never: see `in_few_trips`."""
    asked, waiting = Asked(statement, values, kind), _waiting.get()
    if waiting is None:
        asked.rows()
    else:
        waiting.append(asked)
    return asked


@contextmanager
def in_few_trips() -> Iterator[None]:
    """A transaction: what is asked `soon` travels with the next statement that is waited for, the
    last of it with the COMMIT.

    On the way to a task half of the time were statements that waited for each other's answers.
    Nothing is out of order: whatever is asked, by the ORM too, is asked after all before it. But
    an error shows up at a later statement, so who wants to go on after one does without this.
    """
    is_whole = not connection.in_atomic_block
    with transaction.atomic():
        token = _waiting.set([])
        try:
            with connection.execute_wrapper(_after_what_waits):
                yield
            if is_whole:
                soon("COMMIT", {})  # Django's own then finds nothing to end
            _send()
        finally:
            _waiting.reset(token)


def _after_what_waits(execute: Callable[..., Any], *asked: Any) -> Any:
    _send()
    return execute(*asked)


def _send() -> None:
    if waiting := _waiting.get():
        _travel(waiting.pop())


def _travel(last: Asked) -> None:
    """To the database and back, with all that waits."""
    # by its name once: each look through the proxy costs as much as the rest of this function
    of_django: Any = connections[DEFAULT_DB_ALIAS]
    of_django.ensure_connection()
    of_django.validate_no_broken_transaction()
    waiting, every = _waiting.get(), [last]
    if waiting:
        every = [*(each for each in waiting if each is not last), last]
        waiting.clear()
    if of_django.queries_logged:
        of_django.queries_log.extend({"sql": each.statement, "time": "0"} for each in every)
    server = of_django.connection
    # the first statement of a transaction travels with its BEGIN
    begins = waiting is not None and server.pgconn.transaction_status == TransactionStatus.IDLE
    with of_django.wrap_database_errors, ExitStack() as open_ones:
        cursors = [open_ones.enter_context(each.kind(server)) for each in every]
        with server.pipeline() if begins or len(every) > 1 else nullcontext():
            for each, cursor in zip(every, cursors, strict=True):
                cursor.execute(each.statement, each.values, prepare=True)
        for each, cursor in zip(every, cursors, strict=True):
            each.keep(cursor)


def columns_of(table: type[Model], name: str) -> str:
    """Every column of a table that the statement calls `name`, as `models_of` takes them."""
    return ", ".join(f'{name}."{field.column}"' for field in table._meta.concrete_fields)


def models_of(row: Sequence[Any], *tables: type[Model]) -> list[Any]:
    """The rows of tables that one row of an answer is made of; None for one that was not there."""
    made, at = list[Any](), 0
    for table in tables:
        fields = table._meta.concrete_fields
        values = [
            value if value is None or not isinstance(field, JSONField) else json.loads(value)
            for field, value in zip(fields, row[at : at + len(fields)], strict=True)
        ]
        at += len(fields)
        named = [field.attname for field in fields]
        there = values[named.index(table._meta.pk.attname)] is not None
        made.append(table.from_db(connection.alias, named, values) if there else None)
    return made


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


def insert(*made: Model, unless_there: bool = False) -> None:
    """Insert rows of any tables in one statement. One without a key is given it by the database,
    and does not learn it. No signals are sent; references are checked at the commit.

    `unless_there`: a row whose unique key is taken changes nothing.
    """
    kinds = tuple((type(row), row.pk is not None) for row in made)
    statement, places = _inserting(kinds, unless_there)
    # numbered places: named ones are taken apart anew where there are more than fifty
    values = [_word(field, getattr(made[place], field.attname)) for place, field in places]
    soon(statement, values, RawCursor)
    for row in made:
        row._state.adding, row._state.db = False, connection.alias


@lru_cache(maxsize=64)
def _inserting(
    tables: tuple[tuple[type[Model], bool], ...], unless_there: bool
) -> tuple[str, list[tuple[int, "Field[Any, Any]"]]]:
    """The statement, and for each value the row and the field it comes from."""
    parts, places = [], list[tuple[int, Any]]()
    instead = " ON CONFLICT DO NOTHING" if unless_there else ""
    for place, (table, with_key) in enumerate(tables):
        fields = [
            field for field in table._meta.concrete_fields if with_key or not field.primary_key
        ]
        columns = ", ".join(f'"{field.column}"' for field in fields)
        values = ", ".join(f"${len(places) + number}" for number in range(1, len(fields) + 1))
        parts.append(
            f"INSERT INTO {table._meta.db_table} ({columns}) VALUES ({values}){instead}"  # noqa: S608  names of our own tables
        )
        places += [(place, field) for field in fields]
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
