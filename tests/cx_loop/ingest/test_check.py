"""What is remembered of items checked before changes nothing for the ones after."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cx_loop.ingest import catalog
from cx_loop.ingest.check import Checker
from cx_loop.models import Touchpoint
from tests.cx_loop.ingest.conftest import NOW, make_airline, said
from tests.cx_loop.ingest.test_refusals import REFUSALS

VALUES = [-1, 0, 1, 4, 4.5, 5, 6, 29.999, 30, 1e300, float("nan")]
MEMBERS: dict[str, list[Any]] = {
    "occurred_at": ["2026-03-10T10:00:00Z", "2026-03-10T18:00:00+08:00", "2096-01-01T00:00:00Z"],
    "touchpoint": ["boarding", "meal", "bording", ""],
    "stage": ["departure", ""],
    "metric": ["csat", "wait", "cancelled", "csta", ""],
    "value": VALUES,
    "exposure": [0, 9],
    "segment": ["gold", "silver", ""],
    "location": ["A1", "x" * 81, "a\0b", ""],
    "external_id": ["r1", "x" * 201, ""],
    "customer": ["wei@example.com", "a\0b"],
    "comment": ["Cold coffee", "a\0b", ""],
    "revision": [0, 3, 2**63],
}
# few at a time, otherwise nearly every item would be refused for the first of many faults
MEMBER = st.one_of(
    [st.tuples(st.just(name), st.none() | st.sampled_from(sent)) for name, sent in MEMBERS.items()]
)
ITEMS = st.lists(MEMBER, max_size=4).map(dict)


def told(checker: Checker, item: dict[str, Any]) -> Any:
    """Why an item is refused, or what would be stored of it."""
    entries, refused = checker.entries([said(**item)])
    if refused:
        return [(why.code, why.field, why.message) for why in refused.values()]
    (entry,) = entries
    known = (entry.digest if entry.external_id else b"", entry.content)
    return (*known, entry.name, entry.value, entry.exposure, entry.bin, entry.customer)


@pytest.mark.django_db
def test_an_item_fares_alike_alone_and_after_any_others() -> None:
    make_airline()
    fresh = catalog.current()
    used = replace(fresh, _places={})
    experienced = Checker(used, 1, None, NOW)
    experienced.entries([said(**wrong) for wrong, _, _ in REFUSALS])

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(item=ITEMS)
    def alike(item: dict[str, Any]) -> None:
        fresh.places_of(None).clear()
        assert told(experienced, item) == told(Checker(fresh, 1, None, NOW), item)

    alike()
    assert used.places_of(None)


@pytest.mark.django_db
def test_what_one_sender_may_write_to_is_not_remembered_for_another() -> None:
    airline = make_airline()
    known, meal = catalog.current(), said(touchpoint="meal")
    bound = Checker(known, 1, frozenset([airline.owner_id]), NOW)
    for checker, refusals in ((Checker(known, 1, None, NOW), 0), (bound, 1), (bound, 1)):
        assert len(checker.entries([meal])[1]) == refusals
    assert Touchpoint.objects.get(key="meal").owner_id != airline.owner_id
