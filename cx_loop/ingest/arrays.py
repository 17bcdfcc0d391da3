"""Columns of a batch in PostgreSQL's binary array format, packed by numpy.

Five thousand values take microseconds this way; adapted one by one they would cost more than
everything else the application does for a batch.
"""

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from psycopg import Cursor
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

# microseconds from 1970, where ours count, to 2000, where PostgreSQL's do
_EPOCH = 946_684_800_000_000
_BIGINT, _SMALLINT, _FLOAT, _UUID, _TIMESTAMPTZ = 20, 21, 701, 2950, 1184


class Wire(bytes):
    """A value that is already in the wire format; the cast in the statement names its type."""

    __slots__ = ()


class _WireDumper(Dumper):
    format = Format.BINARY
    oid = 0  # left open, otherwise the cast in the statement could not name the type

    def dump(self, obj: Any) -> Buffer:
        return bytes(obj)


def understand_wire(cursor: "Cursor[Any]") -> None:
    """Let the cursor send `Wire` values as they are."""
    cursor.adapters.register_dumper(Wire, _WireDumper)


def bigints(values: Sequence[int]) -> Wire:
    return _numbers(_BIGINT, ">i8", values)


def smallints(values: Sequence[int]) -> Wire:
    return _numbers(_SMALLINT, ">i2", values)


def floats(values: Sequence[float]) -> Wire:
    return _numbers(_FLOAT, ">f8", values)


def moments(micros: Sequence[int]) -> Wire:
    """timestamptz[] of microseconds since 1970, UTC."""
    return _packed(_TIMESTAMPTZ, ">i8", np.asarray(micros, dtype=np.int64) - _EPOCH)


def uuids(values: Sequence[bytes]) -> Wire:
    """uuid[] of 16-byte digests."""
    return _packed(_UUID, "V16", np.frombuffer(b"".join(values), dtype="V16"))


def _numbers(oid: int, dtype: str, values: Sequence[float]) -> Wire:
    return _packed(oid, dtype, np.asarray(values, dtype=dtype))


def _packed(oid: int, dtype: str, values: "np.typing.NDArray[Any]") -> Wire:
    """Dimensions, no nulls, element type, length, lower bound; then each element's own length."""
    cells = np.empty(len(values), dtype=[("length", ">i4"), ("value", dtype)])
    cells["length"] = np.dtype(dtype).itemsize
    cells["value"] = values
    return Wire(struct.pack(">iiIii", 1, 0, oid, len(values), 1) + cells.tobytes())
