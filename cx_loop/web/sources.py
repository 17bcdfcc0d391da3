"""Sources: connect a tool, see whether it speaks, say which field is which."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cx_loop import clock
from cx_loop.actions import sources as actions
from cx_loop.actions.mappings import last_deliveries, seen_fields, try_mapping
from cx_loop.ingest.deliveries import scheme_of
from cx_loop.ingest.vendors.adapter import ASKED
from cx_loop.ingest.vendors.tools import adapter_of
from cx_loop.models import Actor, Delivery, Source, User
from cx_loop.reads.deliveries import deliveries_of
from cx_loop.reads.sources import files_of, health_of, sources_in_force
from cx_loop.web import source_mapping
from cx_loop.web.source_deliveries import Search, say_state, tried_rows
from cx_loop.web.source_file_words import say_file_state
from cx_loop.web.source_forms import (
    FileForm,
    OptionsForm,
    SecretForm,
    SourceForm,
    TokenForm,
    tool_name,
)


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    return _list(request, _reader(request), SourceForm())


@login_required
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    by = admin_of(request)
    form = SourceForm(request.POST)
    if form.is_valid():
        try:
            made = actions.add_source(**form.cleaned_data, by=by, now=clock.now())
        except actions.Refused:
            form.add_error("key", _("There is a source of this name already."))
        else:
            return redirect("cx_loop:source", key=made.key)
    return _list(request, _reader(request), form)


@login_required
@require_safe
@never_cache
def source(request: HttpRequest, key: str) -> HttpResponse:
    return page_of(request, seen_source(request, key))


@login_required
@require_POST
@never_cache
def mapping(request: HttpRequest, key: str) -> HttpResponse:
    """Try what was typed on stored deliveries, or save it and map what waited."""
    by, found = admin_of(request), seen_source(request, key)
    latest = last_deliveries(found)
    seen = seen_fields(found, latest)
    rows = source_mapping.typed_rows(request.POST, seen)
    total = len(source_mapping.rows_of(found, seen))
    first = source_mapping.first_of(request.POST.get("from", ""), total)
    shown = {"rows": rows, "first": first, "parts": source_mapping.parts_of(total, first)}
    entries, used = source_mapping.entries_of(found, rows)
    if request.POST.get("do") == "try":
        tried, faults = try_mapping(found, entries, latest)
        left = source_mapping.mark_faults(rows, used, faults)
        shown |= {"faults": left, "tried": tried_rows(tried), "is_tried": True}
        return page_of(request, found, shown)
    try:
        actions.save_mapping(source=found, entries=entries, by=by, now=clock.now())
    except actions.MappingRefused as refusal:
        left = source_mapping.mark_faults(rows, used, refusal.faults)
        return page_of(request, found, {**shown, "faults": left}, 422)
    waited = actions.map_again(source=found, by=by, now=clock.now())
    said = ngettext("%(n)s delivery that waited", "%(n)s deliveries that waited", waited)
    messages.success(request, _("Saved. Mapped again: %(what)s.") % {"what": said % {"n": waited}})
    return redirect("cx_loop:source", key=key)


@login_required
@require_POST
@never_cache
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Everything else about a source: `do` says what."""
    by, found = admin_of(request), seen_source(request, key)
    do = _CHANGES.get(request.POST.get("do", ""))
    if do is None:
        raise Http404
    wrong = do(request, found, by)
    return page_of(request, found, wrong, 422) if wrong else redirect("cx_loop:source", key=key)


def may_see_sources(user: User) -> bool:
    """Whether the menu has an entry for the pages."""
    return user.sees_everything


Wrong = dict[str, Any]  # forms with their errors, to be shown again


def _secret(request: HttpRequest, source: Source, by: Actor) -> Wrong:
    form = SecretForm(request.POST)
    if not form.is_valid():
        return {"secret_form": form}
    secret = form.cleaned_data["secret"]
    actions.change_secret(source=source, secret=secret, by=by, now=clock.now())
    messages.success(request, _("Saved. The secret before verifies beside it for a week."))
    return {}


def _token(request: HttpRequest, source: Source, by: Actor) -> Wrong:
    form = TokenForm(request.POST)
    if not form.is_valid():
        return {"token_form": form}
    actions.change_token(source=source, token=form.cleaned_data["token"], by=by, now=clock.now())
    messages.success(request, _("Saved."))
    return {}


def _options(request: HttpRequest, source: Source, by: Actor) -> Wrong:
    form = OptionsForm(request.POST, source=source)
    if not form.is_valid():
        return {"options_form": form}
    actions.change_options(source=source, options=form.options(), by=by, now=clock.now())
    messages.success(request, _("Saved."))
    return {}


