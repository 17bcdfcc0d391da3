"""Pages of people, as a lead's admin meets them: wide, narrow, in both languages."""

import pytest

from cx_loop.models import Membership, User
from tests.browser.conftest import Open, must_be_accessible, sign_in
from tests.factories import make_admin, make_department, make_organization, make_task, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("width", [1280, 390])
def test_people_can_be_looked_after(opened: Open, language: str, width: int) -> None:
    make_organization()
    ground = make_department("ground-ops", name={"en": "Ground operations", "zh-hans": "地勤部"})
    ana = make_user("ana@example.com", department=ground)
    make_task(department=ground, state="accepted", assignee=ana)
    admin = make_admin()
    page = opened(width=width)
    sign_in(page, admin)
    User.objects.filter(pk=admin.pk).update(language=language)
    for url in ("/people/", "/people/invite/", f"/people/{ana.pk}/", f"/people/{admin.pk}/"):
        page.goto(url)
        must_be_accessible(page)
    page.goto(f"/people/{ana.pk}/")
    page.locator("details.call").last.locator("summary").click()
    page.locator("button.danger").click()
    page.wait_for_load_state()
    assert not User.objects.get(pk=ana.pk).is_active
    assert Membership.objects.filter(user=ana).exists()
    must_be_accessible(page)


def test_who_forgot_the_password_asks_for_a_link(opened: Open) -> None:
    make_organization()
    page = opened(width=390)
    page.goto("/login/")
    page.get_by_role("link", name="Forgotten password").click()
    page.get_by_label("E-mail").fill("nobody@example.com")
    page.get_by_role("button", name="Send me a link").click()
    assert page.get_by_role("status").is_visible()
    must_be_accessible(page)
