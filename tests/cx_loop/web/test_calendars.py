"""A year's list is tried, and laid over the calendars of the departments that are chosen."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from config.configuration import check_configuration
from cx_loop.actions.configure.export import exported
from cx_loop.models import Calendar, Department
from tests.factories import make_admin, make_calendar, make_department, make_organization
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db
PAGE = "/settings/calendars/"
LIST = "2026-10-01..2026-10-07 off National Day\n2026-10-10 made-up"


@pytest.fixture
def admin() -> Client:
    make_organization()
    week = {"mon-fri": "09:00-18:00"}
    eve = [{"from": "2026-12-24", "hours": "09:00-12:00"}]
    make_department("lounge", calendar=make_calendar(hours=week, special_days=eve))
    make_department("gate")
    make_department("desk")
    return reading_as(make_admin())


def special_days(key: str) -> list[dict[str, str]]:
    calendar = Department.objects.get(key=key).calendar
    return calendar.special_days if calendar else []


def test_a_list_reaches_the_chosen_calendars_and_leaves_other_days(admin: Client) -> None:
    said = {"text": LIST, "departments": ["lounge", "gate"], "do": "save"}
    assert admin.post(PAGE, said).status_code == 302
    assert [each["from"] for each in special_days("lounge")] == [
        "2026-10-01",
        "2026-10-10",
        "2026-12-24",
    ]
    assert len(special_days("gate")) == 2
    assert Calendar.objects.count() == 2
    assert str(check_configuration(exported("department"))) == "nothing to change"


def test_it_is_shown_before_it_is_taken_also_from_a_file(admin: Client) -> None:
    file = SimpleUploadedFile("days.csv", f"\ufeff{LIST}".encode())
    page = admin.post(PAGE, {"file": file, "departments": ["gate"], "do": "try"}).content.decode()
    assert "National Day" in page
    assert "2026-10-01..2026-10-07 off National Day" in page
    assert not special_days("gate")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"text": "soon", "departments": ["gate"]}, "Line 1: Begin with a date"),
        ({"text": LIST}, "Choose one department at least."),
        ({"text": "", "departments": ["gate"]}, "Write one day at least"),
        ({"text": LIST, "departments": ["nowhere"]}, "nowhere"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    admin: Client, said: dict[str, object], why: str
) -> None:
    answer = admin.post(PAGE, {**said, "do": "save"})
    assert (answer.status_code, why in answer.content.decode()) == (422, True)
    assert answer.context["form"]["text"].value() == said["text"]


def test_the_known_holidays_of_a_year_fill_the_list(admin: Client) -> None:
    assert "2026-10-10 made-up" in seen(admin, f"{PAGE}?country=CN&year=2026")
    chinese = reading_as(make_admin("lin@example.com", language="zh-hans"))
    assert "2026-10-10 班" in seen(chinese, f"{PAGE}?country=CN&year=2026")


def test_more_departments_cost_no_more_queries(admin: Client) -> None:
    costs_the_same(admin, PAGE, lambda: make_department(calendar=make_calendar()))
