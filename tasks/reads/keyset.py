"""A page of the queue, put together from the ends of indexes.

A reader's tasks are those of some departments and those of some persons. Each department, person
and severity is a stretch of an index that is in the order of the queue already; the first rows of
every stretch are taken and merged. So a page costs the same at any depth and in any crowd.

Everything is told by few texts of SQL with named values, so the server plans each once a
connection (`cx_loop/models/prepared.py`). `task` is the row in all of them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models.expressions import RawSQL

from cx_loop.models.prepared import ask

Values = dict[str, Any]

# the reader's axis and the severity are constants within, so the index gives the rows in order
_STRETCH = """
SELECT {rank} AS rank, picked.*
FROM unnest(%({ids})s::bigint[]) AS axis(id), unnest(%({grades})s::smallint[]) AS grade(severity),
LATERAL (
    SELECT severity, due_at, number FROM tasks_task AS task
    WHERE task.{axis}_id = axis.id AND task.severity = grade.severity AND {where}
    ORDER BY {order} LIMIT {limit}
) AS picked
"""
_MERGED = """
SELECT * FROM ({rows}) AS merged ORDER BY rank, {order} LIMIT {limit}
"""
# without the severity in it: compared whole, the index would be read from its beginning
_BEYOND = "(task.due_at, task.number) > (%(last_due)s::timestamptz, %(last_number)s::bigint)"
_OLDER = "task.number < %(last_number)s::bigint"
_NUMBERS = (
    "SELECT task.number FROM tasks_task AS task WHERE task.{axis}_id = ANY(%({ids})s::bigint[])"
)
_COUNTED = "SELECT '{tab}', count(*) FROM (SELECT FROM ({rows}) AS met LIMIT {limit}) AS counted"
_NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Stretches:
    """Tasks in one department, or of one person, each.

    `axis` is the column without its `_id`, `ids` the name of the value that lists its keys, and
    `where` the conditions on `task`.
    """

    axis: str
    ids: str
    where: tuple[str, ...]

    def only(self, *conditions: str) -> "Stretches":
        return replace(self, where=(*self.where, *conditions))

    @property
    def numbers(self) -> str:
        return " AND ".join([_NUMBERS.format(axis=self.axis, ids=self.ids), *self.where])


@dataclass(frozen=True, slots=True)
class Order:
    """How the rows of a lane follow each other.

    `beyond`: what comes after the last row; `by_grade`: within its severity, and the later
    severities come after it as a whole.
    """

    columns: str
    beyond: str
    by_grade: bool = False

    def of(self, name: str) -> str:
        """The columns of the rows that a statement calls `name`."""
        return ", ".join(f"{name}.{column}" for column in self.columns.split(", "))


URGENT = Order("severity, due_at, number", _BEYOND, by_grade=True)
DUE = Order("due_at, number", _BEYOND)
NEWEST = Order("number DESC", _OLDER)


@dataclass(frozen=True, slots=True)
class Lane:
    """Stretches that are shown before those of the next lane. `passed`: some rows were already."""

    sources: Sequence[Stretches]
    passed: bool = False


def first_of(lanes: Sequence[Lane], limit: int, order: Order = URGENT) -> str:
    """The first tasks of all lanes, as rows of (rank, severity, due_at, number), in order.

    The values beside those of the sources: `grades`, and of lanes that were passed partly
    `this_grade`, `later_grades`, `last_due` and `last_number`.
    """
    parts = []
    for rank, lane in enumerate(lanes):
        for source in lane.sources:
            parts += [
                _stretch(each, rank, grades, limit, order)
                for each, grades in _still_to_come(source, lane.passed, order)
            ]
    rows = " UNION ALL ".join(f"({part})" for part in parts)
    return _MERGED.format(rows=rows, limit=limit, order=order.columns)


def _still_to_come(
    source: Stretches, passed: bool, order: Order
) -> Iterator[tuple[Stretches, str]]:
    """Each with the name of the value that lists its severities."""
    if not passed:
        yield source, "grades"
    elif order.by_grade:
        yield source.only(order.beyond), "this_grade"
        yield source, "later_grades"
    else:
        yield source.only(order.beyond), "grades"


def _stretch(source: Stretches, rank: int, grades: str, limit: int, order: Order) -> str:
    return _STRETCH.format(
        rank=rank,
        ids=source.ids,
        grades=grades,
        axis=source.axis,
        where=" AND ".join(source.where),
        limit=limit,
        order=order.columns,
    )


def counts_of(
    tabs: Mapping[str, Sequence[Stretches]], values: Values, limit: int
) -> dict[str, int]:
    """How many tasks there are in each tab, counted up to the limit: one statement for all."""
    asked = []
    for tab, sources in tabs.items():
        rows = " UNION ALL ".join(f"({each.numbers} LIMIT {limit})" for each in sources)
        asked.append(_COUNTED.format(tab=tab, rows=rows, limit=limit))
    return dict(ask(" UNION ALL ".join(asked), values))


def all_of(sources: Sequence[Stretches], values: Values) -> RawSQL:
    """The numbers of all tasks of the sources, for a query of the ORM."""
    return as_query(" UNION ALL ".join(f"({each.numbers})" for each in sources), values)


def as_query(statement: str, values: Values) -> RawSQL:
    """A statement with named values as a part of a query of the ORM."""
    order = _NAMED.findall(statement)
    return RawSQL(_NAMED.sub("%s", statement), [values[name] for name in order])  # noqa: S611  our own text
