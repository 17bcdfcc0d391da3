"""What is taken out is counted no more, and a late resend does not bring it back."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cx_loop.ingest.accept import accept_items
from cx_loop.ingest.recount import recount
from cx_loop.ingest.removal import Removed, remove_customer, remove_observation
from cx_loop.models import (
    Activity,
    CustomerLink,
    DirtyMark,
    ErasedCustomer,
    Feedback,
    Observation,
    Rollup,
    Source,
    Touchpoint,
)
from tests.cx_loop.ingest.conftest import NOW, accept, said

pytestmark = pytest.mark.usefixtures("airline")
WEI = "wei@example.com"


def remove(source: Source, external_id: str = "r1", **more: object) -> Removed:
    return remove_observation(source=source, external_id=external_id, now=NOW, **more)  # type: ignore[arg-type]


def counted() -> float:
    assert not any(month.different for month in recount(rebuild=False))
    return sum(row.total for row in Rollup.objects.filter(grain=5))


def test_a_removed_observation_leaves_figures_comment_and_customer(source: Source) -> None:
    accept(source, said(2, external_id="r1", comment="Cold", customer=WEI), said(4))
    DirtyMark.objects.all().delete()
    assert remove(source) == Removed(found=1, removed=1)
    assert (Observation.objects.count(), counted()) == (1, 4)
    assert (Feedback.objects.count(), CustomerLink.objects.count()) == (0, 0)
    mark = DirtyMark.objects.get()
    assert f"{mark.since:%H:%M} {mark.until:%H:%M}" == "10:00 10:00"


def test_all_metrics_of_an_identifier_go_unless_one_is_named(source: Source) -> None:
    items = [said(4, external_id="r1"), said(9, metric="nps", external_id="r1")]
    accept(source, *items, said(None, metric=None, comment="Late", external_id="r1"))  # type: ignore[arg-type]
    assert remove(source, metric="nps").removed == 1
    assert counted() == 4
    assert remove(source) == Removed(found=3, removed=2)
    assert (counted(), Feedback.objects.count()) == (0, 0)


def test_a_late_resend_stays_out_and_a_higher_revision_counts(source: Source) -> None:
    accept(source, said(4, external_id="r1", revision=2))
    remove(source)
    for revision in (None, 1, 2):
        assert accept(source, said(4, external_id="r1", revision=revision)).duplicates == 1
    assert accept(source, said(5, external_id="r1", revision=3)).updated == 1
    assert counted() == 5


def test_removing_again_changes_nothing(source: Source) -> None:
    accept(source, said(4, external_id="r1"))
    remove(source)
    assert remove(source) == Removed(found=1, removed=0)
    assert accept(source, said(4, external_id="r1", revision=1)).updated == 1


def test_another_source_and_another_department_are_not_reached(
    source: Source, airline: Touchpoint
) -> None:
    accept(source, said(4, external_id="r1", touchpoint="meal"))
    assert remove(Source.objects.create(key="other")).found == 0
    assert remove(source, owners=frozenset([airline.owner_id])).found == 0
    assert counted() == 4


def test_an_erased_customer_leaves_nothing_but_a_tombstone(source: Source) -> None:
    other = said(1, external_id="r3", customer="lin@example.com", comment="Fine")
    accept(source, said(2, external_id="r1", customer=WEI, comment="Cold"), other)
    accept(source, said(5, external_id="r2", customer=WEI, touchpoint="meal"))
    assert remove_customer(customer=WEI, now=NOW) == Removed(2, 2)
    assert (counted(), Feedback.objects.get().comment) == (1, "Fine")
    assert (CustomerLink.objects.count(), ErasedCustomer.objects.count()) == (1, 1)


def test_what_an_erased_customer_sends_later_is_counted_without_the_link(source: Source) -> None:
    accept(source, said(2, external_id="r1", customer=WEI))
    remove_customer(customer=WEI, now=NOW)
    assert accept(source, said(2, external_id="r1", customer=WEI)).duplicates == 1
    assert accept(source, said(5, external_id="r2", customer=WEI)).accepted == 1
    assert (counted(), CustomerLink.objects.count()) == (5, 0)


def test_history_of_many_steps_is_erased_whole(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cx_loop.ingest.removal.AT_ONCE", 2)
    accept_items(
        [said(4, external_id=f"r{n}", customer=WEI) for n in range(5)], source=source, now=NOW
    )
    assert remove_customer(customer=WEI, now=NOW).removed == 5


@pytest.mark.parametrize("answer", ["no\n", ""])
def test_the_command_asks_first(
    source: Source, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(source, said(2, external_id="r1", customer=WEI))
    monkeypatch.setattr("sys.stdin", StringIO(answer))
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase_customer", WEI)
    assert counted() == 2


def test_the_command_erases_and_the_trail_names_nobody(source: Source) -> None:
    accept(source, said(2, external_id="r1", customer=WEI))
    out = StringIO()
    call_command("erase_customer", WEI, "--yes", stdout=out)
    assert out.getvalue() == "Erased 1 observations.\n"
    trail = Activity.objects.get(verb="erased")
    assert (trail.subject, trail.params) == ("customer", {"observations": 1})
