"""Every page says what it is for: three sentences, in both languages; and the list knows all."""

import re

import pytest
from django.test import Client
from django.urls import resolve
from django.utils import translation

from config.help import panels
from config.pages import PAGES
from tests.architecture.access_world import World, address, make_world
from tests.architecture.routes import every_route
from tests.factories import make_admin, make_organization
from tests.pages import reading_as

pytestmark = pytest.mark.django_db
SAY_IT_THEMSELVES = {"cx_loop:about", "cx_loop:words", "cx_loop:gallery", "tasks:mended-public"}
SAY_IT_THEMSELVES |= {"tasks:stop"}
# seen by nobody who is merely looking: behind a link, a password or a provider; parts; files
NOT_LOOKED_AT = {
    "cx_loop:second-factor",
    "cx_loop:progress",
    "tasks:newer",
    "tasks:home",
}
NOT_LOOKED_AT |= {"tasks:people", "tasks:mended-public-in"}


@pytest.fixture
def world() -> World:
    return make_world()


def sentences(text: str) -> int:
    return len(re.findall(r"(?<!\s)[.。？?](?:\s|$|(?=[^\s.]))", text.strip()))


def test_every_declared_page_says_what_it_is_for(world: World) -> None:
    shown = {resolve(page.find().partition("?")[0]).view_name for page in PAGES if page.find()}
    assert shown - set(panels()) == SAY_IT_THEMSELVES


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_in_three_sentences_of_the_readers_language(language: str) -> None:
    with translation.override(language):
        said = {name: str(text) for name, text in panels().items()}
    assert {name: sentences(text) for name, text in said.items() if sentences(text) != 3} == {}
    if language == "zh-hans":
        assert [name for name, text in said.items() if not re.search("[一-鿿]", text)] == []


def test_every_page_an_admin_can_open_is_declared(world: World) -> None:
    declared = {resolve(page.find().partition("?")[0]).view_name for page in PAGES if page.find()}
    missing = []
    for route in every_route():
        if route.is_api or route.is_admin:
            continue
        url = address(route, world.own)
        name = resolve(url).view_name
        if name in declared | NOT_LOOKED_AT:
            continue
        answer = world.clients["admin"].get(url)
        if answer.status_code == 200 and "text/html" in answer.headers.get("Content-Type", ""):
            missing.append(name)
    assert missing == []


def test_the_panel_leads_to_the_words() -> None:
    page = reading_as(make_admin(language="zh-hans")).get("/about/words/").content.decode()
    assert "关键时刻" in page
    assert "moment of truth (MOT)" in page


def test_a_company_of_its_own_is_not_told_of_a_demo(client: Client) -> None:
    make_organization(demo=False)
    page = client.get("/about/").content.decode()
    assert "Demo Air" not in page
    assert "About CX Loop" in page
