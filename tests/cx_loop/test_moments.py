"""The emotion curve and what to mend first, from rollups; what drives a journey, from answers."""

from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cx_loop.actions.importance import weigh_journeys
from cx_loop.ingest import partitions
from cx_loop.models import (
    CustomerLink,
    Journey,
    JourneyDrivers,
    Metric,
    MomentWeights,
    Observation,
    Series,
    Touchpoint,
    User,
)
from cx_loop.reads.moments import Moments, moments_of
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

ADMIN = "admin@example.com"


@pytest.fixture(autouse=True)
def organization(db: None) -> None:
    factories.make_organization()


@pytest.fixture
def flight() -> list[Touchpoint]:
    """Check-in, boarding, arrival, in their order."""
    stage = factories.make_stage("flight-stage")
    return [
        factories.make_touchpoint(key, stage=stage, position=place)
        for place, key in enumerate(("check-in", "boarding", "arrival"))
    ]


def answered(stop: Touchpoint, *scores: int, segment: str = "", metric: Any = None) -> None:
    metric = metric or Metric.objects.filter(key="csat").first()
    series = factories.make_series(stop, metric or factories.make_metric("csat"), segment=segment)
    factories.fill_hour(series, NOW, scores)


def told(journey: Journey | None = None, **said: Any) -> Moments:
    admin = User.objects.filter(email=ADMIN).first() or factories.make_admin()
    found = moments_of(journey or Journey.objects.get(), admin, now=NOW, **said)
    assert found is not None
    return found


def test_the_curve_follows_the_journey(flight: list[Touchpoint]) -> None:
    for stop, scores in zip(flight, ([4, 4], [1, 1], [5, 5]), strict=True):
        answered(stop, *scores)
    line = told().lines[None]
    # E = 5 (mean - 1) / 4 less the usual expectation of 3
    assert [moment.satisfaction.value for moment in line.moments if moment.satisfaction] == [
        pytest.approx(0.75),
        -3,
        2,
    ]
    assert [moment.is_peak for moment in line.moments] == [False, True, False]
    assert [moment.is_end for moment in line.moments] == [False, False, True]
    assert line.satisfaction == pytest.approx(0.4 * -3 + 0.4 * 2 + 0.2 * -0.25 / 3)


def test_segments_weigh_what_they_weigh(flight: list[Touchpoint]) -> None:
    factories.make_segment("normal")
    factories.make_segment("diamond", weight=3, expectation=4)
    answered(flight[0], *[3] * 30, segment="normal")
    answered(flight[0], *[3] * 10, segment="diamond")
    lines = told().lines
    found = {key: line.moments[0].satisfaction for key, line in lines.items()}
    assert {key: each.value for key, each in found.items() if each} == {
        None: pytest.approx((30 * -0.5 + 30 * -1.5) / 60),
        "normal": -0.5,
        "diamond": -1.5,
    }


def test_what_is_stated_nearer_is_expected(flight: list[Touchpoint]) -> None:
    factories.make_segment("gold", expectation=3.5)
    factories.make_segment("normal")
    Touchpoint.objects.filter(key="check-in").update(expectation=2, expectations={"gold": 4})
    Touchpoint.objects.filter(key="boarding").update(expectation=2)
    MomentWeights.objects.create(expectation=1)
    for stop in flight:
        answered(stop, 3, segment="gold")
        answered(stop, 3, segment="normal")
    lines = told().lines
    expected = {
        key: [moment.expectation.value for moment in lines[key].moments if moment.expectation]
        for key in ("gold", "normal")
    }
    assert expected == {"gold": [4, 2, 3.5], "normal": [2, 2, 1]}


def test_asked_expectation_goes_before_stated(flight: list[Touchpoint]) -> None:
    asks = factories.make_metric("expected", kind="score", low=0, high=5)
    MomentWeights.objects.create(expectation_metric=asks)
    answered(flight[0], 3)
    answered(flight[1], 3)
    answered(flight[0], *[4, 5] * 15, metric=asks)
    answered(flight[1], *[4] * 29, metric=asks)
    found = told()
    expected = [moment.expectation for moment in found.lines[None].moments[:2]]
    assert [each.value for each in expected if each] == [4.5, 3]
    assert found.asked == {(flight[0].pk, "")}


def test_days_bound_what_is_read(flight: list[Touchpoint]) -> None:
    answered(flight[0], 5)
    found = told(days=1)
    assert found.lines[None].moments[0].n == 1
    assert (found.until - found.since).days == 1
    tomorrow = moments_of(found.journey, User.objects.get(), now=found.until, days=1)
    assert tomorrow is not None
    assert tomorrow.lines[None].moments[0].experience is None


def test_measured_satisfaction_decides_unless_told_otherwise(flight: list[Touchpoint]) -> None:
    Touchpoint.objects.filter(key="check-in").update(expectation=5)
    answered(flight[0], *[5] * 30)
    answered(flight[1], *[3] * 30)
    places = [moment.place for moment in told().lines[None].moments]
    assert places == [2, 1, None]
    assert told().lines[None].moments[0].polarity == "positive"
    MomentWeights.objects.create(decide_by="expectation", neutral=0.2)
    by_gap = told().lines[None].moments
    assert [moment.polarity for moment in by_gap] == ["neutral", "negative", None]


def test_the_goal_the_reach_and_the_importance_are_the_touchpoints(
    flight: list[Touchpoint],
) -> None:
    Touchpoint.objects.filter(key="check-in").update(importance=3, goal=5, reach=0.5)
    answered(flight[0], *[3] * 10)
    answered(flight[1], *[3] * 30)
    first, second, _third = told().lines[None].moments
    assert (first.gap, first.reach, second.gap, second.reach) == (0.5, 0.5, 0.25, 1)
    # 100 * 3/5 * .5 * .5, and half as much for neither peak nor end; boarding is both
    assert first.priority == pytest.approx(15)
    assert second.priority == pytest.approx(100 * 0.2 * 0.25 * 2)
    assert (first.quadrant, second.quadrant) == ("fix_first", "watch")