def _switch(request: HttpRequest, source: Source, by: Actor) -> Wrong:
    actions.switch(source=source, on=request.POST["do"] == "on", by=by, now=clock.now())
    return {}


def _address(request: HttpRequest, source: Source, by: Actor) -> Wrong:
    actions.issue_address(source=source, by=by, now=clock.now())
    messages.success(request, _("This is the address from now on; the one before has ended."))
    return {}


def _again(request: HttpRequest, source: Source, by: Actor) -> Wrong:
    state = Delivery.State
    states = [state.QUARANTINED]
    if request.POST["do"] == "everything":
        states += [state.MAPPED, state.IGNORED]
    count = actions.map_again(source=source, by=by, now=clock.now(), states=states)
    messages.success(request, _("To be mapped again: %(count)s") % {"count": count})
    return {}


def _verify(request: HttpRequest, source: Source, by: Actor) -> Wrong:
    count = actions.verify_again(source=source, by=by, now=clock.now())
    messages.success(request, _("Taken in after all: %(count)s") % {"count": count})
    return {}


_CHANGES: dict[str, Callable[[HttpRequest, Source, Actor], Wrong]] = {
    "secret": _secret,
    "token": _token,
    "options": _options,
    "on": _switch,
    "off": _switch,
    "address": _address,
    "again": _again,
    "everything": _again,
    "verify": _verify,
}


def _list(request: HttpRequest, reader: User, form: SourceForm) -> HttpResponse:
    now = clock.now()
    found = list(sources_in_force())
    health = health_of(found, now)
    rows = [(each, tool_name(each.tool), health[each.pk]) for each in found]
    page = {"now": now, "rows": rows, "form": form, "may_manage": reader.is_superuser}
    return render(request, "cx_loop/sources/list.html", page, status=422 if form.is_bound else 200)


def page_of(
    request: HttpRequest, source: Source, shown: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    reader, now = _reader(request), clock.now()
    source.refresh_from_db()
    search = Search(request.GET)
    found, older = deliveries_of(source, **search.asked)
    page: dict[str, Any] = {
        "now": now,
        "source": source,
        "tool": tool_name(source.tool),
        "health": health_of([source], now)[source.pk],
        "deliveries": [(each, *say_state(each)) for each in found],
        "older": older,
        "search": search,
        "may_manage": reader.is_superuser,
    }
    if reader.is_superuser:
        page |= _to_manage(source, shown or {}, request.GET.get("from", ""))
    return render(request, "cx_loop/sources/source.html", page, status=status)


def _to_manage(source: Source, shown: dict[str, Any], asked: str) -> dict[str, Any]:
    """`asked`: from which row on the fields are shown, where they do not fit on one page."""
    adapter, choices = adapter_of(source.tool), source_mapping.choices_for(source)
    if "rows" not in shown:
        seen = seen_fields(source, last_deliveries(source))
        rows = source_mapping.rows_of(source, seen)
        first = source_mapping.first_of(asked, len(rows))
        parts = source_mapping.parts_of(len(rows), first)
        page = source_mapping.page_of_rows(rows, first)
        shown = {"rows": page, "first": first, "parts": parts, **shown}
    places = len(choices.places) * len(shown["rows"])
    return {
        "address": actions.address_of(source),
        "way": adapter.way,
        "signs": scheme_of(source, adapter).signs,
        # of any other tool the scheme can still be chosen
        "has_secret": bool(source.secret) or adapter.scheme.signs or not adapter.names_responses,
        "asks": adapter.ask is not None or adapter.way == ASKED,
        "choices": choices,
        "places_are_few": places <= source_mapping.MOST_OPTIONS,
        "faults": [],
        "tried": [],
        "is_tried": False,
        "kept": len(source_mapping.kept_entries(source)),
        "secret_form": SecretForm(),
        "token_form": TokenForm(),
        "file_form": FileForm(),
        "files": [(each, say_file_state(each)) for each in files_of(source)],
        "options_form": OptionsForm(source=source),
        **shown,
    }


def seen_source(request: HttpRequest, key: str) -> Source:
    _reader(request)
    return get_object_or_404(sources_in_force(), key=key)


def admin_of(request: HttpRequest) -> Actor:
    reader = _reader(request)
    if not reader.is_superuser:
        raise PermissionDenied
    return Actor(user=reader)


def _reader(request: HttpRequest) -> User:
    """Who sees everything; for others the pages are not there."""
    assert isinstance(request.user, User)
    if not may_see_sources(request.user):
        raise PermissionDenied
    return request.user
