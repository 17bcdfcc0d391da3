"""What hangs in a worker ends: limits of its sessions, and none for pages."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery import signals
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created

from config.timeouts import PATIENT, TIMEOUTS, patiently
from tests.architecture.test_docs import table_of, words

LIMITS = {
    "statement_timeout": "15s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "15s",
}


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """This process as a worker that starts."""
    connection.close()
    signals.worker_init.send(sender=None)
    yield
    connection_created.disconnect(dispatch_uid="timeouts")
    connection.close()


def limit(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


def test_a_worker_has_the_limits(worker: None) -> None:
    assert {name: limit(name) for name in LIMITS} == LIMITS == TIMEOUTS


def test_a_page_has_none(transactional_db: None) -> None:
    connection.close()
    assert {limit(name) for name in LIMITS} == {"0"}


def test_a_statement_that_hangs_ends(worker: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '50ms'")
        with pytest.raises(OperationalError, match="timeout"):
            cursor.execute("SELECT pg_sleep(30)")


def test_daily_work_may_take_longer_and_then_the_limit_is_back(worker: None) -> None:
    with patiently():
        assert limit("statement_timeout") == PATIENT
    assert limit("statement_timeout") == "15s"


def test_where_there_is_no_limit_daily_work_gets_none(transactional_db: None) -> None:
    connection.close()
    with patiently():
        assert limit("statement_timeout") == "0"


def test_daily_work_ends_before_its_job_does() -> None:
    assert timedelta(seconds=int(PATIENT.removesuffix("s"))) < timedelta(seconds=60)


def test_the_limits_are_documented() -> None:
    told = table_of("operations.md", "PostgreSQL ends what hangs in a worker")
    assert {words(row[0])[0]: words(row[1])[0] for row in told} == TIMEOUTS
