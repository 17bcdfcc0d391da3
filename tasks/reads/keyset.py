"""A page of the queue, put together from the ends of indexes.

A reader's tasks are those of some departments and those of some persons. Each department, person
and severity is a stretch of an index that is in the order of the queue already; the first rows of
every stretch are taken and merged. So a page costs the same at any depth and in any crowd.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from alerts.models import Severity
from tasks.models import Task

ORDER = ("severity", "due_at", "number")

# the reader's axis and the severity are constants within, so the index gives the rows in order
_STRETCH = """
SELECT picked.* FROM unnest(%s::bigint[]) AS axis(id), unnest(%s::smallint[]) AS grade(severity),
LATERAL ({rows}) AS picked
"""
_CAPPED = "SELECT %s, count(*) FROM ({rows} LIMIT %s) AS capped"
_COUNTED = "SELECT number FROM tasks_task WHERE false"
_MERGED = "SELECT number FROM ({stretches}) AS merged ORDER BY severity, due_at, number LIMIT %s"


@dataclass(frozen=True, slots=True)
class Stretches:
    """Tasks in one department, or of one person, each: `axis` is the column, `ids` its values."""

    tasks: QuerySet[Task]
    axis: str
    ids: Sequence[int]


Beginning = tuple[int, datetime, int]  # severity, due_at and number of the last row that was shown


def first_of(sources: Sequence[Stretches], limit: int, after: Beginning | None) -> list[int]:
    """Numbers of the first tasks of all sources together; no task may be in two of them."""
    parts: list[str] = []
    values: list[Any] = []
    for source in sources:
        for grades, beyond in _remaining(after):
            if source.ids and grades:
                statement, given = _stretch(source, grades, beyond, limit)
                parts.append(f"({statement})")
                values += given
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_MERGED.format(stretches=" UNION ALL ".join(parts)), [*values, limit])
        return [row[0] for row in cursor.fetchall()]


def _remaining(after: Beginning | None) -> list[tuple[list[int], tuple[datetime, int] | None]]:
    """The severities still to be read; of the first one only what lies beyond the last row."""
    if after is None:
        return [(list(Severity.values), None)]
    severity, due_at, number = after
    later = [grade for grade in Severity.values if grade > severity]
    return [([severity], (due_at, number)), (later, None)]


def counts_of(tabs: Mapping[str, Sequence[Stretches]], limit: int) -> dict[str, int]:
    """How many tasks there are in each tab, counted up to the limit: one query for all."""
    asked: list[str] = []
    values: list[Any] = []
    for tab, sources in tabs.items():
        parts = [_COUNTED]  # of an empty list too
        given: list[Any] = []
        for source in sources:
            within = source.tasks.filter(**{f"{source.axis}__in": source.ids})
            with suppress(EmptyResultSet):
                rows, said = within.order_by().values("pk")[:limit].query.sql_with_params()
                parts.append(f"({rows})")
                given += said
        asked.append(_CAPPED.format(rows=" UNION ALL ".join(parts)))
        values += [tab, *given, limit]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"({each})" for each in asked), values)
        return dict(cursor.fetchall())


def _stretch(
    source: Stretches, grades: list[int], beyond: tuple[datetime, int] | None, limit: int
) -> tuple[str, list[Any]]:
    within = source.tasks.order_by(*ORDER).values_list(*ORDER)
    within = within.extra(  # noqa: S610  names of our own columns
        where=[f"tasks_task.{source.axis}_id = axis.id", "tasks_task.severity = grade.severity"]
    )
    if beyond is not None:
        # without the severity in it: compared whole, the index would be read from its beginning
        place = "(tasks_task.due_at, tasks_task.number) > (%s, %s)"
        within = within.extra(where=[place], params=list(beyond))  # noqa: S610
    rows, values = within[:limit].query.sql_with_params()
    return _STRETCH.format(rows=rows), [list(source.ids), grades, *values]
