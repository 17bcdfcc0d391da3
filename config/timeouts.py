"""How long PostgreSQL waits for a worker: what hangs ends, and the sweep finds its rows again.

For sessions of Celery's workers and of `engine`; a page or a command of an operator has no such
limit. Set by statement and not in the address, because a pooler may refuse start-up options.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

TIMEOUTS = {
    "statement_timeout": "15s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "15s",
}
PATIENT = "50s"  # of a statement of daily work: below the time limit of a job
_SET = "SELECT set_config(%s, %s, false)"


def limit_sessions() -> None:
    """From now on every new connection of this process has the limits."""
    connection_created.connect(_limit, dispatch_uid="timeouts")
    if connection.connection is not None:
        _limit(connection=connection)


@contextmanager
def patiently() -> Iterator[None]:
    """Daily work over many rows may take its time, where there is a limit at all."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        (before,) = cursor.fetchone()
        if before != "0":
            cursor.execute(_SET, ["statement_timeout", PATIENT])
    try:
        yield
    finally:
        # a connection that broke meanwhile is made anew, with the limits
        if before != "0" and connection.connection is not None and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute(_SET, ["statement_timeout", before])


def _limit(connection: BaseDatabaseWrapper, **said: Any) -> None:
    with connection.cursor() as cursor:
        for name, value in TIMEOUTS.items():
            cursor.execute(_SET, [name, value])
