"""An earlier version of a map comes back as a new one, through the page and the API."""

from datetime import timedelta

import pytest
from django.test import Client

from cx_loop import clock
from cx_loop.actions import journey_map, viewpoints
from cx_loop.actions.touchpoints import give_to
from cx_loop.models import Actor, Department, Journey, JourneyVersion, Touchpoint, Viewpoint
from cx_loop.reads.journeys import form_of_map
from tests import factories
from tests.factories import NOW
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db
PAGE = "/journeys/flight/versions/"


@pytest.fixture
def by() -> Actor:
    """An admin; the map has changed in every way since its version 3."""
    factories.make_organization()
    admin = Actor(factories.make_admin())
    stage = factories.make_stage("departure")
    boarding = factories.make_touchpoint("boarding", stage=stage)
    journey = stage.journey
    journey_map.add_touchpoint(
        stage="departure", name={"en": "Gate"}, owner=boarding.owner.key, by=admin, now=NOW
    )
    view = viewpoints.add_viewpoint(
        journey=journey, name={"en": "Soon"}, to_be=True, by=admin, now=NOW
    )
    stops = {"stops": [{"touchpoint": "gate", "felt": 3, "blueprint": {"support": {"en": "App"}}}]}
    viewpoints.change_viewpoint(viewpoint=view, said=stops, by=admin, now=NOW)
    factories.make_department("lounge")
    boarding.refresh_from_db()
    give_to(touchpoint=boarding, to=Department.objects.get(key="lounge"), by=admin, now=NOW)
    said = {"name": {"en": "Getting on"}, "moment_of_truth": True}
    journey_map.describe_touchpoint(touchpoint="boarding", said=said, by=admin, now=NOW)
    journey_map.retire_touchpoint(touchpoint="gate", by=admin, now=NOW)
    journey_map.add_stage(journey=journey.key, name={"en": "Arrival"}, by=admin, now=NOW)
    viewpoints.retire_viewpoint(
        viewpoint=Viewpoint.objects.get(key="soon"), by=admin, now=NOW + timedelta(days=1)
    )
    return admin


def restored(client: Client, number: int) -> int:
    with clock.set_to(NOW + timedelta(days=2)):
        return client.post(f"{PAGE}{number}/").status_code


def test_the_map_is_as_it_was_then_as_a_new_version(by: Actor) -> None:
    assert by.user
    admin, last = reading_as(by.user), JourneyVersion.objects.count()
    assert "Gate" in seen(admin, f"{PAGE}3/")
    assert restored(admin, 3) == 302
    then, newest = (JourneyVersion.objects.get(number=number) for number in (3, last + 1))
    assert newest.form == then.form == form_of_map(Journey.objects.get())
    assert newest.user == by.user
    assert Touchpoint.objects.get(key="boarding").owner.key != "lounge"
    # it can be taken back, too
    assert restored(admin, last) == 302
    assert form_of_map(Journey.objects.get()) == JourneyVersion.objects.get(number=last).form


def test_what_is_so_already_makes_no_version(by: Actor) -> None:
    assert by.user
    last = JourneyVersion.objects.count()
    client = reading_as(by.user)
    assert restored(client, last) == 302
    assert JourneyVersion.objects.count() == last
    assert restored(client, 99) == 404


def test_only_admins_bring_a_version_back(by: Actor) -> None:
    lead = factories.make_user(department=Touchpoint.objects.get(key="boarding").owner, role="lead")
    assert restored(reading_as(lead), 3) == 403


def test_lanes_of_a_viewpoint_are_written_over_the_api(by: Actor) -> None:
    assert by.user
    client = reading_as(by.user)
    made = client.post("/api/v1/journeys/flight/viewpoints/", {"name": "Later"}, "application/json")
    assert (made.status_code, made.json()["key"]) == (201, "later")
    lanes = {"customer": {"en": "Walks through"}}
    stops = [
        {"touchpoint": "boarding", "felt": 4, "blueprint": lanes},
        {"stage": "departure", "names": {"en": "A call"}, "words": {"en": "At last"}},
    ]
    change = "/api/v1/viewpoints/later/change/"
    said = client.post(change, {"stops": stops}, "application/json").json()
    assert [stop["blueprint"] for stop in said["stops"]] == [lanes, {}]
    kept = client.post(change, {"who": {"en": "A family"}}, "application/json").json()
    assert (kept["who"], len(kept["stops"])) == ("A family", 2)
    wrong = [{"touchpoint": "boarding", "blueprint": {"cellar": {"en": "x"}}}]
    refused = client.post(change, {"stops": wrong}, "application/json")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "lane_unknown")
    retire = change.replace("change", "retire")
    assert client.post(retire, {}, "application/json").status_code == 200
