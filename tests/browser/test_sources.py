"""A tool nobody foresaw, from an empty mapping to a task in the queue, as an admin does it."""

import json

import pytest
from django.test import Client

from config.engine import do_everything_due
from cx_loop import clock
from cx_loop.models import Source
from tests.browser.conftest import Open, must_be_accessible, sign_in
from tests.factories import (
    make_admin,
    make_department,
    make_metric,
    make_organization,
    make_rule,
    make_touchpoint,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def answers(place: int, score: int) -> str:
    """What a kiosk at the gate says of one passenger."""
    said = [
        {"question": "smile", "value": score},
        {"question": "why", "value": "Nobody was there."},
    ]
    return json.dumps({"visit": {"id": place, "answers": said}})


def make_company() -> None:
    make_organization()
    ground = make_department("ground-ops", name={"en": "Ground operations", "zh-hans": "地勤部"})
    make_touchpoint("boarding", owner=ground, name={"en": "Boarding", "zh-hans": "登机"})
    csat = make_metric("csat", kind="csat", name={"en": "Satisfaction", "zh-hans": "满意度"})
    line = {"warning": {"below": 3}, "critical": {"below": 2}}
    make_rule("unhappy", metric=csat, aggregate="mean", min_samples=3, **line)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 390)])
def test_a_tool_nobody_foresaw_is_connected(opened: Open, language: str, width: int) -> None:
    make_company()
    admin = make_admin(language=language)
    page = opened(width=width)
    sign_in(page, admin)
    page.goto("/sources/")
    must_be_accessible(page)
    page.locator("#id_tool").select_option("generic")
    page.locator("#id_key").fill("kiosk")
    page.locator("main button.primary").click()
    page.wait_for_url("**/sources/kiosk/")
    path = "/hooks/" + page.locator("p.address code").inner_text().split("/hooks/")[1]
    for place in range(4):
        body = answers(place, 0)
        sent = Client().post(path, body, content_type="application/json")
        assert sent.status_code == 200
    do_everything_due(now=clock.now())
    page.reload()
    must_be_accessible(page)
    rows = page.locator("li.fieldrow")
    smile = rows.filter(has_text="smile")
    smile.locator("select").first.select_option("metric:csat")
    if not smile.locator("details[open]").count():
        smile.locator("summary").click()
    smile.locator("select").nth(1).select_option("boarding")
    smile.locator("input[name^=low]").fill("0")
    smile.locator("input[name^=high]").fill("4")
    smile.locator("select").nth(2).select_option("higher_is_better")
    why = rows.filter(has_text="why")
    why.locator("select").nth(1).select_option("boarding")
    page.locator("button[value=try]").click()
    page.wait_for_load_state()
    assert page.locator(".tried strong").first.inner_text() == "1"
    must_be_accessible(page)
    page.locator("button[value=save]").click()
    page.wait_for_load_state()
    assert len(Source.objects.get().mapping) == 3
    while any(do_everything_due(now=clock.now()).values()):
        pass
    page.goto("/?tab=department")
    boarding = "Boarding" if language == "en" else "登机"
    assert boarding in page.locator("main").inner_text()
    page.goto("/sources/kiosk/")
    page.locator("ul.deliveries a.title").first.click()
    page.wait_for_load_state()
    must_be_accessible(page)
