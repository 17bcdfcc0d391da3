"""Hours and days are folded behind the present, and no reader can tell how far."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cx_loop import clock
from cx_loop.history import timelines_of
from cx_loop.ingest.fold import fold
from cx_loop.ingest.recount import recount
from cx_loop.ingest.removal import remove_observation
from cx_loop.models import COARSE, DAY, FINE, Fold, Observation, Rollup, Series, Source
from cx_loop.reads import series_points, totals_of_windows
from tests.cx_loop.ingest.conftest import NOW, accept, make_airline, said

pytestmark = pytest.mark.django_db

FIRST = datetime(2026, 3, 8, tzinfo=UTC)
FIVE, HOUR = timedelta(minutes=5), timedelta(hours=1)
HOURS = 4 * 24


def grains() -> dict[int, int]:
    """grain -> how many observations it counts."""
    found = dict.fromkeys((FINE, COARSE, DAY), 0)
    for row in Rollup.objects.all():
        found[row.grain] += row.n
    return found


def at(hours: float) -> str:
    return (FIRST + hours * HOUR).isoformat()


@pytest.fixture
def folded(airline: object, source: Source) -> Source:
    """Observations at hours 1, 23, 25 and 30 of the first day; folded up to hour 28."""
    accept(source, *(said(4, occurred_at=at(hour), external_id=str(hour)) for hour in (1, 23)))
    accept(source, *(said(4, occurred_at=at(hour), external_id=str(hour)) for hour in (25, 30)))
    fold(now=FIRST + 30 * HOUR)
    return source


def test_days_and_hours_are_folded_up_to_two_hours_ago(folded: Source) -> None:
    assert grains() == {FINE: 4, COARSE: 3, DAY: 2}


def test_what_comes_late_is_added_to_what_is_folded(folded: Source) -> None:
    accept(folded, said(5, occurred_at=at(2)), said(5, occurred_at=at(27.9)))
    accept(folded, said(5, occurred_at=at(28)))
    assert grains() == {FINE: 7, COARSE: 5, DAY: 3}


def test_a_correction_and_a_deletion_reach_every_grain(folded: Source) -> None:
    accept(folded, said(1, occurred_at=at(1), external_id="23"))
    remove_observation(source=folded, external_id="25", now=NOW)
    assert grains() == {FINE: 3, COARSE: 2, DAY: 2}
    assert {row.bin: row.n for row in Rollup.objects.filter(grain=DAY, n__gt=0)} == {0: 1, 3: 1}


def test_the_seam_never_moves_back(folded: Source) -> None:
    before = Fold.objects.get().folded_until
    assert fold(now=FIRST) == 0
    assert Fold.objects.get().folded_until == before == FIRST + 28 * HOUR


def test_folding_again_changes_nothing(folded: Source) -> None:
    assert fold(now=FIRST + 30 * HOUR) == 0
    assert grains() == {FINE: 4, COARSE: 3, DAY: 2}


def test_without_observations_the_seam_begins_two_hours_ago() -> None:
    fold(now=NOW + timedelta(minutes=7))
    assert Fold.objects.get().folded_until == NOW - 2 * HOUR


def test_a_slice_folds_some_series_and_is_right_by_itself(airline: object, source: Source) -> None:
    for touchpoint in ("boarding", "meal"):
        accept(source, said(4, occurred_at=at(1), touchpoint=touchpoint))
    fold(now=FIRST + 40 * HOUR, slices=1, series=1)
    assert grains() == {FINE: 2, COARSE: 1, DAY: 1}
    accept(source, *(said(5, occurred_at=at(1), touchpoint=name) for name in ("boarding", "meal")))
    assert grains() == {FINE: 4, COARSE: 2, DAY: 2}
    assert not any(month.different for month in recount(rebuild=False))


@st.composite
def moments(draw: Callable[..., Any]) -> tuple[datetime, datetime]:
    since = draw(st.integers(0, HOURS * 12 - 1))
    until = draw(st.one_of(st.integers(since + 1, HOURS * 12), st.just(since + 24 * 12)))
    return FIRST + FIVE * since, FIRST + FIVE * until


def something_happens(data: st.DataObject, source: Source) -> None:
    what = data.draw(st.sampled_from(["store", "store", "store", "remove", "fold", "fold"]))
    key = f"r{data.draw(st.integers(1, 8))}"
    if what == "store":
        minutes = data.draw(st.lists(st.integers(0, HOURS * 60 - 1), min_size=1, max_size=6))
        place, value = st.sampled_from(["boarding", "meal"]), st.integers(1, 5)
        accept(
            source,
            *(
                said(
                    data.draw(value),
                    touchpoint=data.draw(place),
                    occurred_at=at(minute / 60),
                    external_id=key if number == 0 else None,
                )
                for number, minute in enumerate(minutes)
            ),
        )
    elif what == "remove":
        remove_observation(source=source, external_id=key, now=NOW)
    else:
        hours, slices = data.draw(st.integers(0, HOURS + 3)), data.draw(st.integers(1, 9))
        fold(now=FIRST + hours * HOUR, slices=slices, series=data.draw(st.integers(1, 3)))


def raw(series: list[int], start: datetime, end: datetime) -> tuple[int, float]:
    rows = Observation.objects.filter(
        series_id__in=series, occurred_at__gte=start, occurred_at__lt=end
    )
    values = list(rows.values_list("value", flat=True))
    return len(values), sum(values)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_every_window_is_what_is_stored_however_far_it_is_folded(data: st.DataObject) -> None:
    with transaction.atomic():
        make_airline()
        source = Source.objects.create(key="survey")
        for _ in range(data.draw(st.integers(1, 12))):
            something_happens(data, source)
        series = list(Series.objects.order_by("id").values_list("id", flat=True))
        asked = data.draw(st.lists(moments(), min_size=1, max_size=5))
        found = totals_of_windows((place, series, *ends) for place, ends in enumerate(asked))
        for place, ends in enumerate(asked):
            assert (found[place].n, found[place].total) == raw(series, *ends)
        assert not any(month.different for month in recount(rebuild=False))
        same_by_the_hour(series)
        transaction.set_rollback(True)


def same_by_the_hour(series: list[int]) -> None:
    """Points of a chart and the timeline of a trial, both of hours."""
    ends = FIRST, FIRST + HOURS * HOUR
    points = series_points(series, *ends)
    line = timelines_of({0: series}, *ends, COARSE)[0]
    for hour in range(HOURS):
        bounds = FIRST + hour * HOUR, FIRST + (hour + 1) * HOUR
        n, total = raw(series, *bounds)
        assert (points[bounds[0]].n if bounds[0] in points else 0) == n
        assert line.totals(*(each.timestamp() for each in bounds)).total == total


def test_the_hours_an_installation_had_are_folded_by_its_migration(
    airline: object, source: Source
) -> None:
    now = clock.now()
    for ago in (timedelta(days=3), timedelta(minutes=30)):
        accept(source, said(4, occurred_at=(now - ago).isoformat()), now=now)
    migration = import_module("cx_loop.migrations.0013_fold_hours_and_days")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cx_loop_rollup SELECT series_id, 60, date_bin('1 hour', bucket, 'epoch'),"
            " bin, n, total, squares, exposure FROM cx_loop_rollup"
        )
        cursor.execute(migration.FOLDED)
    assert grains() == {FINE: 2, COARSE: 1, DAY: 1}
    assert not any(month.different for month in recount(rebuild=False))
