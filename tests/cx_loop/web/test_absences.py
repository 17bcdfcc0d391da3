"""The page of absences: everybody's own, and for leads that of their people."""

import pytest
from django.test import Client

from cx_loop import clock
from cx_loop.models import Activity, Department, User
from tests.factories import NOW, make_department, make_organization, make_user
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db
WEEK = {"since": "2025-11-21T08:00", "until": "2025-11-28T18:00"}


@pytest.fixture
def ground() -> Department:
    make_organization()
    return make_department("ground-ops")


@pytest.fixture
def ana(ground: Department) -> User:
    return make_user("ana@example.com", department=ground)


@pytest.fixture
def bea(ground: Department) -> User:
    return make_user("bea@example.com", department=ground)


def enter(client: Client, person: User, status: int = 302, **said: object) -> str:
    with clock.set_to(NOW):
        answer = client.post(f"/absences/{person.pk}/", {**WEEK, **said})
    assert answer.status_code == status
    return answer.content.decode()


def test_a_person_enters_an_absence_and_who_stands_in(ana: User, bea: User) -> None:
    enter(reading_as(ana), ana, substitute=bea.pk)
    ana.refresh_from_db()
    assert ana.is_absent(NOW)
    assert ana.substitute == bea
    assert "Bea stands in" in seen(reading_as(ana), "/absences/")
    assert Activity.objects.get(subject="person").verb == "absent"


def test_back_again_ends_it(ana: User, bea: User) -> None:
    enter(reading_as(ana), ana, substitute=bea.pk)
    enter(reading_as(ana), ana, end="on")
    ana.refresh_from_db()
    assert not ana.is_absent(NOW)


def test_a_lead_enters_it_for_the_people_of_the_department(ground, ana: User, bea: User) -> None:
    lin = make_user("lin@example.com", department=ground, role="lead")
    assert "Ana" in seen(reading_as(lin), "/absences/")
    enter(reading_as(lin), ana, substitute=bea.pk)
    enter(reading_as(bea), ana, status=404)


def test_only_who_sees_the_department_can_stand_in(ana: User) -> None:
    other = make_user("ian@example.com", department=make_department("it"))
    enter(reading_as(ana), ana, status=422, substitute=other.pk)
    enter(reading_as(ana), ana, status=422, substitute=ana.pk)


def test_it_ends_after_it_begins(ana: User) -> None:
    said = enter(reading_as(ana), ana, status=422, until="2025-11-20T08:00")
    assert "after it begins" in said
