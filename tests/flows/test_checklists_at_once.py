"""Two people at one checklist at the same instant, and a fix submitted while a step is added."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from cx_loop import clock
from cx_loop.models import Activity, Actor
from tasks.actions import checklist
from tasks.actions.countermeasures import choose_idea, choose_playbook, vote
from tasks.actions.follow_ups import ask_due
from tasks.actions.work import perform
from tasks.models import Adoption, FollowUp, Idea, Step, Task, Vote
from tests.api_stories import Airline, make_airline
from tests.factories import (
    NOW,
    make_alert,
    make_follow_up,
    make_idea,
    make_organization,
    make_playbook,
    make_step,
    make_task,
)
from tests.flows.loop import FIX
from tests.flows.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6


@pytest.fixture
def airline() -> Iterator[Airline]:
    make_organization()
    with clock.set_to(NOW):
        yield make_airline()


@pytest.fixture
def task(airline: Airline) -> Task:
    alert = make_alert(touchpoint=airline.boarding)
    return make_task(alert, state="in_progress", assignee=airline.ana)


def names(raised: list[Exception]) -> list[str]:
    return sorted(type(error).__name__ for error in raised)


def test_two_who_tick_the_same_step_leave_one_mark(airline: Airline, task: Task) -> None:
    for _ in range(ROUNDS):
        said: dict[str, Any] = {"number": task.number, "step": make_step(task).pk}
        tick = partial(checklist.tick_step, now=NOW, fields={}, version=1, **said)
        raised = at_once(*(partial(tick, by=Actor(each)) for each in (airline.ana, airline.lin)))
        assert names(raised) == ["Stale"]
    assert Activity.objects.filter(verb="step_ticked").count() == ROUNDS


def test_one_person_s_two_votes_at_once_are_one(airline: Airline, task: Task) -> None:
    for _ in range(ROUNDS):
        idea = make_idea(task, airline.ana)
        cast = partial(vote, number=task.number, idea=idea.pk, by=Actor(airline.lin), now=NOW)
        assert not at_once(cast, cast)
        assert Vote.objects.filter(idea=idea).count() == 1
    assert Activity.objects.filter(verb="voted").count() == ROUNDS


def test_two_who_choose_at_once_get_the_steps_once(airline: Airline, task: Task) -> None:
    people = (Actor(airline.ana), Actor(airline.lin))
    for round_ in range(ROUNDS):
        make_playbook(f"gate-{round_}")
        choose = partial(choose_playbook, number=task.number, playbook=f"gate-{round_}", now=NOW)
        assert names(at_once(*(partial(choose, by=each) for each in people))) == ["Invalid"]
    idea = make_idea(task, airline.ana)
    choose = partial(choose_idea, number=task.number, idea=idea.pk, now=NOW)
    assert names(at_once(*(partial(choose, by=each) for each in people))) == ["Invalid"]
    assert Idea.objects.get().state == "chosen"
    assert (Adoption.objects.count(), Step.objects.count()) == (ROUNDS + 1, 2 * ROUNDS + 1)


def test_steps_added_and_moved_at_once_all_have_a_place(airline: Airline, task: Task) -> None:
    first, second = make_step(task), make_step(task)
    said: dict[str, Any] = {"number": task.number, "by": Actor(airline.ana), "now": NOW}
    fields = {"text": "Another", "type": "contain"}
    assert not at_once(
        *[partial(checklist.add_step, fields=fields, **said)] * 3,
        partial(checklist.move_step, step=second.pk, fields={"up": True}, **said),
        partial(checklist.move_step, step=first.pk, fields={"up": False}, **said),
    )
    assert list(Step.objects.values_list("position", flat=True)) == [1, 2, 3, 4, 5]


def test_a_fix_and_a_new_corrective_step_come_one_after_the_other(
    airline: Airline, task: Task
) -> None:
    by, number = Actor(airline.ana), task.number
    fields = {"text": "One more thing", "type": "correct"}
    add = partial(checklist.add_step, number=number, by=by, now=NOW, fields=fields)
    fix = FIX | {"fixed_at": NOW - timedelta(hours=1)}
    submit = partial(perform, "submit", number=number, by=by, now=NOW, fields=fix)
    for _ in range(ROUNDS):
        raised = at_once(submit, add)
        task.refresh_from_db()
        # either the fix came first and the list is closed, or the step did and holds it up
        came_first = task.state == "verifying"
        assert names(raised) == (["NotAllowed"] if came_first else ["Invalid"])
        assert Step.objects.count() == (0 if came_first else 1)
        if came_first:
            perform("withdraw", number=number, by=by, now=NOW, fields={"reason": "Again."})
        Step.objects.all().delete()


def test_two_sweeps_put_a_question_once(airline: Airline, task: Task) -> None:
    for _ in range(ROUNDS):
        FollowUp.objects.all().delete()
        make_follow_up(make_step(task, kind="training"))
        assert not at_once(*[partial(ask_due, now=NOW)] * 2)
        assert FollowUp.objects.get().asked == 1
