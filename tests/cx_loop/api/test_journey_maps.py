"""A journey map over the API: read by who sees it, drawn by admins, reviewed, with its versions."""

import pytest

from cx_loop.models import Journey, Touchpoint, Viewpoint, ViewpointStop
from tests import factories
from tests.api_stories import Airline, codes, get, make_airline, post, with_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def airline() -> Airline:
    factories.make_organization()
    return make_airline()


def test_a_map_tells_stages_touchpoints_lanes_and_what_is_open(airline: Airline) -> None:
    airline.boarding.support.add(airline.it)
    Touchpoint.objects.filter(key="boarding").update(blueprint={"customer": {"en": "Queues"}})
    factories.make_task(factories.make_alert(touchpoint=airline.boarding))
    told = get(airline.admin, "journeys/flight/map/")
    stops = {stop["key"]: stop for stage in told["stages"] for stop in stage["touchpoints"]}
    boarding = stops["boarding"]
    assert (boarding["owner"], boarding["support"]) == ("ground-ops", ["it"])
    assert boarding["blueprint"] == {"customer": {"en": "Queues"}}
    assert (boarding["open_alerts"], boarding["open_tasks"]) == (1, 1)
    assert stops["app"]["open_tasks"] == 0


def test_a_department_reads_its_part_of_the_map(airline: Airline) -> None:
    view = Viewpoint.objects.create(key="family", journey=Journey.objects.get(), name={"en": "F"})
    for stop in (airline.boarding, airline.app):
        ViewpointStop.objects.create(viewpoint=view, touchpoint=stop, felt=1)
    told = get(airline.ana, "journeys/flight/map/")
    assert [s["key"] for stage in told["stages"] for s in stage["touchpoints"]] == ["boarding"]
    assert [s["touchpoint"] for s in told["viewpoints"][0]["stops"]] == ["boarding"]
    assert told["whole"] is False


def test_admins_draw(airline: Airline) -> None:
    made = post(airline.admin, "journeys/flight/stages/", 201, name="At home")
    assert (made["key"], made["names"]) == ("at-home", {"en": "At home"})
    stop = post(
        airline.admin,
        "journeys/flight/touchpoints/",
        201,
        stage="at-home",
        owner="it",
        names={"en": "Mail", "zh-hans": "邮件"},
    )
    assert (stop["key"], stop["stage"], stop["owner"]) == ("mail", "at-home", "it")
    moved = post(airline.admin, "touchpoints/boarding/move/", stage="at-home", place=0)
    assert (moved["stage"], moved["position"]) == ("at-home", 0)
    said = {"blueprint": {"evidence": {"en": "Envelope"}}, "support": ["ground-ops"]}
    assert post(airline.admin, "touchpoints/mail/change/", **said)["blueprint"] == said["blueprint"]
    gone = post(airline.admin, "touchpoints/mail/retire/")
    assert gone["retired_at"] is not None


def test_a_touchpoint_is_given_with_its_open_tasks(airline: Airline) -> None:
    factories.make_task(factories.make_alert(touchpoint=airline.boarding))
    told = post(airline.admin, "touchpoints/boarding/give/", department="it", with_tasks=True)
    assert told == {"touchpoint": "boarding", "owner": "it", "tasks_handed_over": 1}


@pytest.mark.parametrize("call", ["change", "move", "give", "retire"])
def test_who_does_not_administer_draws_nothing(airline: Airline, call: str) -> None:
    assert post(airline.lin, f"touchpoints/boarding/{call}/", 403)["code"] == "read_only"
    key = with_key("work")
    assert post(key, f"touchpoints/boarding/{call}/", 403)["code"] == "scope_missing"


@pytest.mark.parametrize(
    ("call", "said", "expected"),
    [
        ("journeys/flight/stages/", {"name": " "}, {"name": "required"}),
        ("journeys/flight/touchpoints/", {"stage": "gone"}, {"stage": "stage_unknown"}),
        ("touchpoints/boarding/move/", {"stage": "gone"}, {"stage": "stage_unknown"}),
        ("touchpoints/boarding/move/", {"place": -1}, {"place": "min_value"}),
        ("touchpoints/boarding/give/", {}, {"department": "department_unknown"}),
        ("touchpoints/boarding/change/", {"support": ["x"]}, {"support": "department_unknown"}),
        (
            "touchpoints/boarding/change/",
            {"blueprint": {"attic": {}}},
            {"blueprint": "invalid_choice"},
        ),
        ("touchpoints/boarding/change/", {"moment_type": "odd"}, {"moment_type": "invalid_choice"}),
        ("touchpoints/boarding/retire/", {"why": "x"}, {"why": "unknown_field"}),
    ],
)
def test_what_cannot_be_drawn_is_said(
    airline: Airline, call: str, said: dict[str, object], expected: dict[str, str]
) -> None:
    assert codes(post(airline.admin, call, 400, **said)) == expected


def test_a_version_says_what_changed(airline: Airline) -> None:
    post(airline.admin, "journeys/flight/stages/", 201, name="At home")
    post(airline.admin, "touchpoints/boarding/move/", stage="at-home")
    newest, first = get(airline.admin, "journeys/flight/versions/")
    assert (newest["number"], newest["by"], first["changes"]) == (2, "admin@example.com", [])
    moved = [each for each in newest["changes"] if each["part"] == "touchpoint"]
    assert [(each["key"], each["changed"], each["after"]) for each in moved] == [
        ("boarding", "stage", "at-home")
    ]
    get(airline.ana, "journeys/flight/versions/", 404)


def test_a_reviewer_says_that_a_viewpoint_still_holds(airline: Airline) -> None:
    view = {"journey": Journey.objects.get(), "reviewer": airline.lin, "name": {"en": "F"}}
    Viewpoint.objects.create(key="family", **view)
    told = post(airline.lin, "journeys/flight/review/", viewpoint="family")
    assert (told["key"], told["reviewer"]) == ("family", "lin@example.com")
    assert post(airline.lin, "journeys/flight/review/", 403)["code"] == "read_only"
    post(airline.lin, "journeys/flight/review/", 404, viewpoint="gone")
