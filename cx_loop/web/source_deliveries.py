"""Deliveries as pages show them: searched, said in words, and one with what it would count as."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cx_loop import clock
from cx_loop.actions.mappings import Tried, try_mapping
from cx_loop.logic.voice.redact import redact
from cx_loop.models import Delivery, Metric, Organization, Touchpoint, User, in_language
from cx_loop.notices import say_reason
from cx_loop.reads.sources import sources_in_force
from cx_loop.ui.dimensions import ValueNames, value_names

MOST_SHOWN = 20_000  # characters of a body
# beside what `redact` knows: addresses of computers, and members that hold a name
_COMPUTER = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
_NAMED = re.compile(
    r'("(?:[\w.]*(?:name|mail|phone|openid|nickname|address))"\s*:\s*)"[^"]*"', re.IGNORECASE
)


class Search:
    """What is asked of the list, as typed and as it is looked for."""

    def __init__(self, said: QueryDict) -> None:
        self.state = said.get("state", "") if said.get("state") in Delivery.State else ""
        self.words = said.get("q", "").replace("\0", "").strip()[:120]
        self.since = said.get("since", "")
        before = said.get("before", "")
        self.before = int(before) if before.isdecimal() and len(before) < 18 else None
        self.states = [(state, words) for state, words in say_states().items()]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.state or self.words or self._moment())

    @property
    def asked(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "words": self.words,
            "since": self._moment(),
            "before": self.before,
        }

    def _moment(self) -> datetime | None:
        try:
            day = date.fromisoformat(self.since)
        except ValueError:
            self.since = ""
            return None
        return datetime.combine(day, time(), tzinfo=Organization.current_zone())


def say_states() -> dict[str, str]:
    return {
        "received": _("Being read"),
        "waiting": _("Waiting for the tool"),
        "mapped": _("Counted"),
        "ignored": _("Nothing to count"),
        "quarantined": _("Waits for you"),
        "refused": _("Refused"),
    }


def say_state(delivery: Delivery) -> tuple[str, str]:
    """The state, and why; the field or response it is about is named."""
    why = say_reason(delivery.reason) if delivery.reason else ""
    about = [str(delivery.params.get(name) or "") for name in ("field", "survey", "where")]
    named = " · ".join(each for each in about if each)
    return say_states()[delivery.state], f"{why} ({named})" if why and named else why


def tried_rows(tried: Sequence[Tried]) -> list[dict[str, Any]]:
    """Each response with what it would count as, in words."""
    metrics = {m.key: in_language(m.name) or m.key for m in Metric.objects.order_by("key")}
    places = {t.key: in_language(t.name) or t.key for t in Touchpoint.objects.order_by("key")}
    rows, names = [], value_names()
    for each in tried:
        items = [_said(item, metrics, places, names) for item in each.items]
        wrong = [f"{say_reason(no.code)} ({no.field})" for no in each.refusals]
        if each.reason:
            wrong.append(say_reason(each.reason))
        rows.append({"response": each.response, "at": each.at, "items": items, "wrong": wrong})
    return rows


def redacted(text: str) -> str:
    """For whoever reads everything but looks after nothing: what was answered, not by whom."""
    return _NAMED.sub(r'\1"…"', _COMPUTER.sub("…", redact(text)))


@login_required
@require_safe
@never_cache
def delivery(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    reader = request.user
    assert isinstance(reader, User)
    if not reader.sees_everything:
        raise PermissionDenied
    source = get_object_or_404(sources_in_force(), key=key)
    found = get_object_or_404(source.deliveries, pk=pk)
    body = _text(found.body, reader)
    tried, _faults = try_mapping(source, source.mapping, [found])
    page = {
        "now": clock.now(),
        "source": source,
        "delivery": found,
        "said": say_state(found),
        "body": body,
        "answer": _text(found.answer, reader) if found.answer is not None else "",
        "tried": tried_rows(tried) if reader.is_superuser else [],
        "is_redacted": not reader.is_superuser,
    }
    return render(request, "cx_loop/sources/delivery.html", page)


def _text(body: Any, reader: User) -> str:
    text = bytes(body).decode("utf-8", "replace")[:MOST_SHOWN].replace("\0", "�")
    return text if reader.is_superuser else redacted(text)


def _said(
    item: dict[str, Any], metrics: dict[str, str], places: dict[str, str], names: ValueNames
) -> dict[str, str]:
    place = item.get("touchpoint") or item.get("stage") or item.get("journey") or ""
    return {
        "place": places.get(place, place),
        "metric": metrics.get(item.get("metric", ""), ""),
        "value": f"{item['value']:g}" if "value" in item else "",
        "more": names.along(item),
        "comment": str(item.get("comment", ""))[:200],
    }
