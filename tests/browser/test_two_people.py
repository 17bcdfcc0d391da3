"""What takes more than one person: somebody comes and goes, a fix is judged by another, a name
is called; and a letter that did not arrive is sent again."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from cx_loop.models import Department, Membership, Message, Notice, User
from tasks.models import Task
from tests.browser.conftest import Open, must_be_accessible, sign_in
from tests.factories import (
    PASSWORD,
    make_admin,
    make_step,
    make_task,
    make_user,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lin(ground: Department) -> User:
    return make_user("lin@example.com", department=ground, name="林小美", role="lead")


@pytest.fixture
def task(ana: User, ground: Department) -> Task:
    """Ana works on it; it came from no metric, so no data will judge it."""
    began = datetime.now(UTC) - timedelta(days=1)
    return make_task(department=ground, created_at=began, state="in_progress", assignee=ana)


def test_somebody_is_invited_and_chooses_a_password(opened: Open, ground: Department) -> None:
    page = opened()
    sign_in(page, make_admin())
    page.get_by_text("Settings", exact=True).click()
    page.get_by_role("link", name="People").click()
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("E-mail").fill("zoe@example.com")
    page.get_by_label("Name").fill("Zoe")
    page.get_by_role("button", name="Invite").click()
    link = page.locator("code").inner_text()
    must_be_accessible(page)

    guest = opened(width=390)
    guest.goto("/" + link.split("/", 3)[3])
    for field in guest.locator("input[type=password]").all():
        field.fill(PASSWORD)
    guest.get_by_role("button", name="Keep it and log in").click()
    guest.wait_for_load_state()
    must_be_accessible(guest)
    assert User.objects.get(email="zoe@example.com").check_password(PASSWORD)


def test_who_goes_leaves_the_tasks_to_the_department_and_the_page_says_so(
    opened: Open, ana: User, lin: User, task: Task
) -> None:
    page = opened()
    sign_in(page, make_admin())
    page.goto(f"/people/{ana.pk}/")
    page.locator("summary", has_text="Switch off").click()
    expect(page.get_by_text("1 open task goes back to the queue")).to_be_visible()
    page.locator("button.danger").click()
    expect(page.get_by_role("status")).to_contain_text("went back to the queue")
    expect(page.get_by_role("status")).to_contain_text("1")
    assert Membership.objects.filter(user=ana).exists()

    other = opened()
    sign_in(other, lin)
    other.goto("/?tab=department")
    row = other.locator(".rows > li", has_text="Talk to the caterer")
    expect(row.get_by_role("button", name="Accept & start")).to_be_visible()
    other.goto(f"/tasks/{task.number}/")
    expect(other.get_by_text("nobody yet")).to_be_visible()


def _submit(page: Page, task: Task) -> None:
    page.goto(f"/tasks/{task.number}/?do=submit#do")
    page.get_by_label("Pain category").select_option("efficiency")
    page.get_by_label("Root cause").select_option("process")
    page.get_by_role("textbox", name="Countermeasure").fill("The caterer comes earlier")
    page.get_by_label("Evidence of work").fill("See the contract")
    page.get_by_role("button", name="Submit the fix").click()


def test_a_fix_is_judged_by_a_second_person_and_never_by_its_own(
    opened: Open, ana: User, lin: User, task: Task
) -> None:
    page = opened()
    sign_in(page, ana)
    _submit(page, task)
    expect(page.get_by_text("Decide", exact=True)).to_have_count(0)

    other = opened(width=390)
    sign_in(other, lin)
    other.goto(f"/tasks/{task.number}/")
    other.get_by_role("link", name="Decide").click()
    must_be_accessible(other)
    other.get_by_label("Has the fix worked?").select_option("recovered_unproven")
    other.get_by_role("textbox", name="Reason").fill("I have seen the trays")
    other.get_by_role("button", name="Decide").click()
    expect(other.get_by_role("status")).to_contain_text("decision")
    assert Task.objects.get(pk=task.pk).resolution == "recovered_unproven"


def test_a_dead_letter_is_sent_again(opened: Open, ground: Department) -> None:
    now = datetime.now(UTC)
    letter = Message.objects.create(
        dedup_key="lost",
        channel="email",
        recipient="ana@example.com",
        payload={"subject": "A task", "text": "Look"},
        state="dead",
        attempts=8,
        available_at=now,
        created_at=now,
        last_error="550 no such mailbox",
    )
    page = opened()
    sign_in(page, make_admin())
    page.goto("/messages/")
    expect(page.get_by_text("550 no such mailbox")).to_be_visible()
    must_be_accessible(page)
    page.get_by_role("button", name="Send again ana@example.com").click()
    expect(page.get_by_role("status")).to_contain_text("To be sent again: 1")
    expect(page.get_by_text("None: every message has left, or will.")).to_be_visible()
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == ("pending", 0)


def test_a_name_is_chosen_by_keyboard_and_that_person_is_told(
    opened: Open, ana: User, lin: User, task: Task
) -> None:
    page = opened()
    sign_in(page, ana)
    page.goto(f"/tasks/{task.number}/")
    field = page.get_by_role("textbox", name="Comment")
    field.click()
    page.keyboard.type("See @林")
    offered = page.get_by_role("listbox", name="Who can be named")
    expect(offered.get_by_role("option", name="林小美")).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", f"named-{lin.pk}")
    must_be_accessible(page)
    page.keyboard.press("Enter")
    expect(field).to_have_value("See @林小美 ")
    expect(offered).to_be_hidden()
    page.get_by_role("button", name="Comment").click()
    expect(page.get_by_text("See @林小美")).to_be_visible()
    assert Notice.objects.filter(user=lin, code="mentioned").count() == 1


def test_names_go_away_with_escape_and_come_by_arrows_or_a_finger(
    opened: Open, ana: User, lin: User, task: Task
) -> None:
    page = opened(width=390)
    sign_in(page, ana)
    page.goto(f"/tasks/{task.number}/")
    field, offered = page.get_by_role("textbox", name="Comment"), page.get_by_role("listbox")
    field.click()
    page.keyboard.type("@")
    expect(offered.get_by_role("option")).to_have_count(2)
    must_be_accessible(page)
    first = field.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    expect(field).not_to_have_attribute("aria-activedescendant", first or "")
    page.keyboard.press("Escape")
    expect(offered).to_be_hidden()
    page.keyboard.type(" and @a")
    offered.get_by_role("option", name="Ana").tap()
    expect(field).to_have_value("@ and @Ana ")


def test_a_ticked_step_changes_what_comes_next_and_what_has_happened(
    opened: Open, ana: User, task: Task
) -> None:
    step = make_step(task, "Call the caterer")
    page = opened()
    sign_in(page, ana)
    page.goto(f"/tasks/{task.number}/")
    expect(page.get_by_role("link", name="Next: Call the caterer")).to_be_visible()
    page.get_by_role("textbox", name="Comment").fill("half a thought")
    page.locator(f"#mark-{step.pk}").click()
    trail = page.get_by_role("region", name="Activity and comments")
    expect(trail.get_by_text("has done the step “Call the caterer”")).to_be_visible()
    expect(page.get_by_role("link", name="Submit the fix")).to_have_class(re.compile("primary"))
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("half a thought")
    must_be_accessible(page)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_admins_header_is_one_line_and_its_settings_open_by_keyboard(
    opened: Open, ground: Department, language: str
) -> None:
    admin = make_admin()
    page = opened()
    sign_in(page, admin)
    User.objects.filter(pk=admin.pk).update(language=language)
    page.goto("/")
    header = page.locator("header.top").bounding_box()
    assert header is not None
    assert header["height"] < 60
    settings = page.locator(".menu summary")
    settings.focus()
    page.keyboard.press("Enter")
    expect(page.locator('.menu a[href="/people/"]')).to_be_visible()
    must_be_accessible(page)
    page.keyboard.press("Escape")
    expect(page.locator('.menu a[href="/people/"]')).to_be_hidden()
    expect(settings).to_be_focused()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_admins_menu_fits_a_phone(opened: Open, ground: Department, language: str) -> None:
    admin = make_admin()
    page = opened(width=390, height=844)
    sign_in(page, admin)
    User.objects.filter(pk=admin.pk).update(language=language)
    page.goto("/")
    page.locator(".menu summary").tap()
    people = page.locator('.menu a[href="/people/"]')
    expect(people).to_be_in_viewport()
    must_be_accessible(page)
    people.tap()
    page.wait_for_url("**/people/")
