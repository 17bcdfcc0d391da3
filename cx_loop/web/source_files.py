"""Files of answers: handed in, tried without counting anything, counted while one looks on."""

import csv
from collections.abc import Callable, Iterator
from io import StringIO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cx_loop import clock
from cx_loop.actions import files as actions
from cx_loop.actions.sources import take_file
from cx_loop.ingest.responses import is_mapped
from cx_loop.models import Actor, HandedFile, Organization, RefusedLine, Source
from cx_loop.notices import say_reason
from cx_loop.ui.sheets import Cell, Sheet, as_file, chunks_of
from cx_loop.web.source_file_words import say_failure, say_file_state
from cx_loop.web.source_forms import FileForm, tool_name
from cx_loop.web.sources import admin_of, page_of, seen_source

LARGEST_JSON = 5 * 1024 * 1024  # bytes: it is read as one delivery
SHOWN = 50  # refused lines on the page; all of them are in the file


@login_required
@require_POST
@never_cache
def hand_in(request: HttpRequest, key: str) -> HttpResponse:
    by, source = admin_of(request), seen_source(request, key)
    form = FileForm(request.POST, request.FILES)
    if getattr(request, "upload_too_large", False):
        form.add_error("file", _("It is larger than 10 MB. Hand it in as several files."))
    if not form.is_valid():
        return page_of(request, source, {"file_form": form}, 422)
    name, content = str(form.cleaned_data["file"].name), form.cleaned_data["file"].read()
    now = clock.now()
    if name.lower().endswith(".json"):
        if len(content) > LARGEST_JSON:
            form.add_error("file", _("A JSON file may have 5 MB."))
            return page_of(request, source, {"file_form": form}, 422)
        kind = "application/json"
        take_file(source=source, content=content, content_type=kind, by=by, now=now)
        messages.success(request, _("Taken. It is read like any other delivery."))
        return redirect("cx_loop:source", key=key)
    made = actions.hand_in(source=source, name=name, content=content, by=by, now=now)
    return redirect("cx_loop:source-file", key=key, file=made.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def file(request: HttpRequest, key: str, file: int) -> HttpResponse:
    """How far it is; POST: `do` is try, count, stop or drop."""
    by, source = admin_of(request), seen_source(request, key)
    found = _file_of(source, file)
    if request.method != "POST":
        return _page(request, source, found)
    do = _CALLS.get(request.POST.get("do", ""))
    if do is None:
        raise Http404
    try:
        do(found, by)
    except actions.NotNow:
        messages.warning(request, _("That is not possible now: look at how far the file is."))
    if request.POST["do"] == "drop" and not HandedFile.objects.filter(pk=found.pk).exists():
        messages.success(request, _("The file is gone. What was counted of it stays."))
        return redirect("cx_loop:source", key=key)
    return redirect("cx_loop:source-file", key=key, file=found.pk)


@login_required
@require_safe
@never_cache
def refused(request: HttpRequest, key: str, file: int) -> HttpResponseBase:
    """The refused lines as they stood, each with why: mended, they can be handed in again."""
    admin_of(request)
    found = _file_of(seen_source(request, key), file)
    header = next(csv.reader(StringIO(found.head, newline="")), [])
    width = len(header)

    def cells(lines: list[RefusedLine]) -> Iterator[list[Cell]]:
        for each in lines:
            kept = [*each.cells, *([""] * (width - len(each.cells)))]
            yield [*kept, str(each.line), each.code, _said(each)]

    titles = [*header, "line", "code", "reason"]
    chunks = chunks_of(found.refusals.order_by("line", "pk"), cells)
    name = f"refused-{found.pk}"
    return as_file(Sheet(name, titles, chunks, Organization.current_zone()), "csv")


def _page(request: HttpRequest, source: Source, found: HandedFile) -> HttpResponse:
    refusals = found.refusals.order_by("line", "pk")[:SHOWN]
    page = {
        "now": clock.now(),
        "source": source,
        "tool": tool_name(source.tool),
        "is_mapped": is_mapped(source),
        "refusals": [(each, _said(each)) for each in refusals],
        "file": found,
        "state": say_file_state(found),
        "failure": say_failure(found),
    }
    answer = render(request, "cx_loop/sources/file.html", page)
    if request.headers.get("HX-Request") and not found.is_at_work:
        answer["HX-Refresh"] = "true"  # the whole page again, now with what came of it
    return answer


def _said(line: RefusedLine) -> str:
    said = say_reason(line.code)
    return f"{said} ({line.about})" if line.about else said


def _file_of(source: Source, pk: int) -> HandedFile:
    kept = source.files.select_related("source", "handed_by").defer("content", "text")
    return get_object_or_404(kept, pk=pk)


def _try(found: HandedFile, by: Actor) -> None:
    actions.try_file(file=found, by=by, now=clock.now())


def _count(found: HandedFile, by: Actor) -> None:
    actions.count_file(file=found, by=by, now=clock.now())


def _stop(found: HandedFile, by: Actor) -> None:
    actions.stop_file(file=found, by=by, now=clock.now())


def _drop(found: HandedFile, by: Actor) -> None:
    actions.drop_file(file=found, by=by, now=clock.now())


_CALLS: dict[str, Callable[[HandedFile, Actor], None]] = {
    "try": _try,
    "count": _count,
    "stop": _stop,
    "drop": _drop,
}
