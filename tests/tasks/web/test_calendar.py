"""Due dates in one's own calendar, behind a secret address."""

from datetime import timedelta

import pytest
from django.test import Client

from cx_loop import clock
from cx_loop.actions.links import end_links, make_link
from cx_loop.actions.staff import deactivate
from cx_loop.models import Actor, User
from tests.api_stories import Airline, make_airline
from tests.factories import NOW, make_task
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def airline() -> Airline:
    return make_airline()


def address_of(user: User) -> str:
    token = make_link(user=user, kind="calendar", by=Actor(user=user), now=NOW)
    return f"/calendar/{token}.ics"


def read(address: str, *, status: int = 200) -> str:
    return seen(Client(), address, status=status).replace("\r\n ", "")


def test_staff_read_what_is_theirs_and_open(airline: Airline) -> None:
    mine = {"department": airline.ground, "assignee": airline.ana}
    make_task(**mine, state="in_progress", title={"text": "Second gate"})
    make_task(department=airline.ground, title={"text": "Nobody's yet"})
    make_task(**mine, state="closed", title={"text": "Long over"})
    feed = read(address_of(airline.ana))
    assert "Second gate" in feed
    assert "Nobody's yet" not in feed
    assert "Long over" not in feed


def test_leads_read_their_department_and_no_other(airline: Airline) -> None:
    make_task(department=airline.ground, title={"text": "Ours"})
    make_task(department=airline.it, title={"text": "Not ours"})
    feed = read(address_of(airline.lin))
    assert "due: Ours" in feed
    assert "Not ours" not in feed


def test_what_people_wrote_about_the_fix_is_not_told(airline: Airline) -> None:
    mine = {"department": airline.ground, "assignee": airline.ana, "state": "in_progress"}
    make_task(**mine, countermeasure="Mr Wang waited an hour")
    assert "Wang" not in read(address_of(airline.ana))


def test_an_address_that_ended_is_not_there(airline: Airline) -> None:
    address = address_of(airline.ana)
    end_links(user=airline.ana, now=NOW, kind="calendar")
    read(address, status=404)


def test_a_new_address_ends_the_old(airline: Airline) -> None:
    old, new = address_of(airline.ana), address_of(airline.ana)
    read(old, status=404)
    read(new)


def test_who_is_switched_off_has_no_calendar(airline: Airline) -> None:
    address = address_of(airline.ana)
    deactivate(user=airline.ana, by=Actor(airline.admin), now=NOW)
    read(address, status=404)


def test_the_page_shows_an_address_once(airline: Airline) -> None:
    ana = reading_as(airline.ana)
    with clock.set_to(NOW + timedelta(minutes=1)):
        ana.post(f"/people/{airline.ana.pk}/calendar/", {"do": "make"})
    page = f"/people/{airline.ana.pk}/"
    assert ".ics" in seen(ana, page)
    assert ".ics" not in seen(ana, page)


def test_nobody_makes_an_address_for_another(airline: Airline) -> None:
    admin = reading_as(airline.admin)
    assert admin.post(f"/people/{airline.ana.pk}/calendar/", {"do": "make"}).status_code == 403
