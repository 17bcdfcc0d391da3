"""Drawing a journey map: who may, what moves, and the versions that are kept."""

from typing import Any

import pytest
from django.test import Client

from cx_loop import clock
from cx_loop.models import (
    Activity,
    Department,
    Journey,
    JourneyVersion,
    Stage,
    Touchpoint,
    User,
    Viewpoint,
)
from tests import factories
from tests.factories import NOW
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db

EDIT = "/journeys/flight/edit/"


@pytest.fixture(autouse=True)
def map_of_two_stages(db: None) -> None:
    factories.make_organization()
    ground = factories.make_department("ground-ops")
    for place, key in enumerate(("departure", "arrival")):
        factories.make_stage(key, position=place)
    stage = Stage.objects.get(key="departure")
    for place, key in enumerate(("check-in", "boarding")):
        factories.make_touchpoint(key, stage=stage, owner=ground, position=place)


@pytest.fixture
def admin() -> Client:
    return reading_as(factories.make_admin())


def do(client: Client, what: str, *, status: int = 302, **said: Any) -> str:
    with clock.set_to(NOW):
        response = client.post(EDIT, {"do": what, **said})
    assert response.status_code == status
    return response.headers.get("Location", "")


def order(stage: str) -> list[str]:
    rows = Touchpoint.objects.in_force().filter(stage__key=stage).order_by("position", "key")
    return [stop.key for stop in rows]


def test_the_page_to_draw_on_shows_every_stage_and_its_touchpoints(admin: Client) -> None:
    page = seen(admin, EDIT)
    for word in ("Departure", "Arrival", "Check in", "Boarding", "Add a stage"):
        assert word in page


def test_who_does_not_administer_cannot_draw() -> None:
    ana = factories.make_user(department=Department.objects.get(key="ground-ops"))
    client = reading_as(ana)
    seen(client, EDIT, status=403)
    do(client, "retire", touchpoint="boarding", status=403)
    stranger = reading_as(factories.make_user(department=factories.make_department()))
    seen(stranger, EDIT, status=404)
    assert order("departure") == ["check-in", "boarding"]


def test_a_stage_and_a_touchpoint_are_added_with_a_key_of_their_name(admin: Client) -> None:
    do(admin, "add-stage", **{"name-en": "At home", "name-zh-hans": "出行前"})
    where = do(admin, "add-touchpoint", stage="at-home", owner="ground-ops", **{"name-en": "App"})
    stop = Touchpoint.objects.get(key="app")
    assert (stop.stage.key, stop.stage.position, stop.owner.key) == ("at-home", 2, "ground-ops")
    assert stop.stage.name == {"en": "At home", "zh-hans": "出行前"}
    assert where == f"{EDIT}#stop-app"


def test_the_same_name_twice_has_two_keys_and_a_chinese_one_has_a_number(admin: Client) -> None:
    for name in ({"name-en": "Boarding"}, {"name-zh-hans": "登机"}, {"name-zh-hans": "登机"}):
        do(admin, "add-touchpoint", stage="departure", owner="ground-ops", **name)
    assert order("departure")[2:] == ["boarding-2", "touchpoint", "touchpoint-2"]


def test_what_has_no_name_is_not_added(admin: Client) -> None:
    do(admin, "add-stage", **{"name-en": " "})
    assert Stage.objects.count() == 2
    assert "Give it a name." in seen(admin, EDIT)


@pytest.mark.parametrize(
    ("to", "departure", "arrival"),
    [
        ("departure:0", ["boarding", "check-in"], []),
        ("departure:99", ["check-in", "boarding"], []),
        ("arrival:0", ["check-in"], ["boarding"]),
        ("departure:x", ["boarding", "check-in"], []),
    ],
)
def test_a_touchpoint_moves_within_a_stage_and_to_another(
    admin: Client, to: str, departure: list[str], arrival: list[str]
) -> None:
    do(admin, "move", touchpoint="boarding", to=to)
    assert (order("departure"), order("arrival")) == (departure, arrival)


def test_a_touchpoint_does_not_leave_its_journey(admin: Client) -> None:
    factories.make_stage("elsewhere", journey=Journey.objects.create(key="other", name={}))
    do(admin, "move", touchpoint="boarding", to="elsewhere:0")
    assert "Choose a stage of the same journey." in seen(admin, EDIT)
    assert order("departure") == ["check-in", "boarding"]


def test_stages_change_places_and_names(admin: Client) -> None:
    do(admin, "move-stage", stage="arrival", to="0")
    do(admin, "rename-stage", stage="arrival", **{"name-en": "Landing"})
    assert list(Stage.objects.order_by("position").values_list("key", flat=True)) == [
        "arrival",
        "departure",
    ]
    assert Stage.objects.get(key="arrival").name == {"en": "Landing"}


