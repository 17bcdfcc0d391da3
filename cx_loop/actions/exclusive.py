"""One life at a time: while past weeks are lived through, the live sweeps wait."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

PAST_IS_LIVED = 0x637863  # key of an advisory lock; PostgreSQL frees it with its session


@contextmanager
def living_the_past() -> Iterator[None]:
    """Hold the lock: what arrives meanwhile is stored, marked, and evaluated afterwards.

    Otherwise a live sweep would judge last month's windows, half filled, at today's date.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [PAST_IS_LIVED])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PAST_IS_LIVED])


def past_is_lived() -> bool:
    """Whether somebody holds it. Asking costs a tenth of a millisecond."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND"
            " database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [PAST_IS_LIVED],
        )
        row = cursor.fetchone()
    return bool(row and row[0])
