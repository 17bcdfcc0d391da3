"""What every test lives with, stricter than production."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import QuerySet


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
