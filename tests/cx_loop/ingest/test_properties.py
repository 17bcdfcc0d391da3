"""Order, duplication and splitting of batches change nothing; rollups are a recount."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cx_loop.ingest.fold import fold
from cx_loop.ingest.recount import recount
from cx_loop.ingest.removal import remove_observation
from cx_loop.models import Observation, Rollup, Source
from tests.cx_loop.ingest.conftest import NOW, accept, make_airline, said

MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def observation(draw: Callable[..., Any]) -> dict[str, Any]:
    minute = draw(st.integers(0, 180))
    metric, value = draw(
        st.one_of(
            st.tuples(st.just("csat"), st.integers(1, 5)),
            st.tuples(st.just("wait"), st.sampled_from([0, 0.25, 30, 99.5, 1234])),
        )
    )
    return said(
        value,
        metric=metric,
        touchpoint=draw(st.sampled_from(["boarding", "meal"])),
        occurred_at=f"2026-03-10T{8 + minute // 60:02d}:{minute % 60:02d}:00Z",
        external_id=f"r{draw(st.integers(1, 5))}",
    )


@st.composite
def sent(draw: Callable[..., Any]) -> list[dict[str, Any]]:
    """Observations with few identifiers, so that many are corrections, each with a revision of
    its own: the newest is then the newest in any order."""
    size = draw(st.integers(1, 12))
    return [{**observation(draw), "revision": revision} for revision in range(size)]


@st.composite
def batches(draw: Callable[..., Any], items: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The items shuffled, some twice, cut into batches."""
    again = draw(st.lists(st.sampled_from(items), max_size=6))
    shuffled = draw(st.permutations(items + again))
    cuts = sorted(draw(st.lists(st.integers(0, len(shuffled)), max_size=3)))
    edges = [0, *cuts, len(shuffled)]
    return [shuffled[a:b] for a, b in pairwise(edges) if b > a]


def newest(items: list[dict[str, Any]]) -> Counter[Any]:
    """The oracle: the last revision of each key, counted by hour and value."""
    last = {(item["external_id"], item["metric"]): item for item in items}
    return Counter(
        (item["touchpoint"], item["metric"], item["occurred_at"], float(item["value"]))
        for item in last.values()
    )


def stored() -> Counter[Any]:
    rows = Observation.objects.values_list(
        "series__touchpoint__key", "series__metric__key", "occurred_at", "value"
    )
    return Counter((t, m, f"{at:%Y-%m-%dT%H:%M:%SZ}", value) for t, m, at, value in rows)


def counted() -> dict[tuple[Any, ...], tuple[int, float]]:
    """Rollups of every grain, without the rows that corrections left empty."""
    return {
        (row.series_id, row.grain, row.bucket, row.bin): (row.n, round(row.total, 6))
        for row in Rollup.objects.filter(n__gt=0)
    }


def fold_some(data: st.DataObject) -> None:
    """Fold up to some hour of the day or the next, or only a series or two of it."""
    hours, slices = data.draw(st.integers(0, 30)), data.draw(st.integers(0, 5))
    fold(now=NOW + timedelta(hours=hours - 3), slices=slices, series=1)


@pytest.mark.django_db
@MANY
@given(data=st.data())
def test_order_duplication_and_splitting_change_nothing(data: st.DataObject) -> None:
    items = data.draw(sent())
    with transaction.atomic():
        make_airline()
        source = Source.objects.create(key="survey")
        for batch in data.draw(batches(items)):
            accept(source, *batch)
            fold_some(data)
        assert stored() == newest(items)
        assert {month.different for month in recount(rebuild=False)} == {0}
        before = counted()
        Rollup.objects.all().delete()
        list(recount(rebuild=True))
        assert counted() == before
        transaction.set_rollback(True)


class Told:
    """The oracle of corrections and deletions: what each key stands at, told in plain Python."""

    def __init__(self) -> None:
        self.revisions: dict[Any, int] = {}
        self.live: dict[Any, dict[str, Any]] = {}

    def send(self, item: dict[str, Any]) -> None:
        key = item["external_id"], item["metric"]
        if item["revision"] >= self.revisions.get(key, 0):
            self.revisions[key] = item["revision"]
            self.live[key] = item

    def remove(self, external_id: str) -> None:
        for key in [key for key in self.live if key[0] == external_id]:
            self.revisions[key] += 1
            del self.live[key]


@pytest.mark.django_db
@MANY
@given(data=st.data())
def test_deletions_between_batches_leave_what_is_left(data: st.DataObject) -> None:
    items = data.draw(sent())
    with transaction.atomic():
        make_airline()
        source, told = Source.objects.create(key="survey"), Told()
        for batch in data.draw(batches(items)):
            for item in batch:
                accept(source, item)
                told.send(item)
            fold_some(data)
            if gone := data.draw(st.none() | st.sampled_from([f"r{n}" for n in range(1, 6)])):
                remove_observation(source=source, external_id=gone, now=NOW)
                told.remove(gone)
        assert stored() == newest(list(told.live.values()))
        assert not any(month.different for month in recount(rebuild=False))
        transaction.set_rollback(True)
