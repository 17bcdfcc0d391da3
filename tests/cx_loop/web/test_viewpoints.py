"""Viewpoints written on their page: a persona, the journey as it should be."""

from typing import Any

import pytest
from django.test import Client

from cx_loop import clock
from cx_loop.models import JourneyVersion, Touchpoint, Viewpoint, ViewpointStop
from tests import factories
from tests.factories import NOW
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db

PAGE = "/journeys/flight/viewpoints/"


@pytest.fixture
def admin() -> Client:
    factories.make_organization()
    stage = factories.make_stage("departure")
    factories.make_touchpoint("boarding", stage=stage)
    return reading_as(factories.make_admin("admin@example.com"))


def do(client: Client, what: str, *, status: int = 302, **said: Any) -> None:
    with clock.set_to(NOW):
        assert client.post(PAGE, {"do": what, **said}).status_code == status


def test_a_viewpoint_is_added_and_says_what_is_felt_and_thought(admin: Client) -> None:
    do(admin, "add", **{"name-en": "A family", "name-zh-hans": "家庭"})
    said = {
        "name-en": "A family",
        "who-en": "Two adults, two children",
        "reviewer": "admin@example.com",
        "at-boarding-felt": "-3",
        "at-boarding-words-en": "How long still?",
        "come": ["come-new"],
        "come-new-stage": "departure",
        "come-new-name-en": "A call beforehand",
        "come-new-felt": "2",
    }
    do(admin, "change", view="a-family", **said)
    view = Viewpoint.objects.get(key="a-family")
    assert (view.who, view.reviewer and view.reviewer.email) == (
        {"en": "Two adults, two children"},
        "admin@example.com",
    )
    there, to_come = ViewpointStop.objects.order_by("position")
    assert (there.felt, there.words) == (-3, {"en": "How long still?"})
    assert (to_come.felt, to_come.name) == (2, {"en": "A call beforehand"})
    assert "How long still?" in seen(admin, f"{PAGE}?view=a-family")
    assert JourneyVersion.objects.count() == 2


def test_lanes_of_a_stop_survive_a_change(admin: Client) -> None:
    do(admin, "add", to_be="on", **{"name-en": "Soon"})
    lanes = {"customer": {"en": "Walks through"}}
    boarding = Touchpoint.objects.get()
    view = Viewpoint.objects.get()
    ViewpointStop.objects.create(viewpoint=view, touchpoint=boarding, blueprint=lanes)
    do(admin, "change", view="soon", to_be="on", **{"name-en": "Soon", "at-boarding-felt": "3"})
    assert (ViewpointStop.objects.get().blueprint, ViewpointStop.objects.get().felt) == (lanes, 3)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"name-en": " "}, "Give it a name."),
        ({"name-en": "Soon", "at-boarding-felt": "6"}, "Felt is between −5 and +5."),
        ({"name-en": "Soon", "at-boarding-felt": "nan"}, "Felt is between −5 and +5."),
        ({"name-en": "Soon", "reviewer": "x@example.com"}, "There is nobody with this address."),
        ({"name-en": "Soon", "segment": "moon"}, "Choose one of the list."),
    ],
)
def test_what_makes_no_sense_is_said(admin: Client, said: dict[str, str], why: str) -> None:
    do(admin, "add", **{"name-en": "Soon"})
    said = {"at-boarding-words-en": "Long?", **said}
    answer = admin.post(PAGE, {"do": "change", "view": "soon", **said})
    page = answer.content.decode()
    assert (answer.status_code, why in page, "Long?" in page) == (422, True, True)


def test_the_lanes_of_a_stop_are_written_on_their_own(admin: Client) -> None:
    do(admin, "add", to_be="on", **{"name-en": "Soon"})
    assert "lane-customer-en" in seen(admin, f"{PAGE}?view=soon&at=at-boarding")
    lane = {"at": "at-boarding", "lane-customer-en": "Walks through"}
    do(admin, "lanes", view="soon", **lane)
    assert ViewpointStop.objects.get().blueprint == {"customer": {"en": "Walks through"}}
    do(admin, "lanes", view="soon", at="at-boarding")
    assert not ViewpointStop.objects.exists()
    do(admin, "lanes", view="soon", status=404, at="at-nowhere")


def test_a_viewpoint_taken_off_the_map_is_kept(admin: Client) -> None:
    do(admin, "add", **{"name-en": "Soon"})
    do(admin, "retire", view="soon")
    assert not Viewpoint.objects.in_force().exists()
    do(admin, "retire", view="soon", status=404)


def test_others_write_no_viewpoint(admin: Client) -> None:
    owner = Touchpoint.objects.get().owner
    lead = reading_as(factories.make_user(department=owner, role="lead"))
    do(lead, "add", status=403, **{"name-en": "Mine"})
    assert not Viewpoint.objects.exists()
