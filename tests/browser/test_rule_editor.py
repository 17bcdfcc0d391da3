"""An admin tunes a rule against history and saves it; the editor is accessible and fits a phone."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from alerts.models import Rule
from cx_loop.models import User
from tests.browser.conftest import Open, must_be_accessible, sign_in
from tests.factories import (
    fill_days,
    make_admin,
    make_department,
    make_group,
    make_metric,
    make_organization,
    make_rule,
    make_touchpoint,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admin() -> User:
    make_organization()
    return make_admin(name="Ada")


@pytest.fixture
def world(admin: User) -> Rule:
    """Three bad stretches in 60 days: to 50, to 40 and to 33 minutes."""
    ground = make_department("ground-ops", name={"en": "Ground operations", "zh-hans": "地勤部"})
    wait = make_metric("wait", kind="duration", unit="min", name={"en": "Wait", "zh-hans": "等待"})
    place = make_touchpoint("boarding", owner=ground, name={"en": "Boarding", "zh-hans": "登机"})
    watches = {"touchpoints": ["boarding"]}
    rule = make_rule("boarding-wait", metric=wait, watches=watches, min_samples=30)
    days = [[18.0 + day % 5] * 40 for day in range(60)]
    for first, value in ((10, 50.0), (25, 40.0), (45, 33.0)):
        days[first : first + 2] = [[value] * 40] * 2
    series = make_group(rule, touchpoint=place).series.get()
    fill_days(series, (datetime.now(UTC) - timedelta(days=70)).date(), days)
    return rule


def figure(page: Page, name: str) -> str:
    """A figure of the trial by its label."""
    return page.locator(".figures div").filter(has_text=name).locator("dd").inner_text()


def test_a_rule_is_tuned_with_preview_and_saved(opened: Open, admin: User, world: Rule) -> None:
    page = opened()
    sign_in(page, admin)
    page.goto("/rules/boarding-wait/")
    page.get_by_role("link", name="Change it").click()
    expect(page.get_by_text("This is the rule as it stands.")).to_be_visible()
    assert figure(page, "alerts in 90 days") == "3"
    page.get_by_label("Warning line").fill("35")
    expect(page.get_by_text("Now: 3 alerts; with this: 2.")).to_be_visible()
    must_be_accessible(page)
    page.get_by_label("Warning line").fill("many")
    expect(page.locator("#rule_warning_line_note")).to_contain_text("is not a number")
    page.get_by_label("for alerts a month").fill("0.3")
    page.get_by_label("Warning line").fill("30")
    page.get_by_role("button", name="Suggest a line").click()
    expect(page.get_by_text("It is filled in.")).to_be_visible()
    expect(page.get_by_label("Warning line")).to_have_value("50")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_role("status").first).to_contain_text("The rule is saved")
    expect(page.get_by_text("Version 2", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_rule_is_made_without_javascript(
    opened: Open, admin: User, world: Rule, width: int
) -> None:
    page = opened(width=width, java_script_enabled=False)
    sign_in(page, admin)
    page.goto("/rules/new/")
    page.get_by_label("Metric").select_option("Wait")
    page.get_by_label("Touchpoint", exact=True).select_option("Boarding")
    page.get_by_label("Warning line").fill("30")
    page.get_by_role("button", name="Try it on the last 90 days").click()
    assert figure(page, "alerts in 90 days") == "3"
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="boarding-wait-2")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_editor_is_accessible_in_both_languages(
    opened: Open, admin: User, world: Rule, width: int
) -> None:
    page = opened(width=width)
    sign_in(page, admin)
    for language in ("English", "中文"):
        if language == "中文":
            page.get_by_role("button", name=language).click()
        for url in ("/rules/new/", "/rules/boarding-wait/edit/", "/rules/boarding-wait/"):
            page.goto(url)
            page.wait_for_load_state("networkidle")
            page.evaluate(
                "document.querySelectorAll('details').forEach((each) => each.open = true)"
            )
            must_be_accessible(page)
