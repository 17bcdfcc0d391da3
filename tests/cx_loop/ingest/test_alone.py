"""One observation at a time comes by a shorter way and is counted as in any batch."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection

from cx_loop.ingest.accept import accept_items
from cx_loop.ingest.fold import fold
from cx_loop.ingest.recount import recount
from cx_loop.models import Department, Source
from tests.cx_loop.ingest.conftest import NOW, accept, make_airline, said
from tests.cx_loop.ingest.test_properties import newest, stored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def known() -> Source:
    """A source whose series were met before, in a transaction that has ended."""
    make_airline()
    source = Source.objects.create(key="survey")
    accept(source, said(4, external_id="first"), said(4, metric="nps", external_id="first"))
    return source


def short_ways() -> int:
    """How often this connection has stored an observation by itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(generic_plans + custom_plans), 0) FROM pg_prepared_statements"
            " WHERE statement LIKE '%%ON CONFLICT (digest) DO NOTHING%%'"
        )
        return int(cursor.fetchone()[0])


def some(seed: int) -> list[dict[str, Any]]:
    """Singles within five days, some sent again, some corrected, most below the seam by the end."""
    rng = Random(seed)
    items = [
        said(
            rng.randint(1, 5),
            external_id=f"r{rng.randrange(60)}",
            metric=rng.choice(["csat", "nps"]),
            occurred_at=f"{NOW - timedelta(seconds=rng.randrange(5 * 86_400)):%Y-%m-%dT%H:%M:%SZ}",
        )
        for _ in range(80)
    ]
    return [*items, *rng.sample(items, 20)]


@pytest.mark.parametrize("seed", range(3))
def test_sent_one_by_one_it_is_counted_in_every_grain(known: Source, seed: int) -> None:
    items = some(seed)
    for place, item in enumerate(items):
        accept(known, item)
        if place % 10 == 0:
            fold(now=NOW - timedelta(hours=100 - place), slices=5)
    first = [said(4, external_id="first"), said(4, metric="nps", external_id="first")]
    assert stored() == newest([*first, *items])
    assert {month.different for month in recount(rebuild=False)} == {0}
    assert short_ways() >= 50


def test_what_is_known_is_told_from_what_is_new(known: Source) -> None:
    item = said(2, external_id="r1")
    new, again, other = accept(known, item), accept(known, item), accept(known, item | {"value": 3})
    assert (new.accepted, again.duplicates, other.updated) == (1, 1, 1)
    assert new.series_ids == other.series_ids
    assert again.series_ids == []


def test_a_refusal_and_a_stranger_are_told_alike(known: Source) -> None:
    cabin = frozenset([Department.objects.get(key="cabin").pk])
    assert accept(known, said(9)).results[0].code == "value_out_of_scale"
    strange = accept_items([said(4)], source=known, now=NOW, owners=cabin)
    assert strange.results[0].code == "touchpoint_unknown"


def test_minus_nought_is_nought(known: Source) -> None:
    assert accept(known, said(0.0, metric="nps", external_id="r1")).accepted == 1
    assert accept(known, said(-0.0, metric="nps", external_id="r1")).duplicates == 1
