"""Opening a task by hand, and saying who stands in: on a desk and on a phone, in both languages."""

import pytest

from cx_loop import clock
from cx_loop.models import SYSTEM, User
from tasks.actions.opening import open_by_hand
from tasks.actions.policies import save_routes
from tasks.models import Task
from tests.browser.conftest import Open, must_be_accessible, sign_in
from tests.factories import (
    make_department,
    make_organization,
    make_task,
    make_touchpoint,
    make_user,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lin() -> User:
    make_organization()
    ground = make_department("ground-ops", name={"en": "Ground operations", "zh-hans": "地勤部"})
    place = make_touchpoint("boarding", owner=ground, name={"en": "Boarding", "zh-hans": "登机"})
    make_user("ana@example.com", department=ground, name="Ana")
    make_task(department=ground, touchpoint=place, title={"text": "The gate is cold"})
    routes = [
        {"when": {"pain_category": ["technology"]}, "to": "ground-ops", "role": "lead"},
        {"when": {"severity": ["critical"]}, "to": "ground-ops", "role": "lead"},
    ]
    now = clock.now()
    save_routes(routes=routes, by=SYSTEM, now=now)
    open_by_hand(
        touchpoint=place,
        text="The gate is dark",
        severity=1,
        department=None,
        pain_category="emotion",
        by=SYSTEM,
        now=now,
    )
    return make_user("lin@example.com", department=ground, role="lead", name="Lin")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_pages_are_accessible_and_fit(
    lin: User, opened: Open, width: int, language: str
) -> None:
    lin.language = language
    lin.save()
    page = opened(width=width)
    sign_in(page, lin)
    number = Task.objects.latest("number").number
    for url in (
        "/absences/",
        "/touchpoints/boarding/task/",
        "/touchpoints/boarding/",
        f"/tasks/{number}/",
        "/",
    ):
        page.goto(url)
        for details in page.locator("aside details:not(.call)").all():
            details.locator("summary").click()
        must_be_accessible(page)
