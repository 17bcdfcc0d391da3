"""The checklist of a task on the database, and what it says of the fix."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from alerts.actions.playbooks import save_playbook
from alerts.models import Playbook
from cx_loop.models import SYSTEM, Activity, Actor
from tasks.actions import checklist, countermeasures
from tasks.actions.errors import Forbidden, Invalid, NotFound, Stale
from tasks.actions.work import perform
from tasks.logic.lifecycle import NotAllowed
from tasks.models import Adoption, Countermeasure, FollowUp, Step, Task
from tasks.reads import proposals_for, records_of_playbooks
from tests.api_stories import Airline, make_airline
from tests.factories import NOW, make_alert, make_calendar, make_playbook, make_step, make_task

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
FIX = {
    "pain_category": "efficiency",
    "root_cause": "people",
    "countermeasure": "A second gate at peaks",
    "note": "since Monday",
}


@pytest.fixture
def airline() -> Airline:
    return make_airline()


@pytest.fixture
def task(airline: Airline) -> Task:
    """Ana works on it."""
    alert = make_alert(touchpoint=airline.boarding)
    return make_task(alert, state="in_progress", assignee=airline.ana)


def choose(task: Task, by: Any, key: str = "gate") -> Adoption:
    if not Playbook.objects.filter(key=key).exists():
        make_playbook("gate")
    return countermeasures.choose_playbook(number=task.number, playbook=key, by=Actor(by), now=NOW)


def do(call: Any, step: Step, by: Any, **fields: Any) -> Step:
    version = fields.pop("version", None)
    now = fields.pop("now", NOW)
    number = step.task_id
    done: Step = call(
        number=number, step=step.pk, by=Actor(by), now=now, version=version, fields=fields
    )
    return done


def submit(task: Task, by: Any, **said: Any) -> Task:
    fields = FIX | {"fixed_at": NOW - HOUR} | said
    return perform("submit", number=task.number, by=Actor(by), now=NOW, fields=fields)


def trail(task: Task) -> list[str]:
    rows = Activity.objects.filter(subject="task", subject_id=task.number).order_by("id")
    return list(rows.values_list("verb", flat=True))


def test_a_chosen_playbook_copies_its_steps_in_both_languages(airline: Airline, task: Task) -> None:
    adoption = choose(task, airline.ana)

    steps = list(adoption.steps.order_by("position"))
    assert [(each.type, each.kind) for each in steps] == [
        ("contain", "staffing"),
        ("correct", "staffing"),
    ]
    assert steps[0].text == {"en": "Open a second gate", "zh-hans": "加开一个登机口"}
    assert Task.objects.get().playbook == adoption.playbook
    assert trail(task) == ["playbook_chosen"]


def test_steps_are_due_in_working_time(airline: Airline, task: Task) -> None:
    hours = {"mon-fri": "09:00-18:00"}
    airline.ground.calendar = make_calendar(hours=hours)
    airline.ground.save()
    steps = [{"text": {"en": "Call in two people"}, "type": "contain", "within": "4h"}]
    save_playbook(key="call", name={}, kind="staffing", steps=steps, by=SYSTEM, now=NOW)

    [step] = choose(task, airline.ana, "call").steps.all()

    # Friday 16:00 in Shanghai and four hours of work: Monday 11:00
    assert step.due_at == NOW + timedelta(days=2, hours=19)


def test_a_playbook_is_chosen_once_a_round_and_again_in_the_next(
    airline: Airline, task: Task
) -> None:
    choose(task, airline.ana)
    with pytest.raises(Invalid) as refused:
        choose(task, airline.lin)
    assert refused.value.problems[0][:2] == ("playbook", "already_chosen")

    Task.objects.update(episode=2)
    task.episodes.create(number=2, opened_at=NOW)
    choose(task, airline.lin)
    assert Step.objects.count() == 4


def test_who_neither_has_the_task_nor_leads_does_not_choose(airline: Airline, task: Task) -> None:
    Task.objects.update(assignee=airline.lin)
    with pytest.raises(Forbidden, match="assignee_or_lead_only"):
        choose(task, airline.ana)
    with pytest.raises(NotFound):
        choose(task, airline.ida)


def test_a_fix_is_not_submitted_while_a_corrective_step_is_open(
    airline: Airline, task: Task
) -> None:
    choose(task, airline.ana)
    with pytest.raises(Invalid) as refused:
        submit(task, airline.ana)
    [(field, code, message)] = refused.value.problems
    assert (field, code) == ("steps", "steps_open")
    assert "“Change the roster”" in message
    assert "not needed" in message


def test_the_fix_is_as_old_as_the_last_corrective_step_whatever_is_said(
    airline: Airline, task: Task
) -> None:
    choose(task, airline.ana)
    contain, correct = Step.objects.order_by("position")
    do(checklist.tick_step, correct, airline.ana, done_at=NOW - HOUR)
    do(checklist.tick_step, contain, airline.ana)

    done = submit(task, airline.ana, fixed_at=NOW - 2 * HOUR)

    assert done.fixed_at == NOW - HOUR


def test_a_step_that_is_not_needed_holds_up_nothing(airline: Airline, task: Task) -> None:
    step = make_step(task)
    with pytest.raises(Invalid):
        do(checklist.mark_not_needed, step, airline.ana, reason=" ")
    do(checklist.mark_not_needed, step, airline.ana, reason="The roster is right.")

    assert submit(task, airline.ana).fixed_at == NOW - HOUR
    assert trail(task) == ["step_not_needed", "submitted"]


def test_the_steps_of_the_last_round_say_nothing_about_the_next_fix(
    airline: Airline, task: Task
) -> None:
    do(checklist.tick_step, make_step(task), airline.ana, done_at=NOW - HOUR)
    submit(task, airline.ana)
    later = NOW + HOUR
    said: dict[str, Any] = {"reason": "It came back."}
    perform("reopen", number=task.number, by=Actor(airline.lin), now=later, fields=said)
    perform("accept", number=task.number, by=Actor(airline.ana), now=later, fields={"start": True})

    said = FIX | {"fixed_at": later + HOUR}
    done = perform(
        "submit", number=task.number, by=Actor(airline.ana), now=later + HOUR, fields=said
    )

    assert done.fixed_at == later + HOUR


def test_who_read_an_older_step_loses(airline: Airline, task: Task) -> None:
    step = make_step(task)
    do(checklist.edit_step, step, airline.lin, version=1, text="Change the roster for June")
    with pytest.raises(Stale):
        do(checklist.tick_step, step, airline.ana, version=1)
    with pytest.raises(NotAllowed):
        do(checklist.untick_step, step, airline.ana)


def test_steps_change_places_and_keep_their_numbers(airline: Airline, task: Task) -> None:
    first, second, third = (make_step(task, text) for text in ("one", "two", "three"))
    do(checklist.move_step, third, airline.ana, up=True)
    do(checklist.move_step, first, airline.ana, up=True)
    assert list(Step.objects.order_by("position")) == [first, third, second]
    Step.objects.update(position=1)
    with pytest.raises(IntegrityError, match="step_place_once"):
        transaction.get_connection().check_constraints()
    transaction.set_rollback(True)


def test_a_step_by_hand_has_an_owner_of_the_department(airline: Airline, task: Task) -> None:
    said: dict[str, Any] = {"text": "Talk to the caterer", "type": "correct", "within": "2d"}
    by = Actor(airline.ana)

    def add(**more: Any) -> Step:
        return checklist.add_step(number=task.number, by=by, now=NOW, fields=said | more)

    step = add(owner="lin@example.com")
    assert (step.owner, step.due_at) == (airline.lin, NOW + timedelta(days=2))
    for more, code in (
        ({"owner": "ida@example.com"}, "assignee_unknown"),
        ({"within": "soon"}, "not_a_span"),
        ({"link": "javascript:alert(1)"}, "not_a_link"),
    ):
        with pytest.raises(Invalid) as refused:
            add(**more)
        assert refused.value.problems[0][1] == code


def test_the_database_refuses_a_step_that_nobody_has_done(task: Task) -> None:
    wrongs: tuple[dict[str, Any], ...] = (
        {"state": "done"},
        {"state": "not_needed"},
        {"type": "magic"},
        {"kind": "magic"},
        {"text": {}},
    )
    for wrong in wrongs:
        with pytest.raises(IntegrityError), transaction.atomic():
            Step.objects.filter(pk=make_step(task).pk).update(**wrong)


def test_what_stood_behind_a_fix_is_kept_for_learning(airline: Airline, task: Task) -> None:
    choose(task, airline.ana)
    for step in Step.objects.all():
        do(checklist.tick_step, step, airline.ana)
    do(checklist.tick_step, make_step(task, "A sign", kind="communication"), airline.ana)
    submit(task, airline.ana)

    behind = Countermeasure.objects.get(kind="staffing")
    assert (behind.steps_done, behind.steps_in_all) == (2, 2)
    assert behind.playbook is not None
    assert (behind.playbook.playbook.key, behind.playbook.number) == ("gate", 1)
    assert (behind.touchpoint, behind.metric) == (task.touchpoint, task.metric)
    assert (behind.pain_category, behind.root_cause) == ("efficiency", "people")
    assert Countermeasure.objects.get(kind="communication").playbook is None


def test_a_record_says_what_became_of_a_playbook(airline: Airline, task: Task) -> None:
    choose(task, airline.ana)
    for step in Step.objects.all():
        do(checklist.tick_step, step, airline.ana)
    submit(task, airline.ana)
    [record] = records_of_playbooks(airline.analyst)
    assert (record.key, record.chosen, record.used, record.waiting) == ("gate", 1, 1, 1)

    task.verifications.update(
        state="decided", verdict="effective", next_look_at=None, decided_at=NOW
    )
    [record] = records_of_playbooks(airline.ana)
    assert (record.waiting, dict(record.verdicts)) == (0, {"effective": 1})
    assert records_of_playbooks(airline.ida) == []


def test_a_fix_that_was_taken_back_is_no_verdict_on_its_playbook(
    airline: Airline, task: Task
) -> None:
    choose(task, airline.ana)
    for step in Step.objects.all():
        do(checklist.tick_step, step, airline.ana)
    submit(task, airline.ana)
    said = {"reason": "Not yet."}
    perform("withdraw", number=task.number, by=Actor(airline.ana), now=NOW, fields=said)

    [record] = records_of_playbooks(airline.ana)

    assert (record.taken_back, dict(record.verdicts)) == (1, {})


def test_what_was_used_here_with_effect_is_proposed_first(airline: Airline, task: Task) -> None:
    make_playbook("another")
    choose(task, airline.ana)
    for step in Step.objects.all():
        do(checklist.tick_step, step, airline.ana)
    submit(task, airline.ana)
    task.verifications.update(
        state="decided", verdict="effective", next_look_at=None, decided_at=NOW
    )
    again = make_task(department=airline.ground, touchpoint=task.touchpoint, metric=task.metric)

    found = proposals_for(again, airline.ana)

    assert [each.key for _, each in found] == ["gate", "another"]
    assert [reason.code for reason in found[0][1].reasons] == ["general", "used"]


def test_a_ticked_step_is_progress(airline: Airline, task: Task) -> None:
    do(checklist.tick_step, make_step(task), airline.ana)
    task.refresh_from_db()
    assert task.progressed_at == NOW


def test_what_turns_out_to_have_been_a_training_is_asked_about(
    airline: Airline, task: Task
) -> None:
    step = do(checklist.tick_step, make_step(task), airline.ana, done_at=NOW - HOUR)
    assert not FollowUp.objects.exists()
    do(checklist.edit_step, step, airline.ana, kind="training")
    assert FollowUp.objects.get(step=step).next_due_at == NOW - HOUR + timedelta(days=30)
    do(checklist.edit_step, step, airline.ana, kind="process")
    assert not FollowUp.objects.exists()


def test_a_training_known_as_one_only_months_later_is_asked_about_at_once(
    airline: Airline, task: Task
) -> None:
    step = do(checklist.tick_step, make_step(task), airline.ana)
    later = NOW + timedelta(days=60)
    do(checklist.edit_step, step, airline.ana, kind="training", now=later)
    assert FollowUp.objects.get(step=step).asks_at == later


def test_a_step_that_is_still_open_is_asked_about_only_once_it_is_done(
    airline: Airline, task: Task
) -> None:
    step = do(checklist.edit_step, make_step(task), airline.ana, kind="training")
    assert not FollowUp.objects.exists()
    do(checklist.tick_step, step, airline.ana)
    assert FollowUp.objects.filter(step=step).exists()
