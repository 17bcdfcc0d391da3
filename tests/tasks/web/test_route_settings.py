"""Admins order, change and try routes; what a page writes is what a file would have written."""

import pytest
from django.test import Client

from cx_loop import clock
from cx_loop.actions.configure import edit
from cx_loop.models import Activity, Actor
from tasks.actions import route_edits
from tasks.models import RouteTable
from tests.api_stories import Airline, make_airline
from tests.factories import NOW, make_metric, make_touchpoint, make_user
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db
ROUTES = "/settings/routes/"


@pytest.fixture
def airline() -> Airline:
    return make_airline()


@pytest.fixture
def admin(airline: Airline) -> Client:
    return reading_as(airline.admin)


def send(client: Client, url: str, **said: object) -> int:
    with clock.set_to(NOW):
        return client.post(url, said).status_code


def add(airline: Airline, to: str = "it", **when: list[str]) -> str:
    """A route at the end; what marks it."""
    route = {"when": when, "to": to, "role": "members"}
    route_edits.put_route(route=route, was="", by=Actor(airline.admin), now=NOW)
    return route_edits.mark_of(route)


def goals() -> list[str]:
    return [route["to"] for route in route_edits.routes_now()]


def test_a_route_is_added_at_the_end(airline: Airline, admin: Client) -> None:
    add(airline, "it", severity=["critical"])
    assert send(admin, f"{ROUTES}new/", severity="warning", to="ground-ops", role="lead") == 302
    assert goals() == ["it", "ground-ops"]
    assert route_edits.routes_now()[1]["when"] == {"severity": ["warning"]}
    said = Activity.objects.filter(subject="routes").latest("id")
    assert (said.user, said.params["version"]) == (airline.admin, 2)


def test_a_table_in_force_is_never_changed(airline: Airline) -> None:
    add(airline)
    add(airline, "ground-ops")
    assert [table.routes.count() for table in RouteTable.objects.order_by("number")] == [1, 2]


def test_a_duty_the_department_does_not_have_is_refused_at_its_field(
    airline: Airline, admin: Client
) -> None:
    make_user(department=airline.ground, role="duty", duty="quality")
    assert send(admin, f"{ROUTES}new/", to="it", role="quality") == 422
    assert send(admin, f"{ROUTES}new/", to="ground-ops", role="quality") == 302


def test_a_route_moves_up_and_down_and_no_further_than_the_ends(
    airline: Airline, admin: Client
) -> None:
    marks = [add(airline, "it"), add(airline, "ground-ops", severity=["critical"])]
    assert send(admin, f"{ROUTES}move/", was=marks[1], do="up") == 302
    assert goals() == ["ground-ops", "it"]
    assert send(admin, f"{ROUTES}move/", was=marks[1], do="up") == 302
    assert send(admin, f"{ROUTES}move/", was=marks[1], do="to", to="9") == 302
    assert goals() == ["it", "ground-ops"]


def test_a_route_somebody_changed_meanwhile_is_not_written_over(
    airline: Airline, admin: Client
) -> None:
    mark = add(airline, "it")
    newer = {"when": {}, "to": "ground-ops", "role": "lead"}
    route_edits.put_route(route=newer, was=mark, by=Actor(airline.admin), now=NOW)
    assert send(admin, f"{ROUTES}1/", was=mark, to="it", role="lead") == 409
    assert goals() == ["ground-ops"]


def test_two_who_change_different_routes_do_not_meet(airline: Airline, admin: Client) -> None:
    first, second = add(airline, "it"), add(airline, "ground-ops", severity=["critical"])
    route_edits.remove_route(was=first, by=Actor(airline.admin), now=NOW)
    assert send(admin, f"{ROUTES}2/", was=second, to="it", role="members") == 302
    assert goals() == ["it"]


def test_the_last_route_can_be_taken_out(airline: Airline, admin: Client) -> None:
    mark = add(airline)
    assert send(admin, f"{ROUTES}move/", was=mark, do="remove") == 302
    assert goals() == []
    assert "No routes" in seen(admin, ROUTES)


def test_trying_says_which_route_takes_it_and_why_the_others_do_not(
    airline: Airline, admin: Client
) -> None:
    make_metric("csat", kind="csat", name={"en": "Satisfaction"})
    make_touchpoint("gate", owner=airline.ground, name={"en": "Gate"})
    add(airline, "it", metric=["csat"])
    add(airline, "ground-ops", severity=["critical"])
    page = seen(admin, f"{ROUTES}?touchpoint=gate&severity=critical")
    assert "By route 2" in page
    assert "Route 1 wants Metric Satisfaction; here it is nothing." in page


def test_a_task_no_route_fits_is_said_to_go_to_the_owner(airline: Airline, admin: Client) -> None:
    make_touchpoint("gate", owner=airline.ground)
    add(airline, "it", severity=["critical"])
    assert "No route fitted" in seen(admin, f"{ROUTES}?touchpoint=gate&severity=warning")
    assert "Choose a touchpoint" in seen(admin, f"{ROUTES}?touchpoint=", status=422)


def test_a_route_behind_one_that_takes_everything_is_pointed_out(
    airline: Airline, admin: Client
) -> None:
    add(airline, "it", severity=["critical", "warning"])
    add(airline, "ground-ops", severity=["critical"], channel=["app"])
    assert "Never reached: route 1" in seen(admin, ROUTES)


def test_settings_are_for_admins(airline: Airline) -> None:
    for reader in (airline.ana, airline.lin, airline.analyst):
        for url in ("/settings/", ROUTES, f"{ROUTES}new/", f"{ROUTES}1/"):
            seen(reading_as(reader), url, status=403)
        assert send(reading_as(reader), f"{ROUTES}move/", do="remove") == 403
        assert "/settings/" not in seen(reading_as(reader), "/queue/")
    assert "/settings/" in seen(reading_as(airline.admin), "/queue/")


def test_the_list_costs_as_much_with_many_routes(airline: Airline, admin: Client) -> None:
    def one_more() -> None:
        add(airline, "it", channel=[str(len(goals()))])

    costs_the_same(admin, ROUTES, one_more)


def test_a_new_one_of_a_key_in_use_is_refused(airline: Airline) -> None:
    add(airline)
    with pytest.raises(edit.Taken):
        edit.write(
            kind="routes",
            key="",
            content={"routes": []},
            opened="",
            by=Actor(airline.admin),
            now=NOW,
        )


def test_a_page_shows_every_route_as_a_sentence(airline: Airline, admin: Client) -> None:
    add(airline, "it", severity=["critical"], channel=["airport", "app"])
    assert "Severity is Critical and Channel is airport or app → It" in seen(admin, ROUTES)
