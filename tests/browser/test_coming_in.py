"""Coming in: with a wrong password, for the first time, and in Chinese."""

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from config.settings.log_in import provider
from cx_loop.models import ApiKey, User
from tests.browser.conftest import Open, must_be_accessible, sign_in
from tests.factories import (
    PASSWORD,
    make_admin,
    make_department,
    make_organization,
    make_task,
    make_user,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_a_wrong_password_is_said_and_the_right_one_goes_on(opened: Open) -> None:
    make_organization()
    make_user("ana@example.com")
    page = opened(width=390)
    page.goto("/alerts/")
    page.get_by_label("E-mail").fill("ana@example.com")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Log in").click()
    said = page.get_by_role("alert")
    assert "do not fit together" in said.inner_text()
    assert page.get_by_label("E-mail").input_value() == "ana@example.com"
    assert page.get_by_label("Password").input_value() == ""
    must_be_accessible(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/alerts/")


def test_an_admin_of_nothing_gets_to_a_key(opened: Open) -> None:
    admin = make_admin()
    page = opened()
    page.goto("/login/")
    page.get_by_label("E-mail").fill(admin.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/start/")
    must_be_accessible(page)
    steps = [
        {"Name": "Harbour Ferries"},
        {"Name": "Piers"},
        {
            "Name": "A crossing",
            "Its first stage": "Departure",
            "A touchpoint in it": "Boarding",
            "Short name of the touchpoint": "boarding",
        },
        {"Name": "Satisfaction"},
        {"Name": "Boarding is liked", "Warn beyond": "3.5"},
        {"Whose key it is": "kiosk"},
    ]
    for step in steps:
        here = page.locator("[aria-current=step]")
        for label, text in step.items():
            here.get_by_label(label, exact=True).fill(text)
        here.get_by_role("button", name="Make it").click()
        page.wait_for_load_state()
    assert page.get_by_text("cxl_").first.is_visible()
    assert ApiKey.objects.get().name == "kiosk"
    must_be_accessible(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_task_is_worked_in_chinese(opened: Open, width: int) -> None:
    make_organization()
    ground = make_department("ground-ops", name={"en": "Ground operations", "zh-hans": "地勤部"})
    lin = make_user("lin@example.com", department=ground, language="en")
    task = make_task(department=ground)
    page = opened(width=width, locale="zh-CN")
    page.goto("/login/")
    page.get_by_label("邮箱").fill(lin.email)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/")
    User.objects.filter(pk=lin.pk).update(language="zh-hans")
    page.goto(f"/tasks/{task.number}/")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    page.locator("main button.primary").first.click()
    page.wait_for_load_state()
    task.refresh_from_db()
    assert task.state == "in_progress"
    assert page.get_by_text("处理中").first.is_visible()
    must_be_accessible(page)


def test_who_changes_the_language_stays_where_they_are(opened: Open) -> None:
    make_organization()
    page = opened()
    sign_in(page, make_user("ana@example.com"))
    page.goto("/alerts/")
    page.get_by_role("button", name="中文").click()
    page.wait_for_url("**/alerts/")
    assert page.get_by_role("button", name="English").is_visible()
    page.get_by_text("这个页面是做什么的？").click()
    assert page.get_by_text("一条预警是一个分组的一次越线").is_visible()
    must_be_accessible(page)


def test_a_second_factor_is_set_up_and_asked_for(opened: Open, settings: Any) -> None:
    settings.SECOND_FACTOR = "required"
    make_organization()
    page = opened(width=390)
    sign_in(page, make_user("ana@example.com"), to="**/me/second-factor/")
    must_be_accessible(page)
    secret = page.locator(".address code").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(code_now(secret))
    page.get_by_role("button", name="Set it up").click()
    kept = page.locator(".codes code").first.inner_text()
    must_be_accessible(page)
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("button", name="Log out").click()
    sign_in(page, User.objects.get(), to="**/login/code/")
    must_be_accessible(page)
    page.get_by_label("Code").fill(kept)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: url.endswith("/") and "login" not in url)


def test_a_provider_that_does_not_answer_leads_back_to_the_password(
    opened: Open, settings: Any
) -> None:
    settings.SIGN_ON_URL = "http://127.0.0.1:9"
    settings.SOCIALACCOUNT_PROVIDERS = provider(settings.SIGN_ON_URL, "cx-loop", "secret")
    make_organization()
    page = opened(width=390)
    page.goto("/login/")
    must_be_accessible(page)
    page.get_by_role("link", name="Log in with single sign-on").click()
    assert page.get_by_text("does not answer").is_visible()
    must_be_accessible(page)
    page.get_by_role("link", name="Back to the log-in").click()
    assert page.get_by_label("Password").is_visible()


def code_now(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
