import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from cx_loop.models import User
from tasks.models import Task
from tests.browser.conftest import Open, must_be_accessible, sign_in
from tests.factories import (
    fill_days,
    make_activity,
    make_alert,
    make_department,
    make_group,
    make_metric,
    make_organization,
    make_playbook,
    make_rule,
    make_task,
    make_touchpoint,
    make_user,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ana() -> User:
    make_organization()
    return make_user("ana@example.com", department=make_department("ground-ops"), name="Ana")


@pytest.fixture
def task(ana: User) -> Task:
    """Boarding took too long ten days ago: an alert, days of data, a playbook."""
    began = datetime.now(UTC) - timedelta(days=10)
    owner = ana.memberships.get().department
    touchpoint = make_touchpoint(
        "boarding", owner=owner, name={"en": "Boarding", "zh-hans": "登机"}
    )
    metric = make_metric(
        "wait", kind="duration", unit="min", name={"en": "Wait", "zh-hans": "等待时间"}
    )
    playbook = make_playbook()
    group = make_group(make_rule(metric=metric, playbook=playbook), touchpoint=touchpoint)
    days = [[10 + place] * 40 for place in range(20)]
    fill_days(group.series.get(), began.date() - timedelta(days=10), days)
    alert = make_alert(group, opened_at=began)
    made = make_task(alert, created_at=began, playbook=playbook.current)
    make_activity(made, "opened", now=began)
    return made


def _submit_the_fix(page: Page) -> None:
    page.get_by_role("link", name="Submit the fix").click()
    page.get_by_label("Pain category").select_option("efficiency")
    page.get_by_label("Root cause").select_option("process")
    page.get_by_role("textbox", name="Countermeasure").fill("A second gate from 16:00")
    page.get_by_label("Evidence of work").fill("See the roster")
    page.get_by_role("button", name="Submit the fix").click()


def test_a_task_is_worked_from_the_queue_to_its_fix(opened: Open, ana: User, task: Task) -> None:
    page = opened()
    sign_in(page, ana)
    must_be_accessible(page)
    page.get_by_role("button", name="Accept & start").click()
    expect(page.get_by_role("status")).to_contain_text("is yours now")
    page.get_by_role("link", name="Boarding · Wait too long").click()
    expect(page.get_by_role("img", name="Wait by day")).to_be_visible()
    must_be_accessible(page)
    _submit_the_fix(page)
    expect(page.get_by_role("heading", name="Acceptance of effect")).to_be_visible()
    must_be_accessible(page)


def test_a_task_is_worked_without_any_script(opened: Open, ana: User, task: Task) -> None:
    page = opened(java_script_enabled=False)
    sign_in(page, ana)
    page.get_by_role("button", name="Accept & start").click()
    page.get_by_role("link", name="Boarding · Wait too long").click()
    _submit_the_fix(page)
    expect(page.get_by_role("heading", name="Acceptance of effect")).to_be_visible()


def test_a_task_is_accepted_by_keyboard_alone(opened: Open, ana: User, task: Task) -> None:
    page = opened()
    sign_in(page, ana)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Boarding · Wait too long")).to_be_focused()
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("is yours now")


def test_a_wrong_password_is_said_beside_the_form(opened: Open, ana: User) -> None:
    page = opened()
    page.goto("/login/")
    page.get_by_label("E-mail").fill(ana.email)
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not fit together")
    expect(page.get_by_label("E-mail")).to_have_value(ana.email)
    must_be_accessible(page)


def test_everything_fits_a_phone_and_a_finger(opened: Open, ana: User, task: Task) -> None:
    page = opened(width=390, height=844)
    sign_in(page, ana)
    must_be_accessible(page)
    for target in page.get_by_role("button").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    page.goto(f"/tasks/{task.number}/?do=hand_over")
    must_be_accessible(page)
    expect(page.get_by_role("navigation", name="Main menu")).to_be_in_viewport()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_every_page_reads_well_in_chinese(
    opened: Open, ana: User, task: Task, colours: str
) -> None:
    page = opened(color_scheme=colours)
    sign_in(page, ana)
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="我的任务")).to_be_visible()
    for address in (
        "/",
        f"/tasks/{task.number}/",
        "/alerts/",
        f"/alerts/{task.alerts.get().pk}/",
        "/touchpoints/boarding/",
        "/about/",
        "/nowhere/",
    ):
        page.goto(address)
        must_be_accessible(page)


def test_a_filter_swaps_the_rows_and_keeps_the_page(opened: Open, ana: User, task: Task) -> None:
    page = opened()
    sign_in(page, ana)
    page.get_by_label("Severity").select_option("Critical")
    expect(page.get_by_text("Nothing matches the filter.")).to_be_visible()
    expect(page).to_have_url(re.compile("severity=1"))
    page.get_by_role("link", name="Clear it").click()
    expect(page.get_by_role("link", name="Boarding · Wait too long")).to_be_visible()