def test_a_touchpoint_is_described_with_its_lanes(admin: Client) -> None:
    factories.make_department("it")
    assert 'id="lane-back_stage-zh-hans"' in seen(admin, f"{EDIT}?at=boarding")
    said = {
        "name-en": "Boarding",
        "channels": "airport, app,, app",
        "moment_of_truth": "on",
        "moment_type": "service",
        "support": ["it"],
        "lane-customer-en": "Queues",
        "lane-customer-zh-hans": "排队",
    }
    do(admin, "describe", touchpoint="boarding", **said)
    stop = Touchpoint.objects.get(key="boarding")
    assert stop.channels == ["airport", "app"]
    assert (stop.front_stage, stop.moment_of_truth, stop.moment_type) == (False, True, "service")
    assert stop.blueprint == {"customer": {"en": "Queues", "zh-hans": "排队"}}
    assert [each.key for each in stop.support.all()] == ["it"]


def test_a_kind_of_moment_there_is_not_is_refused(admin: Client) -> None:
    do(admin, "describe", touchpoint="boarding", moment_type="odd", **{"name-en": "Boarding"})
    assert "Choose one of the list." in seen(admin, EDIT)


def test_an_owner_is_assigned_from_the_map_with_the_open_tasks(admin: Client) -> None:
    task = factories.make_task(
        factories.make_alert(touchpoint=Touchpoint.objects.get(key="boarding"))
    )
    factories.make_department("it")
    do(admin, "give", touchpoint="boarding", department="it", with_tasks="on")
    task.refresh_from_db()
    assert Touchpoint.objects.get(key="boarding").owner.key == "it"
    assert task.department.key == "it"


def test_only_an_empty_stage_goes(admin: Client) -> None:
    do(admin, "retire-stage", stage="departure")
    assert "Move its touchpoints away first." in seen(admin, EDIT)
    do(admin, "retire-stage", stage="arrival")
    assert Stage.objects.get(retired_at=None).key == "departure"


def test_a_touchpoint_taken_off_the_map_is_kept(admin: Client) -> None:
    do(admin, "retire", touchpoint="boarding")
    assert Touchpoint.objects.get(key="boarding").retired_at == NOW
    assert "Boarding" not in seen(admin, "/journeys/flight/")


@pytest.mark.parametrize("what", ["fly", "", "retire"])
def test_what_cannot_be_done_is_not_there(admin: Client, what: str) -> None:
    do(admin, what, touchpoint="gone", status=404)


def test_each_change_leaves_a_row_of_the_trail_and_a_version(admin: Client) -> None:
    do(admin, "move", touchpoint="boarding", to="arrival:0")
    do(admin, "add-stage", **{"name-en": "At home"})
    assert JourneyVersion.objects.count() == 2
    assert list(Activity.objects.values_list("verb", "subject")) == [
        ("configured", "touchpoint"),
        ("configured", "stage"),
    ]
    page = seen(admin, "/journeys/flight/versions/")
    assert "Stage At home was added" in page
    assert "Version 2" in page


def test_versions_say_what_moved_from_where_to_where(admin: Client) -> None:
    do(admin, "add-stage", **{"name-en": "At home"})
    do(admin, "move", touchpoint="boarding", to="arrival:0")
    said = "Touchpoint Boarding: stage was Departure, now Arrival"
    assert said in seen(admin, "/journeys/flight/versions/")


def test_who_sees_a_part_is_not_told_of_the_whole() -> None:
    ground = Department.objects.get(key="ground-ops")
    client = reading_as(factories.make_user(department=ground))
    seen(client, "/journeys/flight/versions/", status=404)


def test_the_reviewer_says_that_the_map_still_holds() -> None:
    ground = Department.objects.get(key="ground-ops")
    lin = factories.make_user("lin@example.com", department=ground, name="Lin")
    journey = Journey.objects.get()
    view = Viewpoint.objects.create(key="family", journey=journey, reviewer=lin)
    client = reading_as(lin)
    with clock.set_to(NOW):
        mine = client.post("/journeys/flight/review/", {"view": "family"})
        others = client.post("/journeys/flight/review/")
    assert (mine.status_code, others.status_code) == (302, 403)
    view.refresh_from_db()
    assert view.reviewed_on == NOW.date()
    assert "Reviewed by Lin on" in seen(client, "/journeys/flight/?view=family")


def test_an_admin_who_reviews_becomes_the_reviewer_where_nobody_is(admin: Client) -> None:
    with clock.set_to(NOW):
        admin.post("/journeys/flight/review/")
    assert Journey.objects.get().reviewer == User.objects.get(is_superuser=True)
