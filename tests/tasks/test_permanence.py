"""A proven fix asks what of it becomes standard for good, and where else it is tried."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from alerts.actions.playbooks import save_playbook
from alerts.models import Playbook
from cx_loop.models import Activity, Actor, Notice, ServiceStandard, User
from tasks.actions.errors import Forbidden, Invalid, NotFound
from tasks.actions.keeping import ask_to_keep
from tasks.actions.permanence import answer_permanence, ask_again
from tasks.models import Offer, Permanence, Task
from tasks.reads.permanence import sisters_of
from tasks.web.permanence import Keep, Offers
from tests.api_stories import Airline, make_airline
from tests.factories import (
    NOW,
    make_alert,
    make_department,
    make_group,
    make_metric,
    make_rule,
    make_series,
    make_task,
    make_touchpoint,
    make_user,
    make_verification,
)

DAYS = timedelta(days=1)
MADE = {"answer": "made", "standard": "A second gate opens from 30 people on."}


@pytest.fixture
def airline(db: None) -> Airline:
    return make_airline()


@pytest.fixture
def task(airline: Airline) -> Task:
    """Closed as effective a moment ago; ana had it."""
    wait = make_metric("wait", kind="duration", unit="min")
    group = make_group(make_rule(metric=wait), touchpoint=airline.boarding)
    done = make_task(make_alert(group), state="closed", assignee=airline.ana)
    done.countermeasure = "A second gate"
    done.save()
    found = make_verification(done, state="decided", series=[group.series.get().pk])
    ask_to_keep(task=done, verification=found, now=NOW)
    return done


def answer(task: Task, user: User, at: Any = NOW, **said: Any) -> Permanence:
    return answer_permanence(number=task.number, by=Actor(user), now=at, fields=said or MADE)


def test_who_had_the_task_is_asked_with_a_deadline(task: Task) -> None:
    asked = Permanence.objects.get()
    assert (asked.asked_at, asked.next_due_at) == (NOW, NOW + 3 * DAYS)
    assert Notice.objects.get(code="permanence_asked").user.email == "ana@example.com"


def test_an_unanswered_question_goes_up_a_level(task: Task) -> None:
    assert ask_again(now=NOW + 3 * DAYS - timedelta(minutes=1)) == 0
    assert ask_again(now=NOW + 3 * DAYS) == 1
    assert ask_again(now=NOW + 3 * DAYS) == 0
    assert ask_again(now=NOW + 6 * DAYS) == 1
    told = Notice.objects.filter(code="permanence_asked").order_by("created_at")
    assert [each.user.email.split("@")[0] for each in told] == ["ana", "lin", "dirk"]


def test_an_answer_ends_the_asking(task: Task, airline: Airline) -> None:
    said = answer(task, airline.ana)
    assert (said.answer, said.answered_by, said.next_due_at) == ("made", airline.ana, None)
    assert ask_again(now=NOW + 9 * DAYS) == 0


def test_it_is_answered_once(task: Task, airline: Airline) -> None:
    answer(task, airline.ana)
    with pytest.raises(Invalid, match="already_answered"):
        answer(task, airline.lin)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"answer": "not_needed"}, "reason"),
        ({"answer": "made", "reason": "All well."}, "standard"),
        ({"answer": "perhaps"}, "answer"),
        ({"answer": "made", "playbook": "x" * 2001}, "playbook"),
    ],
)
def test_an_answer_says_what_or_why_not(
    task: Task, airline: Airline, said: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        answer(task, airline.ana, **said)
    assert [name for name, _, _ in refusal.value.problems] == [field]


def test_not_needed_takes_a_reason(task: Task, airline: Airline) -> None:
    said = answer(task, airline.ana, answer="not_needed", reason="The gate is being rebuilt.")
    assert (said.answer, said.reason) == ("not_needed", "The gate is being rebuilt.")


def test_others_are_not_asked(task: Task, airline: Airline) -> None:
    with pytest.raises(NotFound):
        answer(task, airline.ida)
    with pytest.raises(Forbidden):
        answer(task, airline.analyst)


def test_what_came_back_is_not_kept(task: Task, airline: Airline) -> None:
    Task.objects.filter(pk=task.pk).update(
        state="open", episode=2, closed_at=None, resolution="", next_due_at=NOW + DAYS
    )
    with pytest.raises(Invalid, match="came_back"):
        answer(task, airline.ana)
    assert ask_again(now=NOW + 3 * DAYS) == 1
    assert Permanence.objects.get().answer == "over"


def test_sisters_measure_the_same_and_are_seen(task: Task, airline: Airline) -> None:
    gate = make_touchpoint("gate", owner=airline.ground)
    for place in (gate, airline.app):
        make_series(place, task.metric)
    make_series(airline.boarding, task.metric, location="PEK")
    assert [each.place for each in sisters_of(task, airline.ana)] == [
        ("boarding", "PEK"),
        ("gate", ""),
    ]
    assert ("app", "") in [each.place for each in sisters_of(task, airline.admin)]


def test_a_chosen_sister_gets_a_task_of_its_own(task: Task, airline: Airline) -> None:
    gate = make_touchpoint("gate", owner=airline.ground)
    make_series(gate, task.metric)
    assert Task.objects.count() == 1
    answer(task, airline.ana, **MADE, sisters=[("gate", "")])
    opened = Offer.objects.get().task
    assert (opened.touchpoint, opened.state, opened.metric) == (gate, "open", task.metric)
    assert "A second gate" in opened.title["text"]


def test_what_was_not_offered_cannot_be_chosen(task: Task, airline: Airline) -> None:
    make_series(airline.app, task.metric)
    with pytest.raises(Invalid, match="sister_unknown"):
        answer(task, airline.ana, **MADE, sisters=[("app", "")])
    assert Permanence.objects.get().answer == ""


def test_the_database_keeps_an_answer_whole(task: Task) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Permanence.objects.update(answer="made", next_due_at=None, answered_at=NOW)


def test_sisters_cost_the_same_however_many(
    task: Task, airline: Airline, django_assert_num_queries: Any
) -> None:
    for name in ("gate-a", "gate-b", "gate-c"):
        make_series(make_touchpoint(name, owner=airline.ground), task.metric)
    _ = task.touchpoint, task.touchpoint and task.touchpoint.stage
    with django_assert_num_queries(6):
        assert len(sisters_of(task, airline.ana)) == 3


def test_who_left_does_not_hold_up_the_question(airline: Airline) -> None:
    other = make_department("cabin")
    make_user("eve@example.com", department=other)
    done = make_task(department=other, state="closed")
    ask_to_keep(task=done, verification=make_verification(done, state="decided"), now=NOW)
    assert Notice.objects.get(code="permanence_asked").user.email == "eve@example.com"


@pytest.fixture
def standard(airline: Airline, task: Task) -> ServiceStandard:
    said = {"text": {"en": "Boarding is quick"}, "metric": task.metric, "target": 20}
    return ServiceStandard.objects.create(key="quick", touchpoint=airline.boarding, **said)


def test_a_stricter_target_is_set_with_the_answer(
    task: Task, airline: Airline, standard: ServiceStandard
) -> None:
    said = answer(task, airline.lin, answer="made", standard_key="quick", target=18.0)
    standard.refresh_from_db()
    assert (standard.target, said.standard) == (18, "Boarding is quick: target 20 → 18")
    assert said.edits == [{"kind": "standard", "key": "quick", "from": 20.0, "to": 18.0}]
    trail = Activity.objects.get(verb="configured", subject="standard")
    assert (trail.user, trail.params["fields"]) == (airline.lin, {"target": [20.0, 18.0]})


@pytest.mark.parametrize(("who", "target"), [("ana", 18.0), ("lin", 25.0), ("lin", None)])
def test_a_target_needs_who_leads_the_owner_and_gets_no_laxer(
    task: Task, airline: Airline, standard: ServiceStandard, who: str, target: float | None
) -> None:
    with pytest.raises(Invalid):
        answer(task, getattr(airline, who), answer="made", standard_key="quick", target=target)
    standard.refresh_from_db()
    assert (standard.target, Permanence.objects.get().answer) == (20, "")


def test_an_admin_adds_steps_to_the_playbook(task: Task, airline: Airline) -> None:
    boss = make_user("boss@example.com", is_superuser=True)
    steps = [{"text": {"en": "Open a second gate"}, "type": "contain"}]
    save_playbook(
        key="extra", name={"en": "Add staff"}, kind="", steps=steps, by=Actor(boss), now=NOW
    )
    said = answer(task, boss, answer="made", playbook_key="extra", steps=["Change the roster"])
    playbook = Playbook.objects.get(key="extra")
    assert playbook.current is not None
    assert [each["text"]["en"] for each in playbook.current.steps] == [
        "Open a second gate",
        "Change the roster",
    ]
    assert said.edits == [{"kind": "playbook", "key": "extra", "version": 2, "steps": 1}]
    assert said.playbook == "Add staff has gained: Change the roster"


def test_a_lead_writes_no_playbook(task: Task, airline: Airline) -> None:
    with pytest.raises(Invalid, match="playbook_unknown"):
        answer(task, airline.lin, answer="made", playbook_key="extra", steps=["Change the roster"])


def test_the_form_asks_nothing_of_a_playbook_that_gains_no_steps(db: None) -> None:
    offers = Offers(sisters=[], standards=[], playbooks=[("extra", "Add staff")])
    typed = {"answer": "made", "standard": "A second gate", "playbook_key": "extra", "steps": " "}
    form = Keep(typed, offers=offers)
    assert form.is_valid()
    assert (form.said()["playbook_key"], form.said()["steps"]) == ("", [])
    assert "standard_key" not in form.fields
