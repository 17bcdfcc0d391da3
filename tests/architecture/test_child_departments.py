"""A department below is for who leads above: a member finds nothing of it, at any address."""

import pytest

from cx_loop import clock
from cx_loop.models import Department, Metric
from tests.architecture.access_world import SHARED, address, make_world, said_by, send, things_of
from tests.architecture.routes import every_route
from tests.factories import NOW, make_department

READ = [route for route in every_route() if "get" in route.ways and not route.is_admin]
READ = [route for route in READ if route.params and route.kind not in SHARED]


@pytest.mark.django_db
def test_a_lead_is_answered_as_at_home_and_a_member_as_among_strangers() -> None:
    with clock.set_to(NOW):
        world = make_world()
        own = Department.objects.get(key="own-department")
        below = make_department("child-department", parent=own)
        child = things_of(below, Metric.objects.get(key="wait"), "child")
        wrong = []
        for route in READ:
            for role, alike in (("lead", world.own), ("member", world.foreign)):
                said = [
                    said_by(
                        send(world.clients[role], role, "get", address(route, things), api=True)
                    )
                    for things in (child, alike)
                ]
                if said[0] != said[1]:
                    wrong.append(f"{route.shown} as {role}: {said[0]}, not {said[1]}")
    assert not wrong
