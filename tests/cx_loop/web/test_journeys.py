"""Journey maps: who sees what of them, what stands on them, and the part beside."""

import re

import pytest
from django.test import Client

from cx_loop.models import (
    Department,
    Journey,
    Metric,
    Touchpoint,
    User,
    Viewpoint,
    ViewpointStop,
)
from tests import factories
from tests.factories import NOW
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def organization(db: None) -> None:
    factories.make_organization()


@pytest.fixture
def journey() -> Journey:
    """Check-in and boarding of ground operations, the lounge of hospitality."""
    ground, care = factories.make_department("ground-ops"), factories.make_department("care")
    journey = Journey.objects.create(key="flight", name={"en": "A flight", "zh-hans": "航程"})
    stage = factories.make_stage("departure", journey=journey, name={"en": "Departure"})
    for place, (key, owner) in enumerate(
        (("check-in", ground), ("boarding", ground), ("lounge", care))
    ):
        name = {"en": key.capitalize()}
        factories.make_touchpoint(key, stage=stage, owner=owner, position=place, name=name)
    return journey


@pytest.fixture
def felt(journey: Journey) -> None:
    """Gold is happier than normal everywhere; boarding is the worst."""
    metric = factories.make_metric("csat")
    for place, key in enumerate(("normal", "gold")):
        factories.make_segment(key, position=place)
    for stop, scores in (("check-in", (4, 5)), ("boarding", (1, 2)), ("lounge", (4, 4))):
        for segment, score in zip(("normal", "gold"), scores, strict=True):
            place = Touchpoint.objects.get(key=stop)
            series = factories.make_series(place, metric, segment=segment)
            factories.fill_hour(series, NOW, [score] * 40)


def admin() -> Client:
    return reading_as(factories.make_admin())


def member(department: str) -> Client:
    found = Department.objects.get(key=department)
    return reading_as(factories.make_user(f"{department}@example.com", department=found))


def test_the_map_shows_stages_touchpoints_and_owners(journey: Journey) -> None:
    page = seen(admin(), "/journeys/flight/")
    for word in ("A flight", "Departure", "Check-in", "Boarding", "Lounge", "Physical evidence"):
        assert word in page


def test_a_lane_says_what_happens_and_who_supports(journey: Journey) -> None:
    stop = Touchpoint.objects.get(key="boarding")
    Touchpoint.objects.filter(pk=stop.pk).update(
        blueprint={"customer": {"en": "Shows the pass"}, "back_stage": {"en": "Counts the bags"}}
    )
    stop.support.add(factories.make_department("it", name={"en": "IT service"}))
    page = seen(admin(), "/journeys/flight/")
    for word in ("Shows the pass", "Counts the bags", "IT service"):
        assert word in page


def test_segments_stand_side_by_side_with_n_and_interval(journey: Journey, felt: None) -> None:
    page = seen(admin(), "/journeys/flight/")
    said = re.findall(r"<title>(Boarding · .+?)</title>", page)
    assert [each.split(" (")[0] for each in said] == [
        "Boarding · Everybody: −2.4",
        "Boarding · Normal: −3",
        "Boarding · Gold: −1.8",
    ]
    assert said[1].endswith("n 40), peak")
    assert 'aria-label="Felt against expectation.' in page


def test_measured_is_another_reading_of_the_same(journey: Journey, felt: None) -> None:
    page = seen(admin(), "/journeys/flight/?by=measured")
    assert "Boarding · Normal: −5" in page
    assert 'aria-label="Measured satisfaction.' in page


def test_what_to_mend_first_is_the_worst_that_matters(journey: Journey, felt: None) -> None:
    page = seen(admin(), "/journeys/flight/")
    order = re.findall(r"Fix first · negative|Keep up · positive|Watch", page)
    assert "Fix first: Boarding." in page
    assert order[0] == "Fix first · negative"


def test_a_department_sees_its_own_touchpoints_and_no_whole(journey: Journey, felt: None) -> None:
    page = seen(member("care"), "/journeys/flight/")
    assert "Lounge" in page
    assert "Boarding" not in page
    assert "What is remembered" not in page


def test_a_journey_without_own_touchpoints_is_not_there(journey: Journey) -> None:
    other = reading_as(factories.make_user(department=factories.make_department("other")))
    assert "A flight" not in seen(other, "/journeys/")
    seen(other, "/journeys/flight/", status=404)
    seen(reading_as(factories.make_user("nobody@example.com")), "/journeys/flight/", status=404)


