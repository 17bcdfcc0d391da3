"""Many senders at once, overlapping, shuffled, correcting each other: no deadlock, no error."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection

from cx_loop.ingest.fold import fold
from cx_loop.ingest.recount import recount
from cx_loop.ingest.removal import remove_observation
from cx_loop.models import DAY, Fold, Observation, ObservationKey, Rollup, Source
from tests.cx_loop.ingest.conftest import NOW, accept, make_airline, said

SENDERS, BATCHES, SIZE, IDENTIFIERS = 8, 12, 60, 150


def batch(random: random.Random) -> list[dict[str, Any]]:
    return [
        said(
            random.randint(1, 5),
            external_id=f"r{random.randint(1, IDENTIFIERS)}",
            touchpoint=random.choice(["boarding", "meal"]),
            location=random.choice(["", "A1", "A2"]),
            occurred_at=f"2026-0{random.randint(1, 3)}-10T1{random.randint(0, 1)}:00:00Z",
        )
        for _ in range(SIZE)
    ]


def send(seed: int) -> int:
    """Everything one sender sends; how many items were taken as new."""
    source = Source.objects.get(key="survey")
    chance = random.Random(seed)
    try:
        return sum(accept(source, *batch(chance)).accepted for _ in range(BATCHES))
    finally:
        connection.close()


def send_and_take_out(seed: int) -> None:
    """What one sender sends, taking out some identifiers in between."""
    source, chance = Source.objects.get(key="survey"), random.Random(seed)
    try:
        for _ in range(BATCHES):
            accept(source, *batch(chance))
            for _ in range(3):
                gone = f"r{chance.randint(1, IDENTIFIERS)}"
                remove_observation(source=source, external_id=gone, now=NOW)
    finally:
        connection.close()


def fold_forwards(stop: Event) -> None:
    """The seam moves through the months that are sent, a series at a time, while they are."""
    try:
        for hours in range(0, 24 * 70, 5):
            if stop.is_set():
                return
            fold(now=datetime(2026, 1, 9, tzinfo=UTC) + timedelta(hours=hours), slices=7, series=1)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_folds_in_the_middle_of_a_storm_leave_a_recount() -> None:
    make_airline()
    Source.objects.create(key="survey")
    stop = Event()
    with ThreadPoolExecutor(SENDERS + 2) as pool:
        folding = [pool.submit(fold_forwards, stop) for _ in range(2)]
        list(pool.map(send_and_take_out, range(SENDERS)))
        stop.set()
        for each in folding:
            each.result()
    assert Fold.objects.exists()
    assert not any(month.different for month in recount(rebuild=False))
    fold(now=NOW + timedelta(days=1), slices=10_000)
    assert not any(month.different for month in recount(rebuild=False))
    assert Rollup.objects.filter(grain=DAY).exists()


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Django empties only the tables it manages."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE cx_loop_observation")


@pytest.mark.django_db(transaction=True)
def test_a_storm_with_deletions_leaves_what_is_stored() -> None:
    make_airline()
    Source.objects.create(key="survey")
    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(send_and_take_out, range(SENDERS)))
    left = ObservationKey.objects.filter(series__isnull=False).count()
    assert left == Observation.objects.count() < IDENTIFIERS
    assert not any(month.different for month in recount(rebuild=False))


@pytest.mark.django_db(transaction=True)
def test_a_storm_of_overlapping_batches_counts_each_key_once() -> None:
    make_airline()
    Source.objects.create(key="survey")
    with ThreadPoolExecutor(SENDERS) as pool:
        accepted = sum(pool.map(send, range(SENDERS)))
    assert accepted == ObservationKey.objects.count() == Observation.objects.count() == IDENTIFIERS
    hours = Rollup.objects.filter(grain=5).values_list("n", flat=True)
    assert sum(hours) == IDENTIFIERS
    assert not any(month.different for month in recount(rebuild=False))
