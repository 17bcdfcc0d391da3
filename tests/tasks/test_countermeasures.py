"""Ideas and votes, and the questions that come later."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cx_loop.models import SYSTEM, Activity, Actor, Notice
from tasks.actions import checklist
from tasks.actions.countermeasures import add_idea, choose_idea, vote, withdraw_vote
from tasks.actions.errors import Forbidden, Invalid
from tasks.actions.follow_ups import answer_follow_up, ask_due
from tasks.models import FollowUp, Idea, Step, Task, Vote
from tasks.reads import ideas_of
from tests.api_stories import Airline, make_airline
from tests.factories import NOW, make_follow_up, make_idea, make_step, make_task

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def airline() -> Airline:
    return make_airline()


@pytest.fixture
def task(airline: Airline) -> Task:
    return make_task(department=airline.ground, state="in_progress", assignee=airline.ana)


@pytest.fixture
def trained(airline: Airline, task: Task) -> FollowUp:
    """Lin has trained the staff; whether it stuck is asked now."""
    return make_follow_up(make_step(task, "Train the gate", kind="training", owner=airline.lin))


def told() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("id").values_list("code", "user__email"))


def answer(asked: FollowUp, by: Any, **said: Any) -> FollowUp:
    number = asked.task_id
    return answer_follow_up(number=number, follow_up=asked.pk, by=Actor(by), now=NOW, fields=said)


def test_the_idea_most_people_want_stands_first(airline: Airline, task: Task) -> None:
    said = {"text": "A sign", "kind": "communication"}
    add_idea(number=task.number, by=Actor(airline.lin), now=NOW, fields=said)
    gate = make_idea(task, airline.ana)
    for person in (airline.ana, airline.lin, airline.ana):
        vote(number=task.number, idea=gate.pk, by=Actor(person), now=NOW)

    found = ideas_of(task, airline.ana)

    assert [(each.text, each.wanted, each.is_mine) for each in found] == [
        ("A second gate", 2, True),
        ("A sign", 0, False),
    ]


def test_a_vote_may_be_taken_back_and_given_again(airline: Airline, task: Task) -> None:
    said: dict[str, Any] = {"idea": make_idea(task, airline.ana).pk, "by": Actor(airline.ana)}
    for call in (vote, withdraw_vote, withdraw_vote, vote):
        call(number=task.number, now=NOW, **said)
    assert Vote.objects.count() == 1
    verbs = list(Activity.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["voted", "vote_withdrawn", "voted"]


def test_the_database_counts_a_person_once(airline: Airline, task: Task) -> None:
    idea = make_idea(task, airline.ana)
    Vote.objects.create(idea=idea, by=airline.ana, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(idea=idea, by=airline.ana, at=NOW)


def test_a_chosen_idea_becomes_a_step_a_line_and_takes_no_more_votes(
    airline: Airline, task: Task
) -> None:
    idea = make_idea(task, airline.lin, "- Ask the staff\n\n- Open gate 7", kind="staffing")
    said: dict[str, Any] = {"number": task.number, "idea": idea.pk, "now": NOW}
    choose_idea(type="contain", by=Actor(airline.ana), **said)

    steps = Step.objects.order_by("position")
    assert [(each.text, each.type, each.kind) for each in steps] == [
        ({"en": "Ask the staff"}, "contain", "staffing"),
        ({"en": "Open gate 7"}, "contain", "staffing"),
    ]
    for call in (vote, choose_idea):
        with pytest.raises(Invalid) as refused:
            call(by=Actor(airline.ana), **said)
        assert refused.value.problems[0][1] == "already_chosen"


def test_who_only_reads_has_no_vote(airline: Airline, task: Task) -> None:
    idea = make_idea(task, airline.ana)
    with pytest.raises(Forbidden, match="read_only"):
        vote(number=task.number, idea=idea.pk, by=Actor(airline.analyst), now=NOW)
    assert Idea.objects.all().visible_to(airline.ida).count() == 0


def test_a_training_that_is_done_is_asked_about_in_thirty_days(
    airline: Airline, task: Task
) -> None:
    step = make_step(task, "Train the gate", kind="training")
    said: dict[str, Any] = {"number": task.number, "step": step.pk, "by": Actor(airline.ana)}
    checklist.tick_step(now=NOW, fields={}, **said)
    assert FollowUp.objects.get().next_due_at == NOW + 30 * DAY

    checklist.untick_step(now=NOW, fields={}, **said)
    assert not FollowUp.objects.exists()

    checklist.tick_step(now=NOW, fields={"follow_up_at": NOW + 7 * DAY}, **said)
    assert FollowUp.objects.get().next_due_at == NOW + 7 * DAY


def test_a_question_nobody_answers_goes_up_and_is_put_again(trained: FollowUp) -> None:
    assert ask_due(now=NOW - HOUR) == 0
    for days in (0, 3, 6, 9):
        assert ask_due(now=NOW + days * DAY) == 1
        assert ask_due(now=NOW + days * DAY) == 0
    assert told() == [
        ("follow_up_asked", "lin@example.com"),
        ("follow_up_asked", "lin@example.com"),
        ("follow_up_asked", "dirk@example.com"),
        ("follow_up_asked", "dirk@example.com"),
    ]


def test_a_question_is_put_after_the_task_is_closed_too(
    airline: Airline, trained: FollowUp
) -> None:
    closed = {"state": "closed", "next_due_at": None, "resolution": "effective"}
    Task.objects.update(closed_at=NOW, **closed)
    assert ask_due(now=NOW) == 1
    answer(trained, airline.ana, answer="stuck")
    assert ask_due(now=NOW + 9 * DAY) == 0


def test_an_answer_is_given_once_and_a_bad_one_says_why(
    airline: Airline, trained: FollowUp
) -> None:
    with pytest.raises(Invalid) as refused:
        answer(trained, airline.ana, answer="not_stuck")
    assert refused.value.problems[0][:2] == ("note", "required")
    answer(trained, airline.ana, answer="not_stuck", note="New people came.")
    with pytest.raises(Invalid) as refused:
        answer(trained, airline.lin, answer="stuck")
    assert refused.value.problems[0][1] == "already_answered"


def test_the_owner_of_a_late_step_is_told_once(airline: Airline, task: Task) -> None:
    make_step(task, owner=airline.lin, due_at=NOW, remind_at=NOW)
    assert [ask_due(now=NOW + days * DAY) for days in range(3)] == [1, 0, 0]
    assert told() == [("step_late", "lin@example.com")]


def test_who_has_moved_away_is_told_nothing_of_their_steps(airline: Airline, task: Task) -> None:
    make_step(task, owner=airline.lin, due_at=NOW, remind_at=NOW)
    airline.lin.memberships.update(department=airline.it)
    ask_due(now=NOW)
    assert told() == [("step_late", "ana@example.com")]


def test_a_task_on_hold_is_not_told_of_its_steps_until_it_goes_on(
    airline: Airline, task: Task
) -> None:
    make_step(task, due_at=NOW, remind_at=NOW)
    Task.objects.update(state="on_hold", hold_until=NOW + DAY)
    assert ask_due(now=NOW) == 0
    Task.objects.update(state="in_progress")
    assert ask_due(now=NOW + DAY) == 1


def test_one_question_that_fails_holds_up_no_other(
    airline: Airline, task: Task, trained: FollowUp
) -> None:
    task.department.calendar_id = None
    other = make_task(department=airline.it, state="in_progress")
    make_follow_up(make_step(other, kind="training"))
    airline.ground.notify = 5  # what nobody could have written fails
    airline.ground.save()
    assert ask_due(now=NOW) == 1
    assert FollowUp.objects.get(pk=trained.pk).next_due_at == NOW + HOUR
    assert Activity.objects.filter(verb="follow_up_asked", user=SYSTEM.user).count() == 1
