"""Figures, their tasks and the report of a month, in both languages, light and dark, on paper."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from cx_loop.models import User
from tasks.models import Episode, Task
from tests.browser.conftest import Open, must_be_accessible, sign_in
from tests.factories import (
    make_department,
    make_organization,
    make_task,
    make_user,
    make_verification,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    "/insights/",
    "/insights/tasks/?figure=late",
    "/insights/report/",
    "/insights/?by=playbook",
)


@pytest.fixture
def lin() -> User:
    """Leads a department with one below; a dozen tasks were opened a week ago."""
    make_organization()
    ground = make_department("ground-ops", name={"en": "Ground operations", "zh-hans": "地勤部"})
    make_department("gate", parent=ground)
    lead = make_user("lin@example.com", department=ground, role="lead", name="Lin")
    began = datetime.now(UTC) - timedelta(days=7)
    for place in range(12):
        state = "closed" if place % 2 else "in_progress"
        task = make_task(
            department=ground,
            created_at=began,
            state=state,
            was_late=place % 3 == 0,
            title={"text": f"Task {place}"},
        )
        answered, fixed = began + timedelta(hours=1 + place), began + timedelta(days=1)
        Episode.objects.filter(task=task).update(
            opened_at=began, responded_at=answered, submitted_at=fixed if place % 2 else None
        )
        if place % 2:
            make_verification(task, state="decided", plan={"x": 1}, department=ground)
    return lead


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_figures_read_well_everywhere(opened: Open, lin: User, colours: str, width: int) -> None:
    page = opened(color_scheme=colours, width=width)
    sign_in(page, lin)
    for language in ("English", "中文"):
        choose(page, language)
        for address in PAGES:
            page.goto(address)
            must_be_accessible(page)


def test_a_figure_opens_to_its_tasks_and_back(opened: Open, lin: User) -> None:
    page = opened()
    sign_in(page, lin)
    page.goto("/insights/")
    page.get_by_role("link", name="were late").click()
    expect(page.get_by_role("heading", name="Tasks that were late")).to_be_visible()
    late = Task.objects.filter(was_late=True).count()
    expect(page.get_by_role("link", name="Task ")).to_have_count(late)
    page.get_by_role("main").get_by_role("link", name="Insights").click()
    expect(page.get_by_role("heading", name="Departments side by side")).to_be_visible()


def test_a_report_on_paper_has_no_menu_and_no_buttons(opened: Open, lin: User) -> None:
    page = opened()
    sign_in(page, lin)
    page.goto("/insights/report/")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Open points")).to_be_visible()
    expect(page.get_by_role("navigation", name="Main menu")).to_be_hidden()
    for button in page.get_by_role("button").all():
        expect(button).to_be_hidden()


def test_a_task_on_paper_is_what_happened_not_what_can_be_pressed(opened: Open, lin: User) -> None:
    page = opened()
    sign_in(page, lin)
    task = Task.objects.filter(state="in_progress").first()
    assert task is not None
    page.goto(f"/tasks/{task.number}/")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name=f"Task {task.title['text'][5:]}")).to_be_visible()
    for control in page.locator("button, textarea, select, input").all():
        expect(control).to_be_hidden()


def choose(page: Page, language: str) -> None:
    button = page.get_by_role("button", name=language)
    if button.count():
        button.click()
