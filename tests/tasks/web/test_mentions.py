"""Who can be named in a comment: offered to the script, listed without one."""

import pytest

from cx_loop.models import User
from tasks.models import Task
from tests.api_stories import Airline, make_airline
from tests.factories import make_organization, make_task, make_user
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def airline() -> Airline:
    make_organization()
    return make_airline()


@pytest.fixture
def task(airline: Airline) -> Task:
    make_user("wang@example.com", department=airline.ground, name="王小明")
    return make_task(department=airline.ground)


def offered(reader: User, task: Task, typed: str) -> str:
    url = f"/tasks/{task.number}/people/?q={typed}"
    return seen(reading_as(reader), url, **{"HX-Request": "true"})


def test_names_begin_as_typed_in_any_script(airline: Airline, task: Task) -> None:
    assert 'data-said="Ana"' in offered(airline.ana, task, "an")
    assert 'data-said="王小明"' in offered(airline.ana, task, "王")
    assert "role=" not in offered(airline.ana, task, "zoe")


def test_only_who_may_see_the_task_is_offered(airline: Airline, task: Task) -> None:
    assert "Ida" not in offered(airline.ana, task, "")
    assert "Ida" not in seen(reading_as(airline.ana), f"/tasks/{task.number}/people/")
    User.objects.filter(email="wang@example.com").update(is_active=False)
    assert "王小明" not in offered(airline.ana, task, "王")


def test_who_does_not_see_the_task_is_told_nobody(airline: Airline, task: Task) -> None:
    seen(reading_as(airline.ida), f"/tasks/{task.number}/people/", status=404)


def test_without_a_script_the_names_are_a_page(airline: Airline, task: Task) -> None:
    page = seen(reading_as(airline.ana), f"/tasks/{task.number}/")
    assert f'href="/tasks/{task.number}/people/"' in page
    listed = seen(reading_as(airline.ana), f"/tasks/{task.number}/people/")
    assert "王小明" in listed
    nobody = seen(reading_as(airline.ana), f"/tasks/{task.number}/people/?q=zoe")
    assert "Nobody of that name may see the task." in nobody
