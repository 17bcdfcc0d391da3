"""The pages on which admins set the company up: registered in `config/menu.py`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class SettingPage:
    """`says`: what is set there, in a sentence. `count`: how many there are; one query."""

    key: str
    label: StrOrPromise
    url_name: str
    icon: str
    says: StrOrPromise
    count: Callable[[], int] | None = None

    @property
    def url(self) -> str:
        return reverse(self.url_name)


_pages: dict[str, SettingPage] = {}


def register(page: SettingPage) -> None:
    """Add a page, or replace the one of the same key; their order is that of arrival."""
    _pages[page.key] = page


def pages() -> Iterator[SettingPage]:
    yield from _pages.values()
