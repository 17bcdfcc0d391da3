"""The menu: entries and badges declared in `config/menu.py`, shown by the base page.

An entry of the group "" stands in the bar; the others are folded under the name of their group,
otherwise an admin's bar would not fit beside the name.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django_stubs_ext import StrOrPromise

from cx_loop import clock
from cx_loop.models import Organization, User, once
from cx_loop.ui.help import help_of
from cx_loop.ui.slots import demo_progress

Badge = Callable[[User, datetime], str]


def no_badge(user: User, now: datetime) -> str:
    return ""


@dataclass(frozen=True)
class Entry:
    """One entry of the menu. `badge` is asked on every full page, so it costs one query at most."""

    key: str
    label: StrOrPromise
    url_name: str
    icon: str
    badge: Badge = no_badge
    shown_to: Callable[[User], bool] = lambda user: True
    group: str = ""


@dataclass(frozen=True)
class Group:
    """What the entries of one group are folded under."""

    key: str
    label: StrOrPromise
    icon: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as one reader sees it."""

    key: str
    label: str
    url: str
    icon: str
    badge: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Folded:
    """The entries of one group as one reader sees them; `is_here`: the page is one of them."""

    key: str
    label: str
    icon: str
    entries: list[Shown]
    is_here: bool


@dataclass(frozen=True, slots=True)
class Menu:
    entries: list[Shown]
    groups: list[Folded]

    def __bool__(self) -> bool:
        return bool(self.entries or self.groups)


_entries: list[Entry] = []
_groups: dict[str, Group] = {}


def declare(entries: Iterable[Entry], groups: Iterable[Group] = ()) -> None:
    """The whole menu, in the order it is shown; what was declared before is gone."""
    _entries.clear()
    _entries.extend(entries)
    _groups.clear()
    _groups.update({group.key: group for group in groups})


def context(request: HttpRequest) -> dict[str, Any]:
    """What the base page needs. Lazy, so that a part swapped by htmx costs no query for it."""
    organization = SimpleLazyObject(Organization.current)
    return {
        "organization": organization,
        "navigation": SimpleLazyObject(lambda: _menu(request)),
        "other_languages": _other_languages(request),
        "demo_progress": SimpleLazyObject(demo_progress),
        "page_help": help_of(request),
    }


def _menu(request: HttpRequest) -> Menu:
    user = request.user
    if not isinstance(user, User):
        return Menu([], [])
    now = once("now", clock.now)
    shown: dict[str, list[Shown]] = {}
    for entry in _entries:
        if entry.shown_to(user):
            shown.setdefault(entry.group, []).append(_shown(entry, user, request.path, now))
    groups = [
        Folded(key, str(group.label), group.icon, own, any(each.is_here for each in own))
        for key, group in _groups.items()
        if (own := shown.get(key))
    ]
    return Menu(shown.get("", []), groups)


def _shown(entry: Entry, user: User, path: str, now: datetime) -> Shown:
    url = reverse(entry.url_name)
    return Shown(
        key=entry.key,
        label=str(entry.label),
        url=url,
        icon=entry.icon,
        badge=entry.badge(user, now),
        is_here=path == url or (url != "/" and path.startswith(url)),
    )


def _other_languages(request: HttpRequest) -> list[tuple[str, str]]:
    """Codes and own names of the languages the reader is not reading: 简体中文, English."""
    own_names = {"en": "English", "zh-hans": "中文"}
    reading = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    return [(code, own_names.get(code, code)) for code, _ in settings.LANGUAGES if code != reading]
