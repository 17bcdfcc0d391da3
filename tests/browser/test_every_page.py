"""Every declared page, in both languages, light and dark: readable by everybody, and not too large.

One story a language, because a world of things is made anew for each.
"""

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page as Window

from config.pages import PAGES, Page
from config.screenshots import LARGEST_PAGE
from cx_loop.models import User
from tests.architecture.access_world import make_world
from tests.browser.conftest import WIDER, Open, serious_on
from tests.factories import make_task, make_verification
from tests.pages import reading_as

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
NARROW = {"width": 390, "height": 844}
WIDE = {"width": 1280, "height": 900}
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]
# no script and no template knows the scheme, so these are what the second one can break
OF_COLOURS = ("color-contrast", "link-in-text-block")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_nothing_is_in_anybodys_way(opened: Open, live_server: Any, language: str) -> None:
    make_world()
    make_task(state="in_progress")
    make_verification(make_task(state="closed", resolution="effective"), state="decided")
    locale = "zh-CN" if language == "zh-hans" else "en-GB"
    window = opened(color_scheme=SCHEMES[0], locale=locale)
    window.add_init_script(Axe().axe_script)  # half a megabyte, sent once instead of page by page
    wrong = {page.key: found for page in PAGES if page.open_to_all and (found := _on(window, page))}
    User.objects.update(language=language)
    window.context.add_cookies([_session(live_server.url)])
    wrong |= {
        page.key: found
        for page in PAGES
        if not page.open_to_all and page.find() and (found := _on(window, page))
    }
    assert wrong == {}


def _on(window: Window, page: Page) -> list[str]:
    """What is serious on a page, what sticks out at the side, and what else is wrong with it."""
    response = window.goto(page.find())
    assert response is not None
    found = [f"answered {response.status}"] if response.status != 200 else []
    if len(response.body()) > LARGEST_PAGE:
        found.append(f"{len(response.body()):,} bytes")
    found += serious_on(window) + window.evaluate(WIDER)
    window.emulate_media(color_scheme=SCHEMES[1])
    in_the_dark = serious_on(window, *OF_COLOURS) + window.evaluate(WIDER)
    found += [f"dark: {each}" for each in in_the_dark]
    window.set_viewport_size(NARROW)
    found += [f"narrow: {each}" for each in window.evaluate(WIDER)]
    window.emulate_media(color_scheme=SCHEMES[0])
    window.set_viewport_size(WIDE)
    return found


def _session(url: str) -> Any:
    """The cookie of an admin who is signed in."""
    client = reading_as(User.objects.get(email="admin@example.com"))
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}
