"""GET journeys/{key}/emotion/ and /moments/: who is told what of a journey."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cx_loop import clock
from cx_loop.models import JourneyDrivers, Metric, MomentWeights, Stage, Touchpoint
from tests import factories
from tests.api_stories import Airline, codes, get, make_airline, signed_in, with_key
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with clock.set_to(NOW):
        yield


@pytest.fixture
def airline():
    """Boarding went badly and the app well; gold members answer too."""
    factories.make_organization()
    made = make_airline()
    Stage.objects.filter(touchpoints=made.app).update(position=1)
    metric = factories.make_metric("csat")
    factories.make_segment("gold", weight=2)
    for touchpoint, segment, scores in (
        (made.boarding, "", [2] * 40),
        (made.boarding, "gold", [1] * 20),
        (made.app, "", [5] * 20),
    ):
        series = factories.make_series(touchpoint, metric, segment=segment)
        factories.fill_hour(series, NOW, scores)
    return made


def test_the_curve_has_a_line_for_all_and_one_for_each_segment(airline: Airline) -> None:
    told = get(airline.admin, "journeys/flight/emotion/")
    assert [line["segment"] for line in told["lines"]] == [None, "gold", ""]
    assert (told["metric"], told["decide_by"], told["whole"]) == ("csat", "measured", True)
    boarding, app = told["lines"][0]["points"]
    assert (boarding["touchpoint"], boarding["is_peak"], app["is_end"]) == ("boarding", True, True)
    # 40 answers of 2, 20 of 1 with twice the weight: (40 * -1.75 + 40 * -3) / 80
    assert boarding["satisfaction"]["value"] == pytest.approx(-2.375)
    assert boarding["n"] == 60
    assert boarding["satisfaction"]["low"] < -2.375 < boarding["satisfaction"]["high"]
    assert told["lines"][0]["remembered"]["satisfaction"] == pytest.approx(
        0.4 * -2.375 + 0.4 * 2 + 0.2 * (-2.375 + 2) / 2
    )


def test_the_note_speaks_the_readers_language(airline: Airline) -> None:
    assert "experience minus expectation" in get(airline.admin, "journeys/flight/emotion/")["note"]
    zoe = factories.make_admin("zoe@example.com", language="zh-hans")
    assert "体验减去期望" in get(zoe, "journeys/flight/emotion/")["note"]


def test_what_to_mend_first_comes_first(airline: Airline) -> None:
    told = get(airline.admin, "journeys/flight/moments/")
    first, second = told["moments"]
    assert (first["touchpoint"], first["place"], second["place"]) == ("boarding", 1, 2)
    assert (first["quadrant"], second["quadrant"]) == ("fix_first", "keep_up")
    assert (first["polarity"], first["answer"], first["certain"]) == ("negative", "recover", True)
    assert (second["polarity"], second["answer"]) == ("positive", "reinforce")
    assert first["importance"] == {
        "share": 0.5,
        "source": "stated",
        "rank": None,
        "rank_low": None,
        "rank_high": None,
    }
    assert told["drivers"] is None


def test_a_segment_has_a_ranking_of_its_own(airline: Airline) -> None:
    told = get(airline.admin, "journeys/flight/moments/", segment="gold")
    assert [moment["n"] for moment in told["moments"]] == [20, 0]
    assert told["moments"][1]["priority"] is None
    refused = get(airline.admin, "journeys/flight/moments/", 400, segment="moon")
    assert codes(refused) == {"segment": "segment_unknown"}


@pytest.mark.parametrize("days", ["0", "367", "x", "-1", "1.5", "²", ""])
def test_days_are_a_whole_number(airline: Airline, days: str) -> None:
    assert codes(get(airline.admin, "journeys/flight/emotion/", 400, days=days)) == {
        "days": "invalid"
    }


def test_a_department_is_told_of_its_own_touchpoints_only(airline: Airline) -> None:
    told = get(airline.ana, "journeys/flight/emotion/")
    assert {point["touchpoint"] for line in told["lines"] for point in line["points"]} == {
        "boarding"
    }
    assert told["whole"] is False
    assert told["lines"][0]["remembered"] == {"satisfaction": None, "measured": None}
    moments = get(airline.ana, "journeys/flight/moments/")["moments"]
    assert [(each["touchpoint"], each["importance"]["share"]) for each in moments] == [
        ("boarding", 0.5)
    ]


def test_a_journey_nobody_of_the_department_works_at_is_not_there(airline: Airline) -> None:
    stranger = factories.make_user(department=factories.make_department())
    for read in ("emotion", "moments"):
        get(stranger, f"journeys/flight/{read}/", 404)
        get(airline.admin, f"journeys/moon/{read}/", 404)
        get(with_key("read", department=airline.ground), f"journeys/flight/{read}/")
        get(with_key("ingest"), f"journeys/flight/{read}/", 403)


def test_drivers_are_told_to_who_sees_the_whole(airline: Airline) -> None:
    JourneyDrivers.objects.create(
        journey=airline.boarding.stage.journey,
        metric=Metric.objects.get(),
        weighed_at=NOW,
        since=NOW,
        n=250,
        r2=0.6,
        shares=[
            {"touchpoint": "boarding", "share": 0.8, "rank": 1, "rank_low": 1, "rank_high": 1},
            {"touchpoint": "app", "share": 0.2, "rank": 2, "rank_low": 2, "rank_high": 2},
        ],
    )
    told = get(airline.admin, "journeys/flight/moments/")
    assert (told["drivers"]["n"], told["drivers"]["r2"]) == (250, 0.6)
    of_gold = get(airline.admin, "journeys/flight/moments/", segment="gold")["drivers"]
    assert (of_gold["n"], of_gold["segment"]) == (250, None)
    assert told["moments"][0]["importance"]["share"] == pytest.approx(0.8)
    assert told["moments"][0]["importance"]["source"] == "data"
    assert get(airline.ana, "journeys/flight/moments/")["drivers"] is None


def test_without_a_metric_or_answers_the_curve_is_empty(airline: Airline) -> None:
    MomentWeights.objects.create(metric=factories.make_metric("felt", kind="score"))
    points = get(airline.admin, "journeys/flight/emotion/")["lines"][0]["points"]
    assert [point["satisfaction"] for point in points] == [None, None]
    Metric.objects.update(retired_at=NOW)
    MomentWeights.objects.update(metric=None)
    assert get(airline.admin, "journeys/flight/moments/")["metric"] is None


def test_a_journey_of_forty_touchpoints_is_few_queries(airline: Airline) -> None:
    for place in range(38):
        factories.make_touchpoint(stage=airline.boarding.stage, position=place)
    assert Touchpoint.objects.count() == 40
    client = signed_in(airline.admin)
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/api/v1/journeys/flight/emotion/").status_code == 200
    assert len(asked) <= 14, [query["sql"] for query in asked]
