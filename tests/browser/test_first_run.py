"""From an empty installation to the first key, on a phone, without touching a pointer."""

import pytest
from playwright.sync_api import expect

from alerts.models import Rule
from cx_loop.models import Organization
from tests.browser.conftest import Open, must_be_accessible, sign_in
from tests.factories import make_admin

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# what is typed in each step; a tab goes to the next field
TYPED = {
    "organization": "Harbour Ferries",
    "department": "Piers",
    "journey": "A crossing\t\tDeparture\tBoarding",
    "metric": "Satisfaction",
    "rule": "Boarding is liked\t\t\t\t3.5",
    "key": "",
}


def test_an_admin_is_led_from_nothing_to_a_key_by_keyboard_alone(opened: Open) -> None:
    page = opened(width=390, timezone_id="Asia/Shanghai")
    sign_in(page, make_admin(), to="**/start/")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Shanghai")
    for step, typed in TYPED.items():
        expect(page.locator(f"#{step}_name")).to_be_focused()
        for place, words in enumerate(typed.split("\t")):
            if place:
                page.keyboard.press("Tab")
            page.keyboard.type(words)
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your key")).to_be_visible()
    expect(page.get_by_text("Nothing has come yet.")).to_be_visible()
    expect(page.locator("pre")).to_contain_text('"touchpoint": "boarding"')
    must_be_accessible(page)
    assert Organization.objects.get().timezone == "Asia/Shanghai"
    assert Rule.objects.get().key == "boarding-is-liked"
