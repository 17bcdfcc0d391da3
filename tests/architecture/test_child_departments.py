"""A department below is for who leads above: a member finds nothing of it at any address, and
writes nothing there."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from cx_loop import clock
from cx_loop.models import Department, Metric
from tests.architecture.access_world import (
    SHARED,
    World,
    address,
    make_world,
    said_by,
    send,
    things_of,
)
from tests.architecture.routes import Route, every_route
from tests.factories import NOW, make_department

Things = dict[tuple[str, str], Any]

# who calls, and whose things a child department's are like to them
ALIKE = {"lead": "own", "director": "own", "member": "foreign"}
KEYS_ALIKE = {
    "get": {"key-read-bound": "own"},  # a key of a department reads what lies below it too
    "post": {"key-work-bound": "foreign"},  # it works for the member, and may no more
}
PERSONAL = {"queue", "enter"}  # one's own views and entries, whatever the department
ROUTES = [route for route in every_route() if route.params and route.kind not in SHARED | PERSONAL]
ASKED = [
    pytest.param(route, way, id=f"{way} {route.shown}")
    for route in ROUTES
    if not route.is_admin
    for way in route.ways
]


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, Things]]:
    """Two departments that are strangers, and the things of one below the first."""
    with django_db_blocker.unblock(), clock.set_to(NOW), transaction.atomic():
        world = make_world()
        own = Department.objects.get(key="own-department")
        below = make_department("child-department", parent=own)
        yield world, things_of(below, Metric.objects.get(key="wait"), "child")
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize(("route", "way"), ASKED)
def test_who_leads_is_answered_as_at_home_and_a_member_as_among_strangers(
    worlds: tuple[World, Things], route: Route, way: str
) -> None:
    """Reads and writes alike; what a write does is taken back."""
    world, child = worlds
    callers = ALIKE | (KEYS_ALIKE.get(way, {}) if route.is_api else {})
    for role, side in callers.items():
        here, there = (
            said_by(send(world.clients[role], role, way, address(route, things), api=route.is_api))
            for things in (child, getattr(world, side))
        )
        if role == "key-work-bound" and here == "403":
            continue  # it reads what lies below, and is told that it may not write there
        assert here == there, f"as {role}"
