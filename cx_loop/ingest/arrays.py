"""Columns of a batch in PostgreSQL's binary array format, packed by numpy.

Five thousand values take microseconds this way; adapted one by one they would cost more than
everything else the application does for a batch.
"""

import struct
from collections.abc import Sequence
from typing import Any
from weakref import WeakSet

import numpy as np
from psycopg import Connection
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

# microseconds from 1970, where ours count, to 2000, where PostgreSQL's do
_EPOCH = 946_684_800_000_000
_SIZES = {"q": 8, "h": 2, "d": 8, "16s": 16}
_BIGINT, _SMALLINT, _FLOAT, _UUID, _TIMESTAMPTZ = 20, 21, 701, 2950, 1184


class Wire(bytes):
    """A value that is already in the wire format; the cast in the statement names its type."""

    __slots__ = ()


class _WireDumper(Dumper):
    format = Format.BINARY
    oid = 0  # left open, otherwise the cast in the statement could not name the type

    def dump(self, obj: Any) -> Buffer:
        return bytes(obj)


# connections that send `Wire` values as they are; said to each cursor, it would cost more than
# the cursor
_taught: "WeakSet[Connection[Any]]" = WeakSet()


def understand_wire(connection: "Connection[Any]") -> None:
    """Let the cursors of the connection send `Wire` values as they are."""
    if connection not in _taught:
        connection.adapters.register_dumper(Wire, _WireDumper)
        _taught.add(connection)


def bigints(values: Sequence[int]) -> Wire:
    return _alone(_BIGINT, "q", values[0]) if len(values) == 1 else _numbers(_BIGINT, ">i8", values)


def smallints(values: Sequence[int]) -> Wire:
    if len(values) == 1:
        return _alone(_SMALLINT, "h", values[0])
    return _numbers(_SMALLINT, ">i2", values)


def floats(values: Sequence[float]) -> Wire:
    return _alone(_FLOAT, "d", values[0]) if len(values) == 1 else _numbers(_FLOAT, ">f8", values)


def moments(micros: Sequence[int]) -> Wire:
    """timestamptz[] of microseconds since 1970, UTC."""
    if len(micros) == 1:
        return _alone(_TIMESTAMPTZ, "q", micros[0] - _EPOCH)
    return _packed(_TIMESTAMPTZ, ">i8", np.asarray(micros, dtype=np.int64) - _EPOCH)


def uuids(values: Sequence[bytes]) -> Wire:
    """uuid[] of 16-byte digests."""
    if len(values) == 1:
        return _alone(_UUID, "16s", values[0])
    return _packed(_UUID, "V16", np.frombuffer(b"".join(values), dtype="V16"))


def _alone(oid: int, kind: str, value: float | bytes) -> Wire:
    """As `_packed`, of one value: numpy takes longer to begin than struct for all of it."""
    size = _SIZES[kind]
    return Wire(struct.pack(f">iiIiii{kind}", 1, 0, oid, 1, 1, size, value))


def _numbers(oid: int, dtype: str, values: Sequence[float]) -> Wire:
    return _packed(oid, dtype, np.asarray(values, dtype=dtype))


def _packed(oid: int, dtype: str, values: "np.typing.NDArray[Any]") -> Wire:
    """Dimensions, no nulls, element type, length, lower bound; then each element's own length."""
    cells = np.empty(len(values), dtype=[("length", ">i4"), ("value", dtype)])
    cells["length"] = np.dtype(dtype).itemsize
    cells["value"] = values
    return Wire(struct.pack(">iiIii", 1, 0, oid, len(values), 1) + cells.tobytes())
