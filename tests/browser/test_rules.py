"""The pages of rules: accessible, wide and narrow, in both languages."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from cx_loop.models import Membership, User
from tests.browser.conftest import Open, must_be_accessible, sign_in
from tests.factories import (
    fill_days,
    make_alert,
    make_department,
    make_evaluation,
    make_group,
    make_metric,
    make_organization,
    make_rule,
    make_series,
    make_standard,
    make_task,
    make_touchpoint,
    make_user,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    "/rules/",
    "/rules/boarding-wait/",
    "/rules/boarding-wait/why/?touchpoint=boarding",
    "/rules/review/",
    "/rules/watch/",
    "/touchpoints/lounge/",
)


@pytest.fixture
def lin() -> User:
    make_organization()
    owner = make_department("ground-ops")
    return make_user("lin@example.com", department=owner, role=Membership.Role.LEAD, name="Lin")


@pytest.fixture
def world(lin: User) -> None:
    """A rule that fires with an alert, and a standard nobody watches."""
    now = datetime.now(UTC)
    owner = lin.memberships.get().department
    metric = make_metric("wait", kind="duration", unit="min")
    rule = make_rule("boarding-wait", metric=metric, now=now - timedelta(days=60))
    group = make_group(rule, touchpoint=make_touchpoint("boarding", owner=owner))
    make_evaluation(group, edge=now, verdict="firing", level=1, reason="breached")
    make_task(make_alert(group, opened_at=now - timedelta(hours=3)))
    csat = make_metric("csat")
    lounge = make_touchpoint("lounge", owner=owner)
    make_standard(lounge, csat, key="lounge-csat", target=80)
    for series in (group.series.get(), make_series(lounge, csat)):
        fill_days(series, (now - timedelta(days=20)).date(), [[5, 4, 4, 2] * 10] * 20)


def _walk(page: Page) -> None:
    for url in PAGES:
        page.goto(url)
        must_be_accessible(page)


def test_the_pages_of_rules_are_accessible(opened: Open, lin: User, world: None) -> None:
    page = opened()
    sign_in(page, lin)
    _walk(page)


def test_the_pages_of_rules_fit_a_phone(opened: Open, lin: User, world: None) -> None:
    page = opened(width=390, height=844)
    sign_in(page, lin)
    _walk(page)
    page.get_by_role("button", name="中文").click()
    _walk(page)


def test_one_click_makes_a_rule_of_a_standard(opened: Open, lin: User, world: None) -> None:
    page = opened(java_script_enabled=False)
    sign_in(page, lin)
    page.goto("/touchpoints/lounge/")
    page.get_by_role("button", name="Make a rule of it").click()
    expect(page.get_by_role("status")).to_contain_text("The rule watches from now on.")
    expect(page.get_by_role("heading", name="Versions")).to_be_visible()
