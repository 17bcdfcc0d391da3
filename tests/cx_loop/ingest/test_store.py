"""Counted is what is stored, once."""

from datetime import UTC, datetime

import pytest

from cx_loop.models import (
    CustomerLink,
    DirtyMark,
    Feedback,
    Observation,
    ObservationKey,
    Rollup,
    Source,
    Touchpoint,
)
from tests.cx_loop.ingest.conftest import accept, said

pytestmark = pytest.mark.usefixtures("airline")


def counted(grain: int = 5) -> dict[int, tuple[int, float]]:
    """bin -> n and sum, of one grain."""
    rows = Rollup.objects.filter(grain=grain, n__gt=0).order_by("bin")
    return {row.bin: (row.n, row.total) for row in rows}


def test_an_observation_is_stored_and_rolled_up(source: Source) -> None:
    result = accept(source, said(4, external_id="r1", occurred_at="2026-03-10T10:07:00Z"))
    assert (result.accepted, result.results) == (1, [])
    assert Observation.objects.get().value == 4
    assert {row.grain: row.bucket for row in Rollup.objects.all()} == {
        5: datetime(2026, 3, 10, 10, 5, tzinfo=UTC)
    }
    assert counted() == {3: (1, 4)}
    assert DirtyMark.objects.get().series_id == result.series_ids[0]


def test_the_same_again_is_a_duplicate_and_changes_nothing(source: Source) -> None:
    accept(source, said(4, external_id="r1"))
    again = accept(source, said(4, external_id="r1"))
    assert (again.accepted, again.duplicates, again.series_ids) == (0, 1, [])
    assert again.results[0].status == "duplicate"
    assert counted() == {3: (1, 4)}
    assert DirtyMark.objects.count() == 1


def test_a_batch_that_is_not_all_new_stores_what_is_and_counts_nothing_twice(
    source: Source,
) -> None:
    became = []
    for sent in ("abc", "cde", "fg", "hij", "gaj"):  # taken to be new, and in turn compared
        result = accept(source, *[said(4, external_id=each) for each in sent])
        became.append((result.accepted, result.duplicates))
    assert became == [(3, 0), (2, 1), (2, 0), (3, 0), (0, 3)]
    assert counted() == {3: (10, 40)}
    assert Observation.objects.count() == ObservationKey.objects.count() == 10


def test_a_correction_moves_the_value_to_its_new_bin(source: Source) -> None:
    accept(source, said(2, external_id="r1"), said(5, external_id="r2"))
    result = accept(source, said(4, external_id="r1", occurred_at="2026-03-10T10:30:00Z"))
    assert (result.updated, result.results[0].status) == (1, "updated")
    assert counted() == {3: (1, 4), 4: (1, 5)}
    assert sorted(Observation.objects.values_list("value", flat=True)) == [4, 5]


def test_a_correction_can_move_an_observation_to_another_month_and_touchpoint(
    source: Source,
) -> None:
    accept(source, said(2, external_id="r1", occurred_at="2025-11-30T23:00:00Z"))
    result = accept(source, said(2, external_id="r1", touchpoint="meal"))
    assert len(result.series_ids) == 2
    assert counted() == {1: (1, 2)}
    moved = Observation.objects.get()
    assert moved.occurred_at == datetime(2026, 3, 10, 10, tzinfo=UTC)
    assert moved.series.touchpoint == Touchpoint.objects.get(key="meal")


def test_a_lower_revision_loses_and_a_higher_one_wins(source: Source) -> None:
    accept(source, said(5, external_id="r1", revision=2))
    late = accept(source, said(1, external_id="r1", revision=1))
    assert (late.duplicates, counted()) == (1, {4: (1, 5)})
    assert accept(source, said(3, external_id="r1", revision=3)).updated == 1
    assert counted() == {2: (1, 3)}


def test_within_one_batch_the_last_wins(source: Source) -> None:
    result = accept(source, said(1, external_id="r1"), said(5, external_id="r1"))
    assert (result.accepted, result.duplicates) == (1, 1)
    assert result.results[0].index == 0
    assert counted() == {4: (1, 5)}


def test_one_response_may_carry_several_metrics(source: Source) -> None:
    both = accept(source, said(4, external_id="r1"), said(9, metric="nps", external_id="r1"))
    assert both.accepted == 2
    assert ObservationKey.objects.count() == 2


def test_sources_do_not_share_their_identifiers(source: Source) -> None:
    accept(source, said(4, external_id="r1"))
    assert accept(Source.objects.create(key="other"), said(4, external_id="r1")).accepted == 1


def test_without_an_identifier_every_item_counts(source: Source) -> None:
    assert accept(source, said(4), said(4)).accepted == 2
    assert counted() == {3: (2, 8)}


def test_a_rate_adds_events_and_exposure(source: Source) -> None:
    accept(
        source, said(3, metric="cancelled", exposure=100), said(1, metric="cancelled", exposure=50)
    )
    hour = Rollup.objects.get(grain=5)
    assert (hour.n, hour.total, hour.exposure) == (2, 4, 150)


def test_a_comment_alone_is_kept_and_counts_nothing(source: Source) -> None:
    alone = said(None, metric=None, comment="Cold coffee", external_id="r1")  # type: ignore[arg-type]
    assert accept(source, alone).accepted == 1
    assert Feedback.objects.get().comment == "Cold coffee"
    assert not Rollup.objects.exists()
    assert accept(source, {**alone, "comment": "Warm coffee"}).updated == 1
    assert Feedback.objects.get().comment == "Warm coffee"


def test_comment_and_customer_stand_apart_and_leave_with_a_correction(source: Source) -> None:
    accept(source, said(2, external_id="r1", comment="Too loud", customer="wei@example.com"))
    assert (Feedback.objects.count(), CustomerLink.objects.count()) == (1, 1)
    accept(source, said(2, external_id="r1"))
    assert (Feedback.objects.count(), CustomerLink.objects.count()) == (0, 0)
    assert counted() == {1: (1, 2)}


@pytest.mark.parametrize("subject", [{"stage": "departure"}, {"journey": "flight"}])
def test_stages_and_journeys_can_be_measured(source: Source, subject: dict[str, str]) -> None:
    assert accept(source, said(4, touchpoint=None, **subject)).accepted == 1


def test_durations_keep_their_distribution(source: Source) -> None:
    accept(source, *[said(minutes, metric="wait") for minutes in (0, 30, 30, 45.25, 5000)])
    assert [n for n, _ in counted().values()] == [1, 2, 1, 1]
