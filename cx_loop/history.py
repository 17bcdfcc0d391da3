"""Long stretches of rollups of many groups at once, as timelines: what a rule is tried on.

Two hundred groups over ninety days of hours are two million rows. The database packs each column
of a series into one array, which numpy reads as it stands: rows, as text or as a binary copy, took
five times as long, most of it in Python.
"""

from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import numpy as np
from django.db import connection
from psycopg import Cursor
from psycopg.pq import Format

from cx_loop.logic.timelines import Floats, Timeline
from cx_loop.models.fold import ROWS_OF_GRAIN

Key = TypeVar("Key", bound=Hashable)

# columns of a timeline's rows, in order, and how each stands in an array
_COLUMNS = {
    "bucket": ">i8",  # microseconds since 2000
    "bin": ">i2",
    "n": ">i4",
    "total": ">f8",
    "squares": ">f8",
    "exposure": ">f8",
}
_PACKED = f"""
SELECT series_id, array_send(array_agg(bucket)), array_send(array_agg(bin)),
       array_send(array_agg(n)), array_send(array_agg(total)), array_send(array_agg(squares)),
       array_send(array_agg(exposure))
FROM ({ROWS_OF_GRAIN}) AS row
GROUP BY series_id
"""  # noqa: S608
_HEAD = 20  # bytes of an array before its first element, which follows its own length
_LENGTH = ">i4"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC).timestamp()


def timelines_of(
    groups: Mapping[Key, Sequence[int]], start: datetime, end: datetime, grain: int
) -> dict[Key, Timeline]:
    """The timeline of each group of series over [start, end), of buckets of `grain` minutes (5 or
    60). Both ends on its multiples."""
    every = sorted({series_id for series in groups.values() for series_id in series})
    tables = {
        series_id: _table(columns) for series_id, *columns in _packed(every, start, end, grain)
    }
    nothing = np.empty((0, len(_COLUMNS)))
    return {
        key: Timeline.of(np.concatenate([nothing, *(tables.get(each, nothing) for each in series)]))
        for key, series in groups.items()
    }


def _packed(series_ids: list[int], start: datetime, end: datetime, grain: int) -> list[Any]:
    asked = {"series": series_ids, "grain": grain, "start": start, "end": end}
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.format = Format.BINARY
        return cursor.execute(_PACKED, asked).fetchall()


def _table(columns: Sequence[bytes]) -> Floats:
    """The rows of one series, as `Timeline.of` takes them."""
    found = np.column_stack(
        [
            np.frombuffer(packed, [("length", _LENGTH), ("value", kind)], offset=_HEAD)["value"]
            for packed, kind in zip(columns, _COLUMNS.values(), strict=True)
        ]
    ).astype(np.float64)
    found[:, 0] = found[:, 0] / 1e6 + _EPOCH
    return found
