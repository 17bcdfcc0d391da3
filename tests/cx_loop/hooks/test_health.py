"""Sources that fall silent, or cannot be read, are noticed."""

import json
from datetime import timedelta
from typing import Any

import pytest

from cx_loop.actions.erasure import erase_customer
from cx_loop.actions.retention import prune_deliveries
from cx_loop.actions.source_notices import watch_sources
from cx_loop.models import SYSTEM, Delivery, Message, Notice, Source
from cx_loop.notices import say_source
from cx_loop.reads.sources import health_of
from tests.factories import NOW, make_admin, make_organization, make_source, make_user

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def source() -> Source:
    make_organization()
    make_admin()
    make_user("ana@example.com")
    return make_source("typeform-main", tool="typeform")


def came(source: Source, at: Any, state: str = "mapped") -> Delivery:
    return Delivery.objects.create(source=source, body=b"{}", received_at=at, state=state)


def every(source: Source, pause: timedelta, times: int, last: Any = NOW) -> None:
    for place in range(times):
        came(source, last - place * pause)


def told() -> list[str]:
    rows = Notice.objects.order_by("id")
    return [say_source(row.code, row.params) for row in rows]


@pytest.mark.parametrize(
    ("pause", "days", "silent"), [(DAY, 8, 0), (DAY, 8.4, 1), (HOUR, 2, 0), (HOUR, 2.1, 1)]
)
def test_a_source_is_missed_after_eight_of_its_usual_pauses(source, pause, days, silent):
    every(source, pause, 28)
    assert watch_sources(now=NOW + days * DAY) == silent


def test_what_was_said_to_be_usual_is_what_counts(source):
    source.options = {"expected_every": 5}
    source.save()
    came(source, NOW)
    assert watch_sources(now=NOW + 5 * HOUR) == 0
    assert watch_sources(now=NOW + 6 * HOUR) == 1
    assert told() == ["Nothing has come from typeform-main for 6 h, longer than is usual."]


def test_a_silence_is_told_once_to_admins_alone(source):
    every(source, DAY, 28)
    assert [watch_sources(now=NOW + n * DAY) for n in (9, 10, 20)] == [1, 0, 0]
    assert set(Notice.objects.values_list("user__email", flat=True)) == {"admin@example.com"}
    assert Message.objects.get().payload["text"].endswith("/sources/typeform-main/")
    came(source, NOW + 21 * DAY)
    assert watch_sources(now=NOW + 60 * DAY) == 1


def test_little_or_nothing_tells_nothing_and_a_source_switched_off_is_not_missed(source):
    every(source, DAY, 7)
    assert watch_sources(now=NOW + 30 * DAY) == 0
    every(source, DAY, 28)
    source.disabled_at = NOW
    source.save()
    assert watch_sources(now=NOW + 30 * DAY) == 0


def test_what_cannot_be_read_is_told_once(source):
    for _ in range(3):
        came(source, NOW, "quarantined")
    Delivery.objects.update(reason="mapping_missing")
    assert [watch_sources(now=NOW), watch_sources(now=NOW + HOUR)] == [1, 0]
    assert told() == [
        "Deliveries from typeform-main wait for you (3): It is not said yet which field is which."
    ]


def test_somebody_without_the_secret_does_not_make_a_source_look_alive(source):
    every(source, DAY, 28)
    came(source, NOW + 20 * DAY, "refused")
    assert watch_sources(now=NOW + 20 * DAY) == 1


def test_health_says_how_much_comes_and_how_much_is_lost(source):
    for state in ("mapped", "mapped", "quarantined", "refused"):
        came(source, NOW - HOUR, state)
    came(source, NOW - 3 * DAY)
    found = health_of([source], NOW)[source.pk]
    assert (found.day, found.week, found.held, found.refused) == (4, 5, 1, 1)
    assert (found.rejected, found.last_at) == (0.4, NOW - HOUR)


def test_the_health_of_many_sources_costs_as_much_as_of_one(source, django_assert_num_queries):
    for _ in range(5):
        came(make_source(), NOW)
    with django_assert_num_queries(5):
        health_of(list(Source.objects.order_by("id")), NOW)


@pytest.mark.parametrize(
    ("customer", "left"), [("li.an@example.com", 1), ("7", 1), ("李安李安李安", 1), ("8", 2)]
)
def test_an_erased_customer_stands_in_no_delivery(source, customer, left):
    said = {"id": 8, "who": ["li.an@example.com", "7", "李安李安李安"]}
    Delivery.objects.create(source=source, body=json.dumps(said).encode())
    Delivery.objects.create(source=source, body=b'{"id": 17, "who": "nobody"}')
    erase_customer(customer=customer, by=SYSTEM, now=NOW)
    assert Delivery.objects.count() == left


def test_deliveries_go_after_their_time_and_what_is_still_to_be_done_stays(source, settings):
    settings.KEEP = settings.KEEP | {"deliveries": 90}
    for state in ("mapped", "quarantined", "received", "ignored"):
        came(source, NOW - 91 * DAY, state)
    came(source, NOW - 31 * DAY, "refused")
    came(source, NOW - 89 * DAY)
    assert prune_deliveries(now=NOW) == 4
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["mapped", "received"]
    settings.KEEP = settings.KEEP | {"deliveries": 0}
    assert prune_deliveries(now=NOW + 999 * DAY) == 0
