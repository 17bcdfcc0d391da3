"""What every test lives with, stricter than production."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings
from pytest_django.plugin import DjangoDbBlocker

from tests.emptying import empty_what_is_filled

# a machine that is busy is not a fault of what is tested
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Tests of one identity are one to the processes that share the suite: of all operations of
    the API, whose names pytest does not take from schemathesis, a single one was tried."""
    for item in items:
        if getattr(item, "operation_label", None):
            item._id = item.parent.id.child(item.name)
    known: set[str] = set()
    for item in items:
        if item.nodeid in known:
            raise pytest.UsageError(f"two tests are called {item.nodeid}")
        known.add(item.nodeid)


_END_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What a thread that is not through yet holds open does not keep the database."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(_END_SESSIONS)


@pytest.fixture(autouse=True, scope="session")
def rows_nobody_ordered_come_back_reversed() -> Iterator[None]:
    """PostgreSQL promises no order without ORDER BY; code that leans on one fails here."""
    fetch = QuerySet._fetch_all

    def fetch_reversed(rows: "QuerySet[Any]") -> None:
        fresh = rows._result_cache is None
        fetch(rows)
        if fresh and not rows.ordered:
            rows._result_cache.reverse()

    patch = pytest.MonkeyPatch()
    patch.setattr(QuerySet, "_fetch_all", fetch_reversed)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def what_a_test_committed_is_taken_away() -> Iterator[None]:
    """Django would empty every table, filled or not, but for the partitioned one, and then make all
    permissions anew: a fifth of a second of processor for each test with real commits."""
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: empty_what_is_filled())
    yield
    patch.undo()
