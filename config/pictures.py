"""What the browser does for `manage.py screenshots`; apart, because it needs Playwright."""

from collections.abc import Sequence

from playwright.sync_api import Browser, Page, sync_playwright

from config.pytest_services import HOW, chromium
from config.screenshots import LANGUAGES, LARGEST_PAGE, QUALITY, WIDTHS, Target, save
from config.servers import ServersError

LONGEST = 1000  # pixels: below that a page repeats itself
SCALE = {"wide": 0.68, "narrow": 1}


def take(
    address: str, targets: Sequence[Target], password: str, email: str
) -> list[tuple[str, int]]:
    """Save a picture of each page, width and language; pages that are too large."""
    if not chromium():
        raise ServersError(f"no Chromium was found; {HOW}")
    too_large: dict[str, int] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        for language in LANGUAGES:
            for width in WIDTHS:
                _take_one_way(
                    browser, address, targets, (email, password), language, width, too_large
                )
        browser.close()
    return sorted(too_large.items())


def _take_one_way(
    browser: Browser,
    address: str,
    targets: Sequence[Target],
    log_in: tuple[str, str],
    language: str,
    width: str,
    too_large: dict[str, int],
) -> None:
    wide, high = WIDTHS[width]
    context = browser.new_context(
        base_url=address,
        viewport={"width": wide, "height": high},
        locale="zh-CN" if language.startswith("zh") else "en-GB",
        reduced_motion="reduce",
    )
    page = context.new_page()
    for target in (each for each in targets if each.open_to_all):
        _take(page, target, language, width, too_large)
    _sign_in(page, *log_in, language)
    for target in (each for each in targets if not each.open_to_all):
        _take(page, target, language, width, too_large)
    context.close()


def _sign_in(page: Page, email: str, password: str, language: str) -> None:
    page.goto("/login/")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("form:has(input[name=password]) button").click()
    page.wait_for_url("**/")
    button = page.locator(f"form:has(input[name=language][value={language}]) button")
    if button.count():
        button.first.click()
        page.wait_for_load_state()


def _take(page: Page, target: Target, language: str, width: str, too_large: dict[str, int]) -> None:
    response = page.goto(target.path)
    page.wait_for_load_state("networkidle")
    if response is not None and len(body := response.body()) > LARGEST_PAGE:
        too_large[target.key] = max(len(body), too_large.get(target.key, 0))
    wide, high = WIDTHS[width]
    whole = page.evaluate("document.documentElement.scrollHeight")
    # on a phone the menu stands at the foot of the screen, so the screen is what is taken
    length = high if width == "narrow" else min(max(high, whole), LONGEST)
    clip = {"x": 0, "y": 0, "width": wide, "height": length, "scale": SCALE[width]}
    session = page.context.new_cdp_session(page)
    taken = session.send(
        "Page.captureScreenshot",
        {
            "format": "webp",
            "quality": QUALITY,
            "clip": clip,
            "captureBeyondViewport": length > high,
        },
    )
    session.detach()
    save(target.key, width, language, taken["data"])
