"""The only reader of a clock.

The time is the database's, so hosts with skewed clocks agree. A set time (replay, tests,
scratch sweeps) replaces it for the code inside the block.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db import connection
from django.db.models import DateTimeField, Func

_set_time: ContextVar[datetime | None] = ContextVar("set_time", default=None)


def now() -> datetime:
    """The time of the database, aware, in UTC; or the time that was set."""
    at = _set_time.get()
    if at is not None:
        return at
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment


def is_set() -> bool:
    """Whether time is virtual: then no message may leave."""
    return _set_time.get() is not None


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Inside the block, `now()` is `moment` (aware)."""
    token = _set_time.set(moment)
    try:
        yield
    finally:
        _set_time.reset(token)


class DatabaseNow(Func):
    """The database's clock, as a column default: a row stamps itself."""

    template = "clock_timestamp()"
    output_field = DateTimeField()
