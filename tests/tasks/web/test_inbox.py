"""The inbox: what was told, how much is unread, read by its own reader only."""

import pytest

from cx_loop.models import Department, Notice, User
from tasks.actions.announce import announce
from tasks.models import Task
from tests.factories import NOW, make_alert, make_department, make_task, make_touchpoint, make_user
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def gates() -> Department:
    return make_department("gates")


@pytest.fixture
def ana(gates: Department) -> User:
    return make_user("ana@example.com", department=gates)


def told(gates: Department, *people: User) -> Task:
    task = make_task(make_alert(touchpoint=make_touchpoint(owner=gates)))
    announce(task=task, code="opened", now=NOW, to=people)
    return task


def test_what_was_told_stands_there_with_its_task(gates: Department, ana: User) -> None:
    task = told(gates, ana)
    page = seen(reading_as(ana), "/inbox/")
    assert "A new improvement task waits for you." in page
    assert f'href="/tasks/{task.number}/"' in page
    assert "Mark all as read" in page


def test_an_empty_inbox_says_what_will_be_here(ana: User) -> None:
    assert "Nothing unread." in seen(reading_as(ana), "/inbox/")


def test_reading_the_task_reads_what_was_told_of_it(gates: Department, ana: User) -> None:
    task = told(gates, ana)
    told(gates, ana)
    seen(reading_as(ana), f"/tasks/{task.number}/")
    assert Notice.objects.unread(ana).count() == 1


def test_one_is_marked_or_all(gates: Department, ana: User) -> None:
    told(gates, ana), told(gates, ana), told(gates, ana)
    client, first = reading_as(ana), Notice.objects.earliest("pk")
    client.post("/inbox/read/", {"notice": first.pk})
    assert Notice.objects.unread(ana).count() == 2
    client.post("/inbox/read/")
    assert not Notice.objects.unread(ana).exists()


def test_nobody_reads_the_notices_of_others(gates: Department, ana: User) -> None:
    told(gates, ana)
    ben = reading_as(make_user(department=gates))
    assert "Nothing unread." in seen(ben, "/inbox/")
    ben.post("/inbox/read/", {"notice": Notice.objects.get().pk})
    assert Notice.objects.unread(ana).count() == 1


def test_a_notice_of_a_task_that_is_out_of_sight_names_no_task(ana: User) -> None:
    told(make_department("elsewhere"), ana)
    page = seen(reading_as(ana), "/inbox/")
    assert "A new improvement task waits for you." in page
    assert "/tasks/" not in page


def test_the_inbox_costs_the_same_however_much_was_told(gates: Department, ana: User) -> None:
    costs_the_same(reading_as(ana), "/inbox/", lambda: told(gates, ana))