def test_open_alerts_and_tasks_stand_in_place_and_lead_there(journey: Journey) -> None:
    boarding = Touchpoint.objects.get(key="boarding")
    factories.make_task(factories.make_alert(touchpoint=boarding))
    page = seen(admin(), "/journeys/flight/")
    assert "/alerts/?touchpoint=boarding" in page
    assert "/?tab=department&amp;touchpoint=boarding" in page
    assert "/alerts/?touchpoint=lounge" not in page
    assert "1 alert" in seen(admin_again(), "/journeys/")


def admin_again() -> Client:
    return reading_as(User.objects.get(is_superuser=True))


def test_the_touchpoint_beside_is_the_same_as_in_the_whole_page(journey: Journey) -> None:
    client = admin()
    url = "/journeys/flight/?at=boarding"
    part = seen(client, url, **{"HX-Request": "true"}).strip()
    assert "<html" not in part
    assert part in seen(client, url)
    assert "/touchpoints/boarding/" in part


def test_nothing_stands_beside_what_is_not_there(journey: Journey) -> None:
    assert 'id="side-head"' not in seen(admin(), "/journeys/flight/?at=gone&view=gone&days=0")


def test_a_viewpoint_is_laid_over_the_map(journey: Journey) -> None:
    boarding = Touchpoint.objects.get(key="boarding")
    Touchpoint.objects.filter(pk=boarding.pk).update(blueprint={"customer": {"en": "Queues"}})
    view = Viewpoint.objects.create(key="soon", journey=journey, to_be=True, name={"en": "2027"})
    ViewpointStop.objects.create(
        viewpoint=view,
        touchpoint=boarding,
        felt=3,
        words={"en": "I just walk through"},
        blueprint={"customer": {"en": "Walks through"}},
    )
    ViewpointStop.objects.create(
        viewpoint=view, stage=boarding.stage, name={"en": "A call beforehand"}, felt=1
    )
    client = admin()
    assert "To be: 2027" in seen(client, "/journeys/flight/")
    page = seen(client, "/journeys/flight/?view=soon")
    for word in ("Queues", "Walks through", "I just walk through", "A call beforehand", "to come"):
        assert word in page
    assert "Boarding · 2027: +3" in page


def test_who_reviewed_a_map_and_when_is_said(journey: Journey) -> None:
    assert "nobody is named" in seen(admin(), "/journeys/")
    lin = factories.make_user("lin@example.com", name="Lin")
    Journey.objects.update(reviewer=lin, reviewed_on=NOW.date())
    assert "Reviewed by Lin on" in seen(admin_again(), "/journeys/flight/")


def test_lived_moments_stand_under_the_map(journey: Journey) -> None:
    factories.make_card(Touchpoint.objects.get(key="boarding"), "left alone", score=-4)
    page = seen(admin(), "/journeys/flight/")
    assert "left alone" in page
    assert "negative" in page


def test_an_empty_installation_says_what_to_do() -> None:
    assert "Add a journey" in seen(admin(), "/journeys/")
    nobody = reading_as(factories.make_user("nobody@example.com"))
    assert "An administrator adds them" in seen(nobody, "/journeys/")


def test_a_journey_without_stages_is_a_page(journey: Journey) -> None:
    Journey.objects.create(key="new", name={"en": "New"})
    assert "no stages yet" in seen(admin(), "/journeys/new/")


def test_no_query_more_with_more_touchpoints(journey: Journey, felt: None) -> None:
    stage, metric = journey.stages.get(), Metric.objects.get(key="csat")

    def one_more() -> None:
        stop = factories.make_touchpoint(stage=stage)
        stop.support.add(stop.owner)
        series = factories.make_series(stop, metric, segment="gold")
        factories.fill_hour(series, NOW, [3] * 40)
        factories.make_card(stop)
        factories.make_task(factories.make_alert(touchpoint=stop))

    costs_the_same(admin(), "/journeys/flight/", one_more)
    costs_the_same(admin_again(), "/journeys/", one_more)


def test_no_query_more_with_more_journeys(journey: Journey) -> None:
    def one_more() -> None:
        factories.make_touchpoint(stage=factories.make_stage())

    costs_the_same(admin(), "/journeys/", one_more)


def test_the_map_is_said_in_chinese(journey: Journey, felt: None) -> None:
    chinese = reading_as(factories.make_admin(language="zh-hans"))
    page = seen(chinese, "/journeys/flight/")
    for word in ("航程", "有形展示", "前台", "后台", "峰值"):
        assert word in page
