"""An admin sets the company up by keyboard; pages of settings are accessible and fit a phone."""

import pytest
from playwright.sync_api import Page, expect

from cx_loop.models import Department, User
from tasks.actions.route_edits import routes_now
from tasks.models import EscalationPolicy
from tests.browser.conftest import Open, must_be_accessible, sign_in
from tests.factories import (
    make_admin,
    make_department,
    make_metric,
    make_organization,
    make_rule,
    make_touchpoint,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    "/settings/",
    "/settings/organization/",
    "/settings/departments/",
    "/settings/departments/ground-ops/",
    "/settings/measures/",
    "/settings/measures/metric/wait/",
    "/settings/routes/?touchpoint=boarding",
    "/settings/routes/new/",
    "/settings/escalation/",
    "/settings/escalation/new/",
    "/settings/playbooks/",
    "/settings/playbooks/new/",
    "/settings/keys/",
    "/settings/yaml/",
)


@pytest.fixture
def admin() -> User:
    make_organization()
    ground = make_department("ground-ops", name={"en": "Ground operations", "zh-hans": "地勤部"})
    make_touchpoint("boarding", owner=ground, name={"en": "Boarding", "zh-hans": "登机"})
    wait = make_metric("wait", kind="duration", unit="min", name={"en": "Wait", "zh-hans": "等待"})
    make_rule("boarding-wait", metric=wait)
    return make_admin(name="Ada")


def press(page: Page, name: str) -> None:
    """Reach a button or link by keyboard and press it."""
    target = page.get_by_role("button", name=name, exact=True).or_(
        page.get_by_role("link", name=name, exact=True)
    )
    target.first.focus()
    page.keyboard.press("Enter")


def fill(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).focus()
    page.keyboard.type(text)


def test_an_admin_adds_a_department_with_hours_a_route_and_a_policy_by_keyboard(
    opened: Open, admin: User
) -> None:
    page = opened()
    sign_in(page, admin)
    page.goto("/settings/departments/")
    press(page, "Add a department")
    fill(page, "Key", "lounge")
    fill(page, "Name in English", "Lounge")
    fill(page, "Works", "at the hours")
    for day in ("Monday", "Tuesday", "Wednesday"):
        fill(page, day, "09:00-18:00")
    expect(page.locator("#days").get_by_text("09:00-18:00").first).to_be_visible()
    press(page, "Save")
    expect(page.get_by_role("status").get_by_text("Saved.")).to_be_visible()
    made = Department.objects.select_related("calendar").get(key="lounge")
    assert made.calendar is not None
    assert made.calendar.hours == {"mon-wed": "09:00-18:00"}

    page.goto("/settings/routes/")
    press(page, "Add a route")
    page.get_by_role("checkbox", name="Critical").focus()
    page.keyboard.press("Space")
    fill(page, "Department", "Lounge")
    press(page, "Save")
    expect(page.get_by_role("link", name="Severity is Critical → Lounge")).to_be_visible()
    assert [route["to"] for route in routes_now()] == ["lounge"]

    page.goto("/settings/escalation/")
    press(page, "Add a policy")
    fill(page, "Key", "fast")
    fill(page, "Name in English", "Fast lane")
    press(page, "Save")
    expect(page.get_by_role("link", name="Fast lane")).to_be_visible()
    assert EscalationPolicy.objects.get(key="fast").current is not None

    page.goto("/settings/recovery/new/")
    trial = page.get_by_role("region", name="The last 4 weeks")
    fill(page, "Line", "-1")  # tried as one types, before there is a key
    expect(trial).to_contain_text("Line: No answer lies beyond -1")
    page.get_by_label("Answers that count", exact=True).select_option("above")
    page.get_by_label("Line", exact=True).fill("60")
    expect(trial).to_contain_text("Nobody answered there in the last 4 weeks")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("width", [1280, 390])
def test_settings_are_accessible(opened: Open, admin: User, language: str, width: int) -> None:
    page = opened(width=width)
    sign_in(page, admin)
    User.objects.filter(pk=admin.pk).update(language=language)
    for url in PAGES:
        page.goto(url)
        must_be_accessible(page)
