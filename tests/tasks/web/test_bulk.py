"""One call on the chosen tasks of the queue."""

import pytest

from cx_loop import clock
from cx_loop.models import User
from tasks.models import Task
from tests.api_stories import Airline, make_airline
from tests.factories import NOW, make_task
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def airline() -> Airline:
    return make_airline()


@pytest.fixture
def tasks(airline: Airline) -> list[Task]:
    names = ("Dark gate", "Cold gate")
    return [make_task(department=airline.ground, title={"text": name}) for name in names]


def send(who: User, status: int = 200, **said: object) -> str:
    with clock.set_to(NOW):
        answer = reading_as(who).post("/tasks/bulk/", said)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def picks(*tasks: Task) -> list[str]:
    return [f"{task.number}:{task.version}" for task in tasks]


def test_the_queue_offers_boxes_that_need_no_script(airline, tasks):
    page = seen(reading_as(airline.ana), "/")
    for task in tasks:
        assert f'name="pick" value="{task.number}:1" form="bulk"' in page
    assert 'id="bulk"' in page


def test_what_needs_nothing_more_is_done_at_once_and_told_one_by_one(airline, tasks):
    Task.objects.filter(pk=tasks[1].pk).update(version=2)
    page = send(airline.ana, call="accept", pick=picks(*tasks))
    assert "1 done, 1 refused" in page
    assert "Done · Accepted" in page
    assert "Somebody has changed it meanwhile" in page
    assert set(Task.objects.values_list("state", flat=True)) == {"accepted", "open"}


@pytest.mark.parametrize(
    ("call", "fields"),
    [
        ("assign", {"assignee": "lin@example.com"}),
        ("hand_over", {"department": "it", "reason": "Theirs"}),
        ("dismiss", {"resolution": "duplicate", "reason": "Twice"}),
    ],
)
def test_what_needs_more_is_asked_for_once_for_all(airline, tasks, call, fields):
    asked = send(airline.ana, call=call, pick=picks(*tasks))
    assert "Dark gate" in asked
    assert f'value="{tasks[0].number}:1"' in asked
    send(airline.ana, 422, call=call, pick=picks(*tasks), go="1")
    assert "2 done, 0 refused" in send(airline.ana, call=call, pick=picks(*tasks), go="1", **fields)


def test_a_hold_is_refused_where_the_state_does_not_allow_it(airline, tasks):
    send(airline.ana, call="accept", pick=picks(tasks[0]))
    for task in tasks:
        task.refresh_from_db()
    fields = {"reason": "Parts", "until": "2025-11-24T10:00"}
    page = send(airline.ana, call="hold", pick=picks(*tasks), go="1", **fields)
    assert "1 done, 1 refused" in page
    assert "Not possible in its state: Open." in page


def test_foreign_tasks_are_not_named(airline, tasks):
    foreign = make_task(department=airline.it, title={"text": "Foreign"})
    page = send(airline.ana, call="accept", pick=picks(*tasks, foreign))
    assert "Foreign" not in page
    assert "2 done, 1 refused" in page
    send(airline.ana, 302, call="accept", pick=picks(foreign))
    assert Task.objects.get(pk=foreign.pk).state == "open"


def test_nothing_chosen_and_nothing_that_makes_sense_do_nothing(airline, tasks):
    send(airline.ana, 302, call="accept")
    send(airline.ana, 302, call="accept", pick=["x", "1:2:3", "9" * 30, ":"])
    send(airline.ana, 404, call="submit", pick=picks(*tasks))
    send(airline.ana, 302, call="accept", next="https://elsewhere.example/")
    assert set(Task.objects.values_list("state", flat=True)) == {"open"}


def test_nobody_is_offered_to_hand_over_to_where_all_of_them_are(airline, tasks):
    page = send(airline.ana, call="hand_over", pick=picks(*tasks))
    assert '<option value="it">' in page
    assert '<option value="ground-ops">' not in page
    elsewhere = make_task(department=airline.it)
    both = send(airline.dirk, call="hand_over", pick=picks(*tasks, elsewhere))
    assert '<option value="ground-ops">' in both
