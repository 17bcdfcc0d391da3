"""What is old goes, what is added up stays."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from alerts.models import Evaluation, RuleState
from config.retention import prune
from cx_loop.ingest import partitions
from cx_loop.ingest.recount import recount
from cx_loop.ingest.removal import remove_observation
from cx_loop.models import (
    AnsweredRequest,
    CustomerLink,
    DroppedMonth,
    Feedback,
    Observation,
    Rollup,
    Source,
)
from tests import factories
from tests.cx_loop.ingest.conftest import NOW, accept, make_airline, said

pytestmark = pytest.mark.django_db
OLD = "2025-11-30T23:59:00Z"
FOR_EVER = dict.fromkeys(
    ["observations", "comments", "deliveries", "provisional", "evaluations"], 0
)


@pytest.fixture
def source() -> Source:
    make_airline()
    return Source.objects.create(key="survey")


def counted() -> float:
    return sum(row.total for row in Rollup.objects.filter(grain=5))


def days_since_november_ended() -> int:
    return (NOW - datetime(2025, 12, 1, tzinfo=UTC)).days


def test_a_month_goes_when_all_of_it_is_old_and_its_rollups_stay(
    source: Source, settings: Any
) -> None:
    accept(source, said(2, external_id="r1", occurred_at=OLD), said(4))
    days = days_since_november_ended()
    settings.KEEP = FOR_EVER | {"observations": days + 1}
    assert prune(now=NOW)["months of observations"] == 0
    settings.KEEP = FOR_EVER | {"observations": days}
    assert prune(now=NOW)["months of observations"] == 1
    assert (Observation.objects.get().value, counted()) == (4, 6)
    assert accept(source, said(2, external_id="r1", occurred_at=OLD)).duplicates == 1


def test_what_comes_late_for_a_dropped_month_is_counted_and_nothing_is_recounted(
    source: Source, settings: Any
) -> None:
    accept(source, said(2, external_id="r1", occurred_at=OLD), said(4))
    settings.KEEP = FOR_EVER | {"observations": 30}
    prune(now=NOW)
    accept(source, said(3, occurred_at=OLD), said(5, external_id="r1", occurred_at=OLD))
    assert counted() == 3 + 5 + 4
    list(recount(rebuild=True))
    remove_observation(source=source, external_id="r1", now=NOW)
    assert counted() == 3 + 4
    assert prune(now=NOW)["months of observations"] == 1
    assert DroppedMonth.objects.count() == 1
    assert all((start.year, start.month) != (2025, 11) for start, _ in partitions.months())


def test_comments_and_links_go_and_figures_stay(source: Source, settings: Any) -> None:
    words = {"comment": "Cold", "customer": "wei"}
    accept(source, said(2, occurred_at=OLD, **words), said(4, **words))
    settings.KEEP = FOR_EVER | {"comments": 90}
    assert prune(now=NOW)["comments and links to customers"] == 2
    assert (Feedback.objects.count(), CustomerLink.objects.count()) == (1, 1)
    assert Observation.objects.count() == 2


def test_answers_go_after_a_week() -> None:
    for days in (6, 8):
        at = NOW - timedelta(days=days)
        AnsweredRequest.objects.create(
            caller="key:1", key=str(days), fingerprint=b"", status=200, body=b"", answered_at=at
        )
    prune(now=NOW)
    assert AnsweredRequest.objects.get().key == "6"


def test_provisional_decisions_go_unless_an_alert_was_raised_on_them(settings: Any) -> None:
    settings.KEEP = FOR_EVER | {"provisional": 30}
    group = factories.make_group(factories.make_rule("wait-rule"))
    edge = factories.NOW - timedelta(days=40)
    kept = factories.make_evaluation(group, edge=edge, provisional=True)
    factories.make_alert(group, edge=edge)
    factories.make_evaluation(group, edge=edge + timedelta(days=1), provisional=True)
    final = factories.make_evaluation(group, edge=edge + timedelta(days=2))
    young = factories.make_evaluation(group, edge=edge + timedelta(days=20), provisional=True)
    assert prune(now=factories.NOW)["evaluations"] == 1
    assert set(Evaluation.objects.all()) == {kept, final, young}


def test_old_decisions_go_unless_an_alert_or_the_state_rests_on_them(settings: Any) -> None:
    settings.KEEP = FOR_EVER | {"evaluations": 400}
    group = factories.make_group(factories.make_rule("wait-rule"))
    edge, hour = factories.NOW - timedelta(days=500), timedelta(hours=1)
    raised = factories.make_evaluation(group, edge=edge, until=edge + 9 * hour)
    factories.make_alert(group, edge=edge + 5 * hour)
    factories.make_evaluation(group, edge=edge + 10 * hour)
    newest = factories.make_evaluation(group, edge=edge + 20 * hour, until=edge + 30 * hour)
    RuleState.objects.filter(group=group).update(last_edge=edge + 30 * hour)
    assert prune(now=factories.NOW)["evaluations"] == 1
    assert set(Evaluation.objects.all()) == {raised, newest}


def test_by_itself_nothing_of_customers_goes(source: Source) -> None:
    accept(source, said(2, occurred_at=OLD, comment="Cold"))
    out = StringIO()
    call_command("prune", stdout=out)
    assert "0 months of observations" in out.getvalue()
    assert (Observation.objects.count(), Feedback.objects.count()) == (1, 1)
