"""What came of the fixes: shares with n and interval, over what the reader sees."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from cx_loop.models import Actor
from tasks.actions.errors import Invalid
from tasks.actions.worth import set_worth
from tasks.logic.learning import share_of
from tasks.models import Countermeasure, Permanence, Task, Verification
from tasks.reads.learning import Stretch, learned, learned_where, pending, summary
from tests.api_stories import Airline, make_airline
from tests.factories import NOW, make_playbook, make_task, make_verification

DAYS = timedelta(days=1)
EVER = Stretch()
PLAN = {
    "measure": None,
    "higher_is_better": True,
    "alert_day": "2026-03-02",
    "fix_day": "2026-03-12",
    "trigger_from": "2026-03-01",
    "reference": None,
    "reference_source": "",
    "tolerance": 1.0,
    "settle": 3,
    "looks": [7, 14, 21, 28],
    "extend_to": 56,
    "min_days": 7,
    "min_n": 30,
    "alpha": 0.05,
}


@pytest.fixture
def airline(db: None) -> Airline:
    return make_airline()


def fix(airline: Airline, verdict: str = "effective", at: str = "ground", **said: Any) -> Task:
    """A judged fix of a department, ten days after its alert."""
    department = getattr(airline, at)
    place = airline.boarding if at == "ground" else airline.app
    task = make_task(department=department, state="closed", touchpoint=place)
    Task.objects.filter(pk=task.pk).update(created_at=NOW - 10 * DAYS)
    relapsed = {"relapsed_at": NOW} if verdict == "relapsed" else {}
    worked = {"relapse_until": NOW + 90 * DAYS} if verdict in ("effective", "relapsed") else {}
    given = {"plan": PLAN, "department": department, "root_cause": "process", "recovered": True}
    make_verification(task, state="decided", verdict=verdict, **given | relapsed | worked | said)
    return task


def behind(task: Task, playbook: Any = None, kind: str = "") -> Countermeasure:
    return Countermeasure.objects.create(
        verification=task.verifications.get(),
        task=task,
        episode=1,
        playbook=playbook and playbook.current,
        kind=kind,
        steps_done=1,
        steps_in_all=1,
        touchpoint=task.touchpoint,
        pain_category="efficiency",
        root_cause="process",
        fixed_at=NOW,
        at=NOW,
    )


def test_a_share_is_never_said_without_n_and_interval() -> None:
    found = share_of(23, 38)
    assert (found.count, found.n) == (23, 38)
    assert found.share == pytest.approx(60.5, abs=0.1)
    # Wilson's score interval, by Newcombe 1998
    assert found.interval == pytest.approx((44.7, 74.4), abs=0.1)
    assert share_of(0, 0).share is None


def test_proven_recovered_and_relapsed_are_told_apart(airline: Airline) -> None:
    fix(airline)
    fix(airline, "relapsed")
    fix(airline, "inconclusive", reason="recovered_unproven")
    fix(airline, "no_effect", recovered=False)
    found = summary(airline.admin, EVER)
    assert (found.proven.count, found.proven.n) == (1, 4)
    assert (found.recovered.count, found.recovered.n) == (3, 4)
    assert (found.relapsed.count, found.relapsed.n) == (1, 2)
    assert found.days == 10


def test_a_fix_taken_back_or_never_measured_is_not_counted(airline: Airline) -> None:
    fix(airline, "inconclusive", reason="withdrawn")
    fix(airline, "inconclusive", plan={})
    assert summary(airline.admin, EVER).proven.n == 0


def test_fixes_are_counted_by_group(airline: Airline) -> None:
    fix(airline)
    fix(airline, "no_effect")
    fix(airline, at="it", root_cause="system")
    by_department = learned(airline.admin, "department", EVER)
    assert [(each.key, each.proven.count, each.proven.n) for each in by_department] == [
        ("ground-ops", 1, 2),
        ("it", 1, 1),
    ]
    by_cause = learned(airline.admin, "root_cause", EVER)
    assert [(each.key, each.proven.n) for each in by_cause] == [("process", 2), ("system", 1)]


@pytest.mark.parametrize("group", ["touchpoint", "pain_category", "metric"])
def test_every_group_can_be_asked_for(airline: Airline, group: str) -> None:
    fix(airline, pain_category="quality")
    assert sum(each.proven.n for each in learned(airline.admin, group, EVER)) == 1


def test_a_department_learns_from_what_it_sees(airline: Airline) -> None:
    fix(airline)
    fix(airline, at="it")
    assert summary(airline.ana, EVER).proven.n == 1
    assert [each.key for each in learned(airline.ana, "department", EVER)] == ["ground-ops"]


def test_a_playbook_counts_each_fix_once(airline: Airline) -> None:
    book = make_playbook("gate")
    task = fix(airline, cost=Decimal(100))
    behind(task, book, "staffing")
    behind(task, book, "training")
    behind(task, None, "process")
    [found] = learned(airline.admin, "playbook", EVER)
    assert (found.key, found.proven.n, found.cost) == ("gate", 1, Decimal(100))
    kinds = learned(airline.admin, "countermeasure", EVER)
    assert {each.key for each in kinds} == {"staffing", "training", "process"}


def test_which_playbook_works_where(airline: Airline) -> None:
    book = make_playbook("gate")
    behind(fix(airline), book)
    behind(fix(airline, "no_effect", at="it"), book)
    found = learned_where(airline.admin, EVER)
    assert [(each.where, each.proven.count) for each in found] == [("App", 0), ("Boarding", 1)]


def test_a_stretch_of_time_bounds_the_verdicts(airline: Airline) -> None:
    fix(airline, decided_at=NOW - 40 * DAYS)
    fix(airline, decided_at=NOW - 10 * DAYS)
    lately = Stretch(since=NOW - 30 * DAYS)
    assert summary(airline.admin, lately).proven.n == 1
    assert summary(airline.admin, Stretch(until=NOW - 30 * DAYS)).proven.n == 1


def test_what_is_made_permanent_is_a_share_of_what_was_asked(airline: Airline) -> None:
    said = {"answered_at": NOW, "answered_by": airline.ana}
    answers: list[dict[str, Any]] = [
        {"answer": "made", "standard": "So.", **said},
        {"answer": "not_needed", "reason": "No.", **said},
        {"next_due_at": NOW},
        {"answer": "over", **said},
    ]
    for each in answers:
        task = fix(airline)
        Permanence.objects.create(
            task=task, verification=task.verifications.get(), asked_at=NOW, **each
        )
    found = summary(airline.admin, EVER)
    assert (found.permanent.count, found.permanent.n) == (1, 3)
    assert (found.not_needed, found.unanswered) == (1, 1)


def test_a_verdict_to_come_has_its_day(airline: Airline) -> None:
    task = make_task(department=airline.ground, state="verifying")
    make_verification(task, plan=PLAN, next_look_at=NOW + DAYS)
    [found] = pending(airline.ana)
    assert found.expected == NOW + DAYS
    assert found.latest.date().isoformat() >= "2026-05-09"
    assert pending(airline.ida) == []


def test_cost_and_benefit_are_said_of_the_newest_fix(airline: Airline) -> None:
    task = fix(airline)
    said = {"cost": Decimal("1200.50"), "benefit": Decimal(9000)}
    set_worth(number=task.number, by=Actor(airline.ana), now=NOW, fields=said)
    [found] = learned(airline.ana, "department", EVER)
    assert (found.cost, found.benefit, found.costed) == (Decimal("1200.50"), Decimal(9000), 1)
    with pytest.raises(Invalid):
        set_worth(number=task.number, by=Actor(airline.ana), now=NOW, fields={"cost": Decimal(-1)})


def test_more_fixes_are_no_more_questions(airline: Airline, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        fix(airline)
    for group in ("department", "touchpoint", "playbook"):
        with django_assert_num_queries(1):
            learned(airline.admin, group, EVER)


def test_verdicts_of_a_stretch_are_found_through_their_index(airline: Airline) -> None:
    found = Verification.objects.judged().filter(decided_at__gte=NOW, decided_at__lt=NOW + DAYS)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "verification_decided" in found.order_by("decided_at").explain()
