"""A lead is asked for what nobody took, and silences what an alert is about."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from alerts.models import Alert
from cx_loop.models import User
from tasks.actions.sweep import sweep
from tasks.models import Episode, Task
from tests.browser.conftest import Open, must_be_accessible, sign_in
from tests.factories import (
    make_alert,
    make_department,
    make_group,
    make_metric,
    make_organization,
    make_rule,
    make_silence,
    make_task,
    make_touchpoint,
    make_user,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lin() -> User:
    make_organization()
    ground = make_department("ground-ops", name={"en": "Ground operations", "zh-hans": "地勤部"})
    return make_user("lin@example.com", department=ground, role="lead", name="Lin")


@pytest.fixture
def alert(lin: User) -> Alert:
    owner = lin.memberships.get().department
    names = {"en": "Boarding", "zh-hans": "登机"}
    place = make_touchpoint("boarding", owner=owner, name=names)
    wait = make_metric("wait", kind="duration", unit="min", name={"en": "Wait", "zh-hans": "等待"})
    alert = make_alert(make_group(make_rule("boarding-wait", metric=wait), touchpoint=place))
    make_task(alert)
    return alert


def fill_in(page: Page) -> None:
    page.get_by_role("link", name="Silence all like this").click()
    expect(page.get_by_label("Touchpoint", exact=True)).to_have_value("boarding")
    page.get_by_label("Reason").fill("The gate is rebuilt.")
    must_be_accessible(page)
    page.get_by_role("button", name="Keep quiet").click()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_lead_silences_an_alert_and_ends_it(
    opened: Open, lin: User, alert: Alert, width: int
) -> None:
    make_silence(lin.memberships.get().department, author=lin, metric=["wait"], segment=["gold"])
    page = opened(width=width)
    sign_in(page, lin)
    page.goto(f"/alerts/{alert.pk}/")
    must_be_accessible(page)
    fill_in(page)
    expect(page.get_by_text("Touchpoint Boarding · Rule").first).to_be_visible()
    must_be_accessible(page)
    page.goto(f"/tasks/{alert.links.get().task_id}/")
    expect(page.get_by_text("by Lin: The gate is rebuilt.")).to_be_visible()
    must_be_accessible(page)
    page.goto("/silences/")
    page.get_by_role("button", name="End now Touchpoint").click()
    expect(page.get_by_role("status")).to_contain_text("The silence is ended")


def test_what_nobody_takes_climbs_to_the_lead_who_acknowledges_its_alert(
    opened: Open, lin: User, alert: Alert
) -> None:
    late = datetime.now(UTC) - timedelta(minutes=5)
    Task.objects.update(created_at=late - timedelta(hours=4), escalate_at=late, next_due_at=late)
    Episode.objects.update(opened_at=late - timedelta(hours=4), respond_by=late)
    sweep(now=datetime.now(UTC))
    page = opened(width=390)
    sign_in(page, lin)
    page.goto("/inbox/")
    page.get_by_role("link", name="Boarding · Wait too long").first.click()
    expect(page.get_by_text("escalated to the lead").first).to_be_visible()
    must_be_accessible(page)
    page.goto(f"/alerts/{alert.pk}/")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    expect(page.locator(".over").get_by_text("acknowledged")).to_be_visible()
