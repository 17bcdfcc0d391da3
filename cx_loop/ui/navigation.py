"""Menu entries and their badges: registered in `config/wiring.py`, shown by the base page."""

from collections.abc import Callable, Iterator
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


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as one reader sees it."""

    key: str
    label: str
    url: str
    icon: str
    badge: str
    is_here: bool


_entries: dict[str, Entry] = {}


def register(entry: Entry) -> None:
    """Add an entry, or replace the one of the same key; the menu keeps the order of arrival."""
    _entries[entry.key] = entry


def context(request: HttpRequest) -> dict[str, Any]:
    """What the base page needs. Lazy, so that a part swapped by htmx costs no query for it."""
    organization = SimpleLazyObject(Organization.current)
    return {
        "organization": organization,
        "navigation": SimpleLazyObject(lambda: list(_menu(request))),
        "other_languages": _other_languages(request),
        "demo_progress": SimpleLazyObject(demo_progress),
    }


def _menu(request: HttpRequest) -> Iterator[Shown]:
    user = request.user
    if not isinstance(user, User):
        return
    now = once("now", clock.now)
    for entry in _entries.values():
        if not entry.shown_to(user):
            continue
        url = reverse(entry.url_name)
        yield Shown(
            key=entry.key,
            label=str(entry.label),
            url=url,
            icon=entry.icon,
            badge=entry.badge(user, now),
            is_here=request.path == url or (url != "/" and request.path.startswith(url)),
        )


def _other_languages(request: HttpRequest) -> list[tuple[str, str]]:
    """Codes and own names of the languages the reader is not reading: 简体中文, English."""
    own_names = {"en": "English", "zh-hans": "中文"}
    reading = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    return [(code, own_names.get(code, code)) for code, _ in settings.LANGUAGES if code != reading]
