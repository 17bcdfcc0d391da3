"""A real Chromium: a reader who is signed in, and axe on every page that was looked at."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from cx_loop.models import Department, User
from tests.factories import PASSWORD, make_department, make_organization, make_user

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Open = Callable[..., Page]

expect.set_options(timeout=30_000)  # as all other waits: a failure takes so long, success does not

SERIOUS = """async (options) =>
    (await axe.run({...options, resultTypes: ["violations"]})).violations
    .filter((each) => ["serious", "critical"].includes(each.impact))
    .map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html)}`)"""
WIDER = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? []
    : [...document.querySelectorAll("body *")]
        .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth)
        .map((each) => each.outerHTML.slice(0, 80))"""


@pytest.fixture
def ground() -> Department:
    make_organization()
    return make_department("ground-ops", name={"en": "Ground operations", "zh-hans": "地勤部"})


@pytest.fixture
def ana(ground: Department) -> User:
    return make_user("ana@example.com", department=ground, name="Ana")


@pytest.fixture(scope="session")
def chromium_browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield browser
        browser.close()
        # Django keeps other connections while Playwright's loop runs in this thread; open, the last
        # of them would keep the database from being dropped
        connections.close_all()


@pytest.fixture
def opened(chromium_browser: Browser, live_server: Any) -> Iterator[Open]:
    """Open a window: `opened()`, `opened(width=390)`, `opened(java_script_enabled=False)`."""
    contexts: list[BrowserContext] = []

    def window(*, width: int = 1280, height: int = 900, **more: Any) -> Page:
        context = chromium_browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            has_touch=width < 720,
            locale=more.pop("locale", "en-GB"),
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        page.on("console", _refuse_blocked_code)
        return page

    yield window
    for context in contexts:
        context.close()


def sign_in(page: Page, user: User, to: str = "**/") -> None:
    page.goto("/login/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(to)


def must_be_accessible(page: Page) -> None:
    """axe finds nothing serious or critical, and nothing sticks out at the side."""
    assert serious_on(page) == []
    assert page.evaluate(WIDER) == []


def serious_on(page: Page, *rules: str) -> list[str]:
    """What axe calls serious or critical, by all of its rules or by these; some places of each."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: list[str] = page.evaluate(SERIOUS, {"runOnly": rules} if rules else {})
    return found


def _refuse_blocked_code(message: Any) -> None:
    if "Content Security Policy" in message.text:
        pytest.fail(f"blocked by the policy: {message.text}")
