"""Admins look after departments: the tree, who leads, and hours whose days can be seen."""

import pytest
from django.test import Client

from config.configuration import check_configuration
from cx_loop import clock
from cx_loop.actions.configure import edit
from cx_loop.models import Actor, Department, Membership
from tests.api_stories import Airline, make_airline
from tests.factories import NOW, make_calendar, make_organization, make_touchpoint
from tests.pages import costs_the_same, reading_as, retyped, seen

pytestmark = pytest.mark.django_db
DEPARTMENTS = "/settings/departments/"
WEEK = {f"hours_{day}": "09:00-18:00" for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture
def airline() -> Airline:
    make_organization()
    return make_airline()


@pytest.fixture
def admin(airline: Airline) -> Client:
    return reading_as(airline.admin)


def send(client: Client, url: str, said: dict[str, object]) -> int:
    with clock.set_to(NOW):
        return client.post(url, said).status_code


def typed(client: Client, key: str, **changes: object) -> dict[str, object]:
    opened = edit.opened_of(edit.forms_of("department")[key])
    found = retyped(client, f"{DEPARTMENTS}{key}/", **{"opened": opened, **changes})
    return {name: value for name, value in found.items() if value is not False}


def test_a_department_with_hours_is_what_a_file_would_have_made(
    airline: Airline, admin: Client
) -> None:
    said = retyped(admin, f"{DEPARTMENTS}new/", key="lounge", name_en="Lounge", works="hours")
    said |= {**WEEK, "holidays": "CN", "parent": "ground-ops", "lead": "lin@example.com"}
    assert send(admin, f"{DEPARTMENTS}new/", said) == 302
    made = Department.objects.select_related("calendar").get(key="lounge")
    assert made.calendar is not None
    assert made.calendar.hours == {"mon-fri": "09:00-18:00"}
    file = """departments:
  - key: lounge
    name: Lounge
    parent: ground-ops
    lead: lin@example.com
    calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}, holidays: CN}
"""
    assert str(check_configuration(file)) == "nothing to change"


def test_members_duties_and_addresses_stay_when_the_page_is_saved(
    airline: Airline, admin: Client
) -> None:
    Department.objects.filter(key="ground-ops").update(notify=["email"])
    before = set(Membership.objects.values_list("department", "user", "role", "duty"))
    assert (
        send(admin, f"{DEPARTMENTS}ground-ops/", typed(admin, "ground-ops", name_en="New")) == 302
    )
    assert set(Membership.objects.values_list("department", "user", "role", "duty")) == before
    assert Department.objects.get(key="ground-ops").name["en"] == "New"


def test_hours_that_mean_the_same_are_not_written_anew(airline: Airline, admin: Client) -> None:
    calendar = make_calendar(hours={"mon,tue": "09:00-12:00,13:00-17:00"}, holidays="CN")
    Department.objects.filter(key="ground-ops").update(calendar=calendar)
    assert send(admin, f"{DEPARTMENTS}ground-ops/", typed(admin, "ground-ops")) == 302
    calendar.refresh_from_db()
    assert calendar.hours == {"mon,tue": "09:00-12:00,13:00-17:00"}


def test_mistakes_are_said_at_their_fields(admin: Client) -> None:
    said = typed(admin, "ground-ops", works="hours", hours_mon="nine to five")
    assert send(admin, f"{DEPARTMENTS}ground-ops/", said) == 422
    said = typed(admin, "ground-ops", works="hours")
    with clock.set_to(NOW):
        page = admin.post(f"{DEPARTMENTS}ground-ops/", said).content.decode()
    assert "Say the hours of one day" in page


def test_an_empty_form_is_refused_at_its_fields(admin: Client) -> None:
    assert send(admin, f"{DEPARTMENTS}new/", {}) == 422


def test_a_stale_page_is_refused(airline: Airline, admin: Client) -> None:
    said = typed(admin, "ground-ops", name_en="Mine")
    Department.objects.filter(key="ground-ops").update(name={"en": "Theirs"})
    assert send(admin, f"{DEPARTMENTS}ground-ops/", said) == 409
    assert Department.objects.get(key="ground-ops").name == {"en": "Theirs"}


def test_the_days_show_holidays_and_the_weekends_worked_for_them(admin: Client) -> None:
    said = typed(admin, "ground-ops", works="hours", holidays="CN", do="try", **WEEK)
    golden_week = NOW.replace(year=2026, month=9, day=28)
    with clock.set_to(golden_week):
        page = admin.post(f"{DEPARTMENTS}ground-ops/", said).content.decode()
    assert ">国庆节<" not in page
    assert ">National Day<" in page
    assert "worked for a holiday" in page


def test_a_department_somebody_needs_is_not_retired(airline: Airline, admin: Client) -> None:
    make_touchpoint("gate", owner=airline.ground)
    with clock.set_to(NOW):
        page = admin.post(f"{DEPARTMENTS}ground-ops/turn/", {"do": "retire"}, follow=True)
    assert "It is needed by" in page.content.decode()
    assert Department.objects.get(key="ground-ops").retired_at is None


def test_a_department_nobody_needs_goes_and_comes_back(admin: Client, airline: Airline) -> None:
    content = {"departments": [{"key": "lounge"}]}
    by = Actor(airline.admin)
    edit.write(kind="department", key="lounge", content=content, opened="", by=by, now=NOW)
    assert send(admin, f"{DEPARTMENTS}lounge/turn/", {"do": "retire"}) == 302
    assert Department.objects.get(key="lounge").retired_at == NOW
    assert send(admin, f"{DEPARTMENTS}lounge/turn/", {"do": "back"}) == 302
    assert Department.objects.get(key="lounge").retired_at is None


def test_its_people_are_said_with_their_roles_in_the_readers_language(airline: Airline) -> None:
    airline.admin.language = "zh-hans"
    airline.admin.save()
    page = seen(reading_as(airline.admin), f"{DEPARTMENTS}ground-ops/")
    assert '<span class="quiet-text">Lead</span>' not in page
    assert "Lin</a>" in page


def test_departments_are_set_up_by_admins(airline: Airline) -> None:
    for url in (DEPARTMENTS, f"{DEPARTMENTS}new/", f"{DEPARTMENTS}ground-ops/"):
        seen(reading_as(airline.lin), url, status=403)
    assert send(reading_as(airline.lin), f"{DEPARTMENTS}it/turn/", {"do": "retire"}) == 403


def test_the_list_costs_as_much_with_many(airline: Airline, admin: Client) -> None:
    costs_the_same(
        admin,
        DEPARTMENTS,
        lambda: Department.objects.create(key=f"d{Department.objects.count()}"),
    )