def test_who_sees_a_part_is_told_of_that_part(flight: list[Touchpoint]) -> None:
    member = factories.make_user(department=flight[0].owner)
    found = moments_of(Journey.objects.get(), member, now=NOW)
    assert found is not None
    assert found.seen == {flight[0].pk}
    assert not found.is_whole
    stranger = factories.make_user(department=factories.make_department())
    assert moments_of(Journey.objects.get(), stranger, now=NOW) is None


def test_what_is_retired_is_no_moment(flight: list[Touchpoint]) -> None:
    Touchpoint.objects.filter(key="boarding").update(retired_at=NOW)
    assert [stop.key for stop in told().touchpoints] == ["check-in", "arrival"]


def test_queries_do_not_grow_with_touchpoints_or_segments(flight: list[Touchpoint]) -> None:
    answered(flight[0], 3)
    told()
    with CaptureQueriesContext(connection) as few:
        told()
    for key in ("normal", "gold", "diamond"):
        factories.make_segment(key)
    for place in range(10):
        stop = factories.make_touchpoint(stage=flight[0].stage, position=place)
        for key in ("normal", "gold", "diamond"):
            answered(stop, 3, segment=key)
    with CaptureQueriesContext(connection) as many:
        told()
    assert len(few) == len(many)


def customers(
    stops: list[Touchpoint], n: int, *, loads: tuple[float, ...], segment: str = ""
) -> None:
    """`n` customers who answered everywhere, and on the journey by how much each stop matters."""
    metric = Metric.objects.filter(key="csat").first() or factories.make_metric("csat")
    partitions.ensure_ahead(NOW)
    random = np.random.default_rng(5)
    felt = random.normal(size=(n, len(stops)))
    overall = felt @ np.array(loads) + 0.3 * random.normal(size=n)
    on = [factories.make_series(stop, metric, segment=segment) for stop in stops]
    journey = stops[0].stage.journey
    on.append(Series.objects.create(journey=journey, metric=metric, segment=segment))
    rows, links = [], []
    for said in np.column_stack([felt, overall]):
        customer = uuid4()
        for series, value in zip(on, said, strict=True):
            digest = uuid4()
            common = {"digest": digest, "occurred_at": NOW}
            links.append(CustomerLink(customer=customer, **common))
            rows.append(
                Observation(
                    series=series, received_at=NOW, value=value, exposure=0, bin=0, **common
                )
            )
    Observation.objects.bulk_create(rows)
    CustomerLink.objects.bulk_create(links)


def test_what_drives_a_journey_is_found_in_its_answers(flight: list[Touchpoint]) -> None:
    customers(flight, 250, loads=(0.2, 1.0, 0.5))
    assert weigh_journeys(now=NOW.replace(hour=9)) == 1
    kept = JourneyDrivers.objects.get()
    assert (kept.n, [each["rank"] for each in kept.shares]) == (250, [3, 1, 2])
    found = told()
    assert [each.is_found for each in found.importance.of(None)] == [True] * 3
    assert sum(each.share for each in found.importance.of(None)) == pytest.approx(1)
    assert found.importance.of(None)[1].rank == 1


def test_a_segment_with_customers_enough_has_drivers_of_its_own(flight: list[Touchpoint]) -> None:
    for key in ("normal", "gold", "diamond"):
        factories.make_segment(key)
    customers(flight, 250, loads=(0.2, 1.0, 0.5), segment="normal")
    customers(flight, 150, loads=(1.0, 0.2, 0.5), segment="gold")
    customers(flight, 50, loads=(0.2, 0.5, 1.0), segment="diamond")
    weigh_journeys(now=NOW.replace(hour=9))
    found = told().importance
    ranks = {key: [each.rank for each in found.of(key)] for key in ("normal", "gold")}
    # gold is above a hundred, and below the two hundred that a rank needs
    assert ranks == {"normal": [3, 1, 2], "gold": [None] * 3}
    assert found.of("gold")[0].share > found.of("gold")[1].share
    assert found.of("diamond") == found.of(None)
    driven = [found.driven(key) for key in (None, "normal", "gold", "diamond")]
    assert [(each.segment, each.n) for each in driven if each] == [
        (None, 450),
        ("normal", 250),
        ("gold", 150),
        (None, 450),
    ]


def test_a_touchpoint_retired_since_leaves_its_share_to_the_others(
    flight: list[Touchpoint],
) -> None:
    customers(flight, 210, loads=(0.2, 1.0, 0.5))
    weigh_journeys(now=NOW.replace(hour=9))
    Touchpoint.objects.filter(key="boarding").update(retired_at=NOW)
    shares = [each.share for each in told().importance.of(None)]
    assert sum(shares) == pytest.approx(1)
    assert shares[1] > shares[0]


def test_too_few_customers_leave_what_is_stated(flight: list[Touchpoint]) -> None:
    customers(flight, 99, loads=(0.2, 1.0, 0.5))
    assert weigh_journeys(now=NOW.replace(hour=9)) == 0
    found = told()
    assert [(each.share, each.is_found) for each in found.importance.of(None)] == [
        (1 / 3, False)
    ] * 3


def test_weighing_needs_a_metric_and_answers_on_the_journey(flight: list[Touchpoint]) -> None:
    assert weigh_journeys(now=NOW) == 0
    answered(flight[0], 3)
    assert weigh_journeys(now=NOW) == 0
    assert not JourneyDrivers.objects.exists()
