from collections.abc import Iterator

import pytest
from django.test import Client

from cx_loop.ui.slots import Progress, demo_progress
from tests.factories import make_admin, make_organization, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def _half_loaded() -> Iterator[None]:
    given = demo_progress._provider
    demo_progress.provide(lambda: Progress(3, 8))
    yield
    demo_progress.provide(given)


def test_a_person_reads_in_their_own_language_whatever_the_browser_asks(client: Client) -> None:
    client.force_login(make_user(language="zh-hans"))
    page = client.get("/about/", headers={"Accept-Language": "en"})
    assert page.headers["Content-Language"] == "zh-hans"


def test_before_log_in_the_browser_is_asked(client: Client) -> None:
    page = client.get("/login/", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert "登录" in page.content.decode()


def test_a_language_once_chosen_is_remembered(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    answer = client.post("/language/", {"language": "zh-hans", "next": "/alerts/"})
    user.refresh_from_db()
    assert (answer["Location"], user.language) == ("/alerts/", "zh-hans")
    client.post("/logout/")
    assert "登录" in client.get("/login/", headers={"Accept-Language": "en"}).content.decode()


def test_a_language_nobody_speaks_here_is_refused(client: Client) -> None:
    assert client.post("/language/", {"language": "tlh"}).status_code == 400


def test_no_page_may_run_foreign_or_inline_code(client: Client) -> None:
    policy = client.get("/login/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_no_template_carries_inline_code_or_style(client: Client) -> None:
    client.force_login(make_user())
    for url in ("/", "/alerts/", "/about/"):
        page = client.get(url).content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert "<script>" not in page


def test_a_page_that_is_not_there_has_a_way_back(client: Client) -> None:
    client.force_login(make_user())
    page = client.get("/nowhere/")
    assert page.status_code == 404
    assert '<a class="button primary" href="/">' in page.content.decode()


def test_the_demo_says_what_is_real(client: Client) -> None:
    make_organization(demo=True)
    assert "the delays are real" in client.get("/login/").content.decode()


def test_a_real_company_is_not_told_of_the_demo(client: Client) -> None:
    make_organization(demo=False)
    assert "the delays are real" not in client.get("/login/").content.decode()


@pytest.mark.usefixtures("_half_loaded")
def test_loading_shows_how_far_it_is(client: Client) -> None:
    part = client.get("/about/progress/")
    assert 'value="3" max="8"' in part.content.decode()
    assert part.content.decode() in client.get("/login/").content.decode()


def test_when_loading_is_over_the_page_is_read_anew(client: Client) -> None:
    assert client.get("/about/progress/").headers["HX-Refresh"] == "true"


def test_an_admins_settings_are_folded_under_one_name_and_no_entry_is_lost(client: Client) -> None:
    make_organization()
    client.force_login(make_admin())
    page = client.get("/people/").content.decode()
    bar, folded = page.split('<details class="folded"')[0], page.split("<summary", 2)[1]
    assert 'href="/people/"' not in bar
    assert folded.startswith(' aria-current="true"')
    for address in ("/people/", "/messages/", "/silences/"):
        assert f'href="{address}"' in folded


def test_who_sets_nothing_up_finds_no_settings(client: Client) -> None:
    client.force_login(make_user())
    assert 'class="folded"' not in client.get("/about/").content.decode()
