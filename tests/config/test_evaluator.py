"""The thread that evaluates what requests touched."""

import threading
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from config.evaluator import Evaluator

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PATIENCE = 60  # seconds; a failure takes so long, success does not

pytestmark = pytest.mark.django_db  # the thread looks at its own connection when it failed


class Evaluations:
    """What was asked to be evaluated; the first one waits until it is let go on."""

    def __init__(self, *failures: Exception) -> None:
        self.asked: list[tuple[list[int], datetime]] = []
        self._failures = list(failures)
        self._count = threading.Condition()
        self.go_on = threading.Event()

    def __call__(self, series_ids: Collection[int], now: datetime) -> None:
        with self._count:
            self.asked.append((sorted(series_ids), now))
            self._count.notify_all()
        if self._failures:
            raise self._failures.pop(0)
        assert self.go_on.wait(PATIENCE)

    def wait_for(self, count: int) -> None:
        with self._count:
            assert self._count.wait_for(lambda: len(self.asked) >= count, PATIENCE)


def test_what_comes_during_an_evaluation_is_evaluated_together() -> None:
    evaluations = Evaluations()
    evaluator = Evaluator(evaluations, gather=0)
    evaluator.touched([1], NOW)
    evaluations.wait_for(1)
    evaluator.touched([3, 2], NOW + timedelta(seconds=2))
    evaluator.touched([2], NOW + timedelta(seconds=1))
    evaluations.go_on.set()
    evaluations.wait_for(2)
    assert evaluations.asked == [([1], NOW), ([2, 3], NOW + timedelta(seconds=2))]


def test_an_evaluation_whose_connection_was_lost_is_made_once_more() -> None:
    evaluations = Evaluations(OperationalError("server closed the connection"))
    evaluations.go_on.set()
    Evaluator(evaluations, gather=0).touched([1], NOW)
    evaluations.wait_for(2)
    assert evaluations.asked == [([1], NOW), ([1], NOW)]


def test_the_thread_outlives_what_it_cannot_evaluate() -> None:
    evaluations = Evaluations(ValueError("no such thing"))
    evaluations.go_on.set()
    evaluator = Evaluator(evaluations, gather=0)
    evaluator.touched([1], NOW)
    evaluations.wait_for(1)
    evaluator.touched([2], NOW)
    evaluations.wait_for(2)
    assert evaluations.asked == [([1], NOW), ([2], NOW)]
