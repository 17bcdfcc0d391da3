"""A task opened by hand, from the page of a touchpoint."""

import pytest

from cx_loop import clock
from cx_loop.models import Touchpoint, User
from tasks.models import Task
from tests.factories import (
    NOW,
    make_department,
    make_organization,
    make_task,
    make_touchpoint,
    make_user,
)
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db
SAID = {"title": "The gate is dark", "severity": "2"}
FORM = "/touchpoints/boarding/task/"


@pytest.fixture
def boarding() -> Touchpoint:
    make_organization()
    return make_touchpoint("boarding", owner=make_department("ground-ops"))


@pytest.fixture
def ana(boarding: Touchpoint) -> User:
    return make_user("ana@example.com", department=boarding.owner)


def send(user: User, status: int, **said: str) -> str:
    with clock.set_to(NOW):
        answer = reading_as(user).post(FORM, {**SAID, **said})
    assert answer.status_code == status
    return answer.content.decode()


def test_the_touchpoint_leads_to_the_form_and_the_form_to_the_task(ana: User) -> None:
    assert FORM in seen(reading_as(ana), "/touchpoints/boarding/")
    assert "What is to be improved" in seen(reading_as(ana), FORM)
    send(ana, 302, pain_category="emotion")
    task = Task.objects.get()
    assert (task.title, task.pain_category) == ({"text": "The gate is dark"}, "emotion")
    assert "touchpoint&#x27;s owner" in seen(reading_as(ana), f"/tasks/{task.number}/")


def test_what_is_missing_is_said_and_what_was_typed_is_kept(ana: User) -> None:
    assert "The gate is dark" in send(ana, 422, severity="9")
    assert "This field is required" in send(ana, 422, title=" ")


def test_who_does_not_work_there_opens_nothing(ana: User) -> None:
    stranger = make_user("ida@example.com", department=make_department("it"))
    send(stranger, 404)
    send(make_user("ann@example.com", is_analyst=True), 403)
    assert not Task.objects.exists()


def test_a_task_for_another_department_leads_back_to_the_queue(ana: User) -> None:
    make_department("it")
    with clock.set_to(NOW):
        answer = reading_as(ana).post(FORM, {**SAID, "department": "it"})
    assert answer["Location"] == "/queue/"


def test_open_tasks_of_the_same_touchpoint_stand_on_the_page(boarding, ana: User) -> None:
    one, other = (
        make_task(department=boarding.owner, touchpoint=boarding, title={"text": text})
        for text in ("Dark gate", "Cold gate")
    )
    make_task(department=make_department("it"), touchpoint=boarding, title={"text": "Foreign"})
    page = seen(reading_as(ana), f"/tasks/{one.number}/")
    assert f"#{other.number} Cold gate" in page
    assert "Foreign" not in page
