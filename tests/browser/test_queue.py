"""A day in the queue: by keyboard alone, on a phone, in Chinese, and while others work too."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from cx_loop.models import Department, User
from tasks.models import Task
from tests.browser.conftest import Open, must_be_accessible, sign_in
from tests.factories import (
    make_activity,
    make_department,
    make_task,
    make_user,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tasks(ground: Department) -> list[Task]:
    began = datetime.now(UTC) - timedelta(hours=2)
    return [
        make_task(department=ground, title={"text": f"Task {name}"}, created_at=began)
        for name in ("one", "two", "three")
    ]


def test_the_queue_is_worked_by_keyboard_alone(opened: Open, ana: User, tasks: list[Task]) -> None:
    page = opened()
    sign_in(page, ana)
    for key, name in (("j", "one"), ("j", "two"), ("k", "one"), ("j", "two")):
        page.keyboard.press(key)
        expect(page.get_by_role("link", name=f"Task {name}", exact=True)).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox").nth(1)).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Task two")).to_be_visible()
    page.wait_for_load_state()  # a heading may be drawn before the script listens for keys
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("is yours now")


def test_who_accepts_in_the_queue_goes_on_where_they_were(
    opened: Open, ana: User, tasks: list[Task]
) -> None:
    page = opened()
    sign_in(page, ana)
    for key in "jja":
        page.keyboard.press(key)
    expect(page.get_by_role("status")).to_contain_text("is yours now")
    expect(page.get_by_role("link", name="Task two", exact=True)).to_be_focused()
    page.keyboard.press("h")
    expect(page.get_by_label("To the department")).to_be_focused()


def test_the_help_opens_and_closes_by_keyboard(opened: Open, ana: User, tasks: list[Task]) -> None:
    page = opened()
    sign_in(page, ana)
    page.keyboard.press("j")
    page.keyboard.press("?")
    help_dialog = page.get_by_role("dialog", name="With the keyboard")
    expect(help_dialog).to_be_visible()
    must_be_accessible(page)
    # while it is open, no key works a task behind it
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(help_dialog).to_be_hidden()
    expect(page.get_by_role("link", name="Task one", exact=True)).to_be_focused()


def test_a_task_is_handed_over_by_keyboard_to_who_finds_it_in_their_queue(
    opened: Open, ana: User, tasks: list[Task]
) -> None:
    ida = make_user(department=make_department("it", name={"en": "IT"}), name="Ida")
    page = opened()
    sign_in(page, ana)
    page.keyboard.press("j")
    page.keyboard.press("h")
    page.get_by_label("To the department").select_option("IT")
    page.get_by_role("textbox", name="Reason").fill("It is the app")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    other = opened(width=390)
    sign_in(other, ida)
    other.get_by_role("link", name="Department").click()
    other.get_by_role("link", name="Task one", exact=True).click()
    expect(other.get_by_text("It is the app", exact=True)).to_be_visible()


def test_the_search_is_a_key_away(opened: Open, ana: User, tasks: list[Task]) -> None:
    page = opened()
    sign_in(page, ana)
    page.keyboard.press("/")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Task one", exact=True)).to_be_hidden()
    expect(page.get_by_role("link", name="Task two", exact=True)).to_be_visible()


def test_what_is_newer_arrives_without_moving_anything(
    opened: Open, ana: User, ground: Department, tasks: list[Task]
) -> None:
    page = opened(height=420)
    sign_in(page, ana)
    page.get_by_role("checkbox").nth(2).check()
    page.get_by_role("link", name="Task three", exact=True).focus()
    before = page.get_by_role("link", name="Task three", exact=True).bounding_box()
    urgent = make_task(department=ground, severity=1, title={"text": "Task urgent"})
    make_activity(urgent, "opened")
    page.evaluate("htmx.trigger('#newer', 'look')")
    news = page.get_by_role("link", name="1 newer")
    expect(news).to_be_visible()
    must_be_accessible(page)
    expect(page.get_by_role("link", name="Task urgent")).to_have_count(0)
    # nothing was chosen or moved by the news
    expect(page.get_by_role("checkbox").nth(2)).to_be_checked()
    page.get_by_role("link", name="Task three", exact=True).focus()
    page.keyboard.press("n")
    expect(page.get_by_role("link", name="Task urgent")).to_be_visible()
    expect(page.get_by_role("checkbox").nth(3)).to_be_checked()
    here = page.get_by_role("link", name="Task three", exact=True)
    expect(here).to_be_focused()
    after = here.bounding_box()
    assert before is not None
    assert after is not None
    expect(news).to_be_hidden()


def test_a_filter_is_kept_as_a_view(opened: Open, ana: User, tasks: list[Task]) -> None:
    page = opened()
    sign_in(page, ana)
    page.get_by_label("Severity").select_option("Critical")
    expect(page.get_by_text("Nothing matches the filter.")).to_be_visible()
    page.get_by_text("Keep this view").click()
    page.get_by_label("Name of the view").fill("The worst")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page).to_have_url(re.compile("severity=1"))
    expect(page.get_by_role("link", name="The worst")).to_have_attribute("aria-current", "page")
    must_be_accessible(page)
    page.get_by_role("button", name="Let go The worst").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="The worst")).to_be_visible()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_lead_reads_the_board_in_both_languages(
    opened: Open, ground: Department, tasks: list[Task], colours: str, width: int
) -> None:
    lead = make_user("lin@example.com", department=ground, role="lead", name="Lin")
    Task.objects.filter(pk=tasks[0].pk).update(
        escalation_level=1, due_at=tasks[0].created_at, assignee=lead, state="accepted"
    )
    make_department("gate", parent=ground)
    page = opened(color_scheme=colours, width=width)
    sign_in(page, lead)
    for language, name in (("", "Board"), ("中文", "看板")):
        if language:
            page.get_by_role("button", name=language).click()
        expect(page.get_by_role("heading", name=name)).to_be_visible()
        must_be_accessible(page)
    page.get_by_role("link", name="1 已升级督办").click()
    expect(page.get_by_role("link", name="Task one")).to_be_visible()
    must_be_accessible(page)
