"""Whoever reads Chinese reads no English: on every declared page, and in what forms refuse."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from zoneinfo import available_timezones

import pytest
from django.apps import apps
from django.db import models

from config.pages import PAGES
from cx_loop import clock
from cx_loop.ingest.vendors.tools import ADAPTERS
from cx_loop.logic.hook_signatures import CHOICES
from cx_loop.models import User
from tests.architecture.access_world import World, make_world
from tests.factories import NOW

pytestmark = pytest.mark.django_db
WORD = re.compile(r"[A-Za-z]{3,}")
# addresses, settings, keys: the same in every language
CODE = re.compile(r"\S+@\S+|https?://\S+|CX_\w+|cxl_\w+|\b[0-9a-f]{6,}\b|\S+\.(?:py|yaml)")
# names of products and formats, and the examples that help texts give of keys
ALLOWED = frozenset(
    re.findall(
        "[a-z]+",
        "alt api apple asia celery ces csat csv cx dingtalk english excel export google html http "
        "https ics ip json loop min mot nps oauth office oidc outlook pdf postgresql qr rest "
        "shanghai slack teams totp url utc utf webhook webhooks xlsx yaml "
        "assign data default least loaded main normal quality responses robin round sha typeform",
    )
)
ZONES = frozenset(word.lower() for zone in available_timezones() for word in WORD.findall(zone))
ICONS = "gallery"  # names each by its key
SILENT = {"script", "style", "code", "pre", "kbd", "textarea", "template"}
VOID = {"input", "br", "hr", "img", "link", "meta", "path", "line", "circle", "rect", "use"}
# a text per language
TYPED = {"name", "text", "who", "words", "steps", "countermeasure", "subject", "body"}
SAID = ("aria-label", "placeholder", "title", "alt", "data-confirm")


class Reader(HTMLParser):
    """What is read aloud or shown, but for what says itself that it is English."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang")
        quiet = tag in SILENT or (language is not None and not language.startswith("zh"))
        if not quiet and not self._is_quiet:
            self.found += [given[name] for name in SAID if name in given]
        if tag not in VOID:
            self._open.append((tag, quiet))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_quiet and data.strip():
            self.found.append(data.strip())

    @property
    def _is_quiet(self) -> bool:
        return any(quiet for _tag, quiet in self._open)


def english(page: str, known: frozenset[str]) -> set[str]:
    reader = Reader()
    reader.feed(page)
    return {
        text[:80]
        for text in reader.found
        if any(word.lower() not in known for word in WORD.findall(CODE.sub("", text)))
    }


def words_of_data() -> frozenset[str]:
    """What people have typed is shown as they typed it."""
    found: set[str] = set()
    for model in apps.get_models():
        if not model._meta.managed:
            continue
        names = [
            field.name
            for field in model._meta.get_fields()
            if field.name in TYPED
            or (isinstance(field, models.CharField | models.TextField) and not field.choices)
        ]
        for row in model._default_manager.order_by("pk").values_list(*names) if names else ():
            found |= {word.lower() for word in WORD.findall(str(row))}
    return frozenset(found)


def words_of_tools() -> frozenset[str]:
    """Names of products, and of ways to sign as their makers call them."""
    names = [*(adapter.name for adapter in ADAPTERS.values()), *CHOICES]
    return frozenset(word.lower() for word in WORD.findall(" ".join(names))) - {"none"}


@pytest.fixture
def world() -> World:
    made = make_world()
    User.objects.update(language="zh-hans")
    return made


def read_by(world: World, role: str) -> Iterator[tuple[str, str]]:
    for page in PAGES:
        if page.key == ICONS or not (url := page.find()):
            continue
        answer = world.clients[role].get(url)
        if answer.status_code == 200:
            yield page.key, answer.content.decode()


def test_no_page_says_english_to_who_reads_chinese(world: World) -> None:
    wrong: dict[str, set[str]] = {}
    with clock.set_to(NOW):
        known = words_of_data() | ALLOWED | ZONES | words_of_tools()
        for role in ("admin", "lead", "member", "director", "analyst"):
            for key, page in read_by(world, role):
                if found := english(page, known):
                    wrong[key] = wrong.get(key, set()) | found
    assert wrong == {}
