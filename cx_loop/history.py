"""Long stretches of rollups of many groups at once, as timelines: what a rule is tried on.

Two hundred groups over ninety days are two million rows; as a binary copy they are read in a
fifth of the time it takes to make Python objects of them.
"""

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import numpy as np
from django.db import connection

from cx_loop.logic.timelines import Timeline

Key = TypeVar("Key", bound=Hashable)

# every column fixed in length and never null, so that all rows of the copy have one layout
_ROWS = """
COPY (
    SELECT series_id, extract(epoch FROM bucket)::float8, bin::integer, n, total, squares, exposure
    FROM cx_loop_rollup
    WHERE series_id = ANY(%s) AND grain = %s AND bucket >= %s AND bucket < %s AND n > 0
) TO STDOUT (FORMAT BINARY)
"""
_COLUMNS = {
    "series": ">i8",
    "bucket": ">f8",
    "bin": ">i4",
    "n": ">i4",
    "total": ">f8",
    "squares": ">f8",
    "exposure": ">f8",
}
# a row: count of fields, then each field after its length
_LAYOUT = np.dtype(
    [
        ("fields", ">i2"),
        *(
            part
            for name, kind in _COLUMNS.items()
            for part in ((f"length_{name}", ">i4"), (name, kind))
        ),
    ]
)
_HEAD, _TAIL = 19, 2  # bytes of the format before the first row and after the last


def timelines_of(
    groups: Mapping[Key, Sequence[int]], start: datetime, end: datetime, grain: int
) -> dict[Key, Timeline]:
    """The timeline of each group of series over [start, end), of buckets of `grain` minutes."""
    every = sorted({series_id for series in groups.values() for series_id in series})
    rows = _rows(every, start, end, grain)
    series = rows["series"].astype(np.int64)
    order = np.argsort(series, kind="stable")
    table = np.column_stack([rows[name] for name in list(_COLUMNS)[1:]]).astype(np.float64)[order]
    ends = np.searchsorted(series[order], every, side="right")
    starts = np.searchsorted(series[order], every, side="left")
    parts = {
        series_id: table[first:last]
        for series_id, first, last in zip(every, starts, ends, strict=True)
    }
    nothing = table[:0]
    return {
        key: Timeline.of(np.concatenate([nothing, *(parts[each] for each in members)]))
        for key, members in groups.items()
    }


def _rows(
    series_ids: list[int], start: datetime, end: datetime, grain: int
) -> "np.typing.NDArray[np.void]":
    with connection.cursor() as cursor, cursor.copy(_ROWS, [series_ids, grain, start, end]) as copy:
        data = b"".join(copy)
    return np.frombuffer(data[_HEAD : len(data) - _TAIL], dtype=_LAYOUT)
