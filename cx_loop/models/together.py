"""Many like changes as few statements: written at the end of a block, asked for once in it.

A sweep does for each of its tasks what is done for one: a guarded update, a row of the trail, an
inbox row, a message. Inside `together()` the same calls gather these and the block ends with one
statement a table. Outside a block each is done at once, so no action has two versions.

What is gathered cannot be read back before the end of the block.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Field, Model

from cx_loop.models.prepared import ask, insert
from cx_loop.models.prepared import rows as as_rows

FEW = 4  # rows that are one prepared statement; each number of them is a statement of its own

_gathered: ContextVar["_Gathered | None"] = ContextVar("gathered", default=None)

Answer = TypeVar("Answer")
Fields = dict[str, Any]


class Outrun(Exception):
    """A row of a guarded update is not what it was read as."""


class _Gathered:
    def __init__(self) -> None:
        self.known: dict[Hashable, Any] = {}
        self.added: dict[tuple[type[Model], bool], list[Model]] = {}
        # table -> key -> (what it must still be, what it becomes)
        self.changed: dict[type[Model], dict[Any, tuple[Fields, Fields]]] = {}

    def write(self) -> None:
        for table, changes in self.changed.items():
            _update_all(table, changes)
        for (table, unless_there), rows in self.added.items():
            table._base_manager.bulk_create(rows, ignore_conflicts=unless_there)


@contextmanager
def together() -> Iterator[None]:
    """Gather what is done inside, in a transaction of its own, and write it at the end.

    Raises Outrun for a row that was changed meanwhile: lock rows before, otherwise one that is
    outrun costs the whole block.
    """
    with transaction.atomic():
        gathered = _Gathered()
        token = _gathered.set(gathered)
        try:
            yield
        finally:
            _gathered.reset(token)
        gathered.write()


def answered(about: Hashable, question: Callable[[], Answer]) -> Answer:
    """The answer to a question that comes again for the next row of a block; else asked anew."""
    gathered = _gathered.get()
    if gathered is None:
        return question()
    if about not in gathered.known:
        gathered.known[about] = question()
    found: Answer = gathered.known[about]
    return found


def known(about: Hashable, answer: Any) -> None:
    """Answer a question of this block before it is asked."""
    gathered = _gathered.get()
    if gathered is not None:
        gathered.known[about] = answer


def also_known(about: Hashable, more: Any) -> None:
    """Add to an answer that is a list, where it was given in this block."""
    gathered = _gathered.get()
    if gathered is not None and about in gathered.known:
        gathered.known[about].append(more)


def add(*rows: Model, unless_there: bool = False) -> None:
    """Insert rows of one table; `unless_there`: one whose unique key is taken changes nothing."""
    if not rows:
        return
    table, gathered = type(rows[0]), _gathered.get()
    if gathered is not None:
        gathered.added.setdefault((table, unless_there), []).extend(rows)
    elif unless_there and len(rows) <= FEW:
        insert(*rows, unless_there=True)
    elif unless_there or len(rows) > 1:
        table._base_manager.bulk_create(rows, ignore_conflicts=unless_there)
    else:
        rows[0].save(force_insert=True)


def change_row(row: Model, was: Fields, **becomes: Any) -> bool:
    """Update one row where it still is what it was (nothing of that null); whether it was.

    In a block that is found out at its end.
    """
    gathered = _gathered.get()
    if gathered is None:
        return bool(type(row)._base_manager.filter(pk=row.pk, **was).update(**becomes))
    changes = gathered.changed.setdefault(type(row), {})
    before, after = changes.get(row.pk, (was, {}))
    # a second change of a row meets what the first has made of it
    changes[row.pk] = (before, {**after, **becomes})
    return True


def _update_all(table: type[Model], changes: dict[Any, tuple[Fields, Fields]]) -> None:
    """One statement for the rows whose same columns change."""
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Fields]] = {}
    for key, (was, becomes) in changes.items():
        row = {"key": key}
        row |= {f"was_{name}": _plain(value) for name, value in was.items()}
        row |= {f"now_{name}": _plain(value) for name, value in becomes.items()}
        alike.setdefault((tuple(sorted(was)), tuple(sorted(becomes))), []).append(row)
    for (was_names, now_names), rows in alike.items():
        found = ask(_updating(table, was_names, now_names), {"rows": as_rows(rows)})
        if len(found) != len(rows):
            raise Outrun(f"{len(rows) - len(found)} of {len(rows)} rows of {table._meta.label}")


@lru_cache(maxsize=64)
def _updating(table: type[Model], was: tuple[str, ...], now: tuple[str, ...]) -> str:
    place, key = table._meta.db_table, table._meta.pk
    assert key is not None
    said = [f"key {_type(key)}"]
    said += [f"was_{name} {_type(_field(table, name))}" for name in was]
    said += [f"now_{name} {_type(_field(table, name))}" for name in now]
    sets = ", ".join(f"{_field(table, name).column} = said.now_{name}" for name in now)
    still = "".join(f" AND it.{_field(table, name).column} = said.was_{name}" for name in was)
    return (
        f"UPDATE {place} AS it SET {sets} "  # noqa: S608  names of our own tables
        f"FROM jsonb_to_recordset(%(rows)s::jsonb) AS said({', '.join(said)}) "
        f"WHERE it.{key.column} = said.key{still} RETURNING it.{key.column}"
    )


def _field(table: type[Model], name: str) -> "Field[Any, Any]":
    found = table._meta.get_field(name)
    assert isinstance(found, Field)
    return found


def _type(field: "Field[Any, Any]") -> str | None:
    return field.rel_db_type(connection) if field.primary_key else field.db_type(connection)


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value
