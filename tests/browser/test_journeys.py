"""Reading a journey by segment, and drawing its map, in a real browser."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from cx_loop.models import Journey, Touchpoint, User, Viewpoint, ViewpointStop
from tests.browser.conftest import Open, must_be_accessible, sign_in
from tests.factories import (
    fill_hour,
    make_admin,
    make_alert,
    make_card,
    make_department,
    make_metric,
    make_organization,
    make_segment,
    make_series,
    make_stage,
    make_task,
    make_touchpoint,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LANES = {"customer": {"en": "Queues", "zh-hans": "排队"}, "evidence": {"en": "Gate display"}}
FELT = {"check-in": (4, 4, 5), "boarding": (3, 2, 1), "arrival": (4, 5, 5)}
SEGMENTS = {"normal": "普通", "gold": "金卡", "diamond": "钻卡"}


@pytest.fixture
def admin() -> User:
    make_organization()
    return make_admin(name="Alex")


@pytest.fixture
def journey(admin: User) -> Journey:
    """Three segments at three touchpoints: the dearer the customer, the worse is boarding."""
    found = Journey.objects.create(
        key="flight", name={"en": "A flight", "zh-hans": "航程"}, reviewer=admin
    )
    owner, metric = make_department("ground-ops"), make_metric("csat")
    stages = [make_stage(key, journey=found) for key in ("departure", "landing")]
    for place, (key, name) in enumerate(SEGMENTS.items()):
        make_segment(key, position=place, name={"en": key.capitalize(), "zh-hans": name})
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for place, (key, scores) in enumerate(FELT.items()):
        stage = stages[key == "arrival"]
        said = {"blueprint": LANES, "position": place, "moment_of_truth": key == "boarding"}
        stop = make_touchpoint(key, owner=owner, stage=stage, **said)
        for segment, score in zip(SEGMENTS, scores, strict=True):
            around = [score, score, max(1, score - 1), min(5, score + 1)] * 12
            fill_hour(make_series(stop, metric, segment=segment), now, around)
    boarding = Touchpoint.objects.get(key="boarding")
    make_task(make_alert(touchpoint=boarding))
    make_card(boarding, score=-4)
    soon = Viewpoint.objects.create(key="soon", journey=found, to_be=True, name={"en": "Soon"})
    said = {"felt": 3, "blueprint": {"customer": {"en": "Walks through"}}}
    ViewpointStop.objects.create(viewpoint=soon, touchpoint=boarding, **said)
    return found


def _look_at_all(page: Page) -> None:
    for url in ("/journeys/", "/journeys/flight/", "/journeys/flight/?view=soon&at=boarding"):
        page.goto(url)
        must_be_accessible(page)
    for url in (
        "/journeys/flight/edit/?at=boarding",
        "/journeys/flight/viewpoints/?view=soon",
        "/touchpoints/boarding/",
        "/gallery/",
    ):
        page.goto(url)
        must_be_accessible(page)


def test_a_journey_is_read_by_segment(opened: Open, admin: User, journey: Journey) -> None:
    page = opened()
    sign_in(page, admin)
    page.goto("/journeys/")
    page.get_by_role("link", name="A flight").click()
    chart = page.get_by_role("img", name="Felt against expectation")
    expect(chart).to_be_visible()
    assert "Diamond: peak Boarding" in (chart.get_attribute("aria-label") or "")
    diamond = page.get_by_role("navigation", name="For whom").get_by_role("link", name="Diamond")
    diamond.press("Enter")
    expect(diamond).to_be_focused()  # the next one is a key away
    expect(diamond).to_have_attribute("aria-current", re.compile("page|true"))
    first = page.get_by_role("region", name="Moments of truth in their order").locator("tbody tr")
    expect(first.first).to_contain_text("Boarding")
    expect(first.first).to_contain_text("Recover it")
    page.get_by_role("link", name="Boarding", exact=True).click()
    expect(page.get_by_role("heading", name="Boarding")).to_be_visible()
    beside = page.locator("#side")
    expect(beside).to_contain_text("Diamond")
    expect(beside.get_by_role("link", name="1 task")).to_be_visible()
    must_be_accessible(page)


def test_a_point_of_the_curve_is_read_with_the_keyboard(
    opened: Open, admin: User, journey: Journey
) -> None:
    page = opened()
    sign_in(page, admin)
    page.goto("/journeys/flight/")
    page.get_by_role("img", name="Felt against expectation").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".readout")).to_contain_text("Check in · Everybody")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible_in_both_languages(
    opened: Open, admin: User, journey: Journey, scheme: str
) -> None:
    page = opened(color_scheme=scheme)
    sign_in(page, admin)
    _look_at_all(page)
    page.get_by_role("button", name="中文").click()
    _look_at_all(page)


def test_the_pages_fit_a_phone(opened: Open, admin: User, journey: Journey) -> None:
    page = opened(width=390, height=844)
    sign_in(page, admin)
    _look_at_all(page)


def test_a_touchpoint_moves_by_keyboard_and_by_pointer(
    opened: Open, admin: User, journey: Journey
) -> None:
    page = opened()
    sign_in(page, admin)
    page.goto("/journeys/flight/edit/")
    page.get_by_role("link", name="Boarding").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_role("status")).to_contain_text("The map is changed.")
    expect(page.get_by_role("link", name="Boarding")).to_be_focused()
    departure = page.get_by_role("region", name="Departure")
    assert departure.locator(".stops a").all_inner_texts() == ["Boarding", "Check in"]
    landing = page.get_by_role("region", name="Landing")
    page.locator("#stop-boarding").drag_to(landing.locator(".stops > li").first)
    expect(landing.locator(".stops a")).to_have_count(2)


def test_a_touchpoint_moves_without_any_script(opened: Open, admin: User, journey: Journey) -> None:
    page = opened(java_script_enabled=False)
    sign_in(page, admin)
    page.goto("/journeys/flight/edit/")
    page.get_by_role("button", name="Move Boarding earlier").click()
    stops = page.get_by_role("region", name="Departure").locator(".stops a")
    assert stops.all_inner_texts() == ["Boarding", "Check in"]
