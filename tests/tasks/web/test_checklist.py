"""The checklist on the page of a task: without JavaScript, and as htmx swaps it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from cx_loop import clock
from cx_loop.models import User
from tasks.models import FollowUp, Idea, Step, Task
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
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


@pytest.fixture
def airline() -> Airline:
    make_organization()
    return make_airline()


@pytest.fixture
def task(airline: Airline) -> Task:
    alert = make_alert(touchpoint=airline.boarding)
    return make_task(alert, state="in_progress", assignee=airline.ana)


def send(user: User, task: Task, do: str, *, htmx: bool = False, **fields: Any) -> HttpResponse:
    headers = {"HX-Request": "true"} if htmx else {}
    with clock.set_to(NOW):
        answer = reading_as(user).post(
            f"/tasks/{task.number}/checklist/", {"do": do, **fields}, headers=headers
        )
    assert isinstance(answer, HttpResponse)
    return answer


def page(user: User, task: Task, more: str = "") -> str:
    return seen(reading_as(user), f"/tasks/{task.number}/{more}")


def list_of(page: str) -> str:
    """The checklist of a page, without the tokens that differ from page to page."""
    found = re.search(r'<section class="card checklist".*?</section>', page, re.DOTALL)
    assert found
    return TOKEN.sub("", found.group())


def test_what_may_help_is_shown_with_why_and_used_with_one_tap(
    airline: Airline, task: Task
) -> None:
    make_playbook("gate", when={"touchpoint": ["boarding"]})
    assert "Why: made for this touchpoint" in page(airline.ana, task)

    assert send(airline.ana, task, "choose", playbook="gate").status_code == 302

    shown = page(airline.ana, task)
    assert shown.index("Open a second gate") < shown.index("Change the roster")
    assert "0 of 2 done" in shown
    assert "containment" in shown


def test_a_step_is_ticked_without_javascript_and_says_who_and_when(
    airline: Airline, task: Task
) -> None:
    step = make_step(task, owner=airline.lin, due_at=NOW - timedelta(hours=1))
    assert "· late" in page(airline.ana, task)
    answer = send(airline.ana, task, "tick", step=step.pk, version=1)
    assert answer.headers["Location"] == f"/tasks/{task.number}/#checklist"
    assert "done by Ana" in page(airline.ana, task)


def test_the_part_htmx_swaps_is_what_a_full_page_shows(airline: Airline, task: Task) -> None:
    make_playbook("gate")
    make_idea(task, airline.lin)
    step = make_step(task)
    part = send(airline.ana, task, "tick", htmx=True, step=step.pk).content.decode()
    assert "<html" not in part
    assert list_of(part) == list_of(page(airline.ana, task))
    at = f"/tasks/{task.number}/checklist/?step={step.pk}"
    alone = seen(reading_as(airline.ana), at, **{"HX-Request": "true"})
    assert list_of(alone) == list_of(page(airline.ana, task, f"?step={step.pk}"))


def test_a_reload_after_a_swap_shows_the_whole_page(airline: Airline, task: Task) -> None:
    step = make_step(task)
    part = send(airline.ana, task, "tick", htmx=True, step=step.pk)
    assert part.headers["HX-Push-Url"] == "false"
    answer = reading_as(airline.ana).get(f"/tasks/{task.number}/checklist/?step={step.pk}")
    assert answer.headers["Location"] == f"/tasks/{task.number}/?step={step.pk}#checklist"


def test_an_opened_step_takes_evidence_and_what_is_wrong_comes_back_beside_it(
    airline: Airline, task: Task
) -> None:
    step = make_step(task)
    assert "It is done" in page(airline.ana, task, f"?step={step.pk}")
    said = {"step": step.pk, "done_at": "", "evidence": "On the wall"}
    wrong = send(airline.ana, task, "tick", **said, link="javascript:alert(1)")
    assert wrong.status_code == 422
    assert "Give an address such as https://" in wrong.content.decode()
    assert "On the wall" in wrong.content.decode()

    send(airline.ana, task, "tick", **said, link="https://example.com/roster")

    step.refresh_from_db()
    assert (step.state, step.done_at, step.evidence) == ("done", NOW, "On the wall")
    assert 'href="https://example.com/roster"' in page(airline.ana, task)


def test_a_step_is_added_changed_moved_and_not_needed(airline: Airline, task: Task) -> None:
    said = {"text": "Ask the caterer", "type": "correct", "kind": "", "owner": "", "within": "2d"}
    send(airline.ana, task, "add", **said)
    step = Step.objects.get()
    assert step.due_at == NOW + timedelta(days=2)
    other = make_step(task, "Change the roster")

    same = {"step": step.pk, "within": "", "evidence": "", "link": "", "type": "correct"}
    send(airline.ana, task, "edit", **same, text="Ask the new caterer", kind="", owner="")
    send(airline.ana, task, "up", step=other.pk)
    refused = send(airline.ana, task, "not_needed", step=step.pk, reason="")
    assert refused.status_code == 422
    send(airline.ana, task, "not_needed", step=step.pk, reason="They have left.")

    shown = page(airline.ana, task)
    assert shown.index("Change the roster") < shown.index("Ask the new caterer")
    assert "not needed: They have left." in shown
    step.refresh_from_db()
    assert step.due_at == NOW + timedelta(days=2)


def test_who_was_slower_sees_the_list_as_it_stands(airline: Airline, task: Task) -> None:
    step = make_step(task)
    send(airline.lin, task, "tick", step=step.pk, version=1)
    answer = send(airline.ana, task, "tick", step=step.pk, version=1)
    assert answer.status_code == 409
    assert "Somebody was faster" in answer.content.decode()
    assert "done by Lin" in answer.content.decode()


def test_ideas_are_said_voted_for_and_done(airline: Airline, task: Task) -> None:
    send(airline.lin, task, "idea", text="Board by rows", kind="process")
    idea = Idea.objects.get()
    send(airline.ana, task, "vote", idea=idea.pk)
    assert "1 vote" in page(airline.ana, task)
    assert "Take my vote back" in page(airline.ana, task)
    send(airline.ana, task, "choose_idea", idea=idea.pk, type="contain")
    assert Step.objects.get().text == {"en": "Board by rows"}


def test_a_training_is_answered_on_the_page_of_a_closed_task(airline: Airline, task: Task) -> None:
    make_follow_up(make_step(task, "Train the gate", kind="training"), asked=1)
    closed = {"state": "closed", "closed_at": NOW, "next_due_at": None}
    Task.objects.update(resolution="effective", **closed)
    assert "Has “Train the gate” stuck?" in page(airline.ana, task)
    said = {"follow_up": FollowUp.objects.get().pk, "answer": "not_stuck"}
    assert send(airline.ana, task, "answer", **said, note="").status_code == 422
    send(airline.ana, task, "answer", **said, note="New people came.")
    assert "New people came." in page(airline.ana, task)


def test_the_form_of_the_fix_leaves_the_moment_to_the_list(airline: Airline, task: Task) -> None:
    assert 'name="fixed_at"' in page(airline.ana, task)
    step = make_step(task, "Change the roster")
    send(airline.ana, task, "tick", step=step.pk)
    shown = page(airline.ana, task, "?do=submit")
    assert 'name="fixed_at"' not in shown
    assert "Change the roster</textarea>" in shown


def test_an_open_corrective_step_is_named_where_the_fix_is_submitted(
    airline: Airline, task: Task
) -> None:
    make_step(task, "Change the roster")
    with clock.set_to(NOW):
        said = {"pain_category": "quality", "root_cause": "people", "countermeasure": "x"}
        more = {"note": "x", "fixed_at": "2025-11-21T15:30"}
        answer = reading_as(airline.ana).post(f"/tasks/{task.number}/submit/", said | more)
    assert answer.status_code == 422
    assert "Corrective steps are still open: “Change the roster”" in answer.content.decode()


def test_who_may_not_work_here_sees_the_list_and_no_buttons(airline: Airline, task: Task) -> None:
    make_step(task)
    make_playbook("gate")
    shown = list_of(page(airline.analyst, task))
    assert "Change the roster" in shown
    assert "<button" not in shown.replace("Look</button>", "").replace('<button class="quiet">', "")
    answer = send(airline.analyst, task, "tick", step=Step.objects.get().pk)
    assert answer.status_code == 403


def test_a_list_of_thirty_asks_no_more_than_one_of_three(airline: Airline, task: Task) -> None:
    def more() -> None:
        make_follow_up(make_step(task, kind="training", owner=airline.lin))
        make_idea(task, airline.lin)
        make_playbook()

    costs_the_same(reading_as(airline.ana), f"/tasks/{task.number}/", more)


def next_of(page: str) -> str:
    found = re.search(r'<div class="next".*?</div>', page, re.DOTALL)
    assert found
    return found.group()


def test_while_corrective_steps_are_open_the_next_of_them_is_the_obvious_step(
    airline: Airline, task: Task
) -> None:
    first, last = make_step(task, "Change the roster"), make_step(task, "Train the crew")
    shown = next_of(page(airline.ana, task))
    assert "Next: Change the roster" in shown
    assert "the 2 open corrective steps are done" in shown
    assert "Submit the fix" not in shown
    send(airline.ana, task, "tick", step=first.pk)
    send(airline.ana, task, "not_needed", step=last.pk, reason="They know.")
    shown = next_of(page(airline.ana, task))
    assert 'class="button primary" href="?do=submit#do"' in shown
    assert "Next:" not in shown


def test_a_swapped_list_brings_what_comes_next_and_what_has_happened(
    airline: Airline, task: Task
) -> None:
    step = make_step(task, "Change the roster")
    part = send(airline.ana, task, "tick", htmx=True, step=step.pk).content.decode()
    assert '<div id="events" hx-swap-oob="true">' in part
    assert "has done the step “Change the roster”" in part
    assert 'id="next" hx-swap-oob="true"' in part
    whole = page(airline.ana, task)
    assert "hx-swap-oob" not in whole
    aside = TOKEN.sub("", part.replace(' hx-swap-oob="true"', ""))
    for name in ("next", "events"):
        beside = re.search(rf'<div[^>]* ?id="{name}".*?</div>', TOKEN.sub("", whole), re.DOTALL)
        assert beside
        assert beside.group() in aside
