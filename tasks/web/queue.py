"""My queue: what is mine and what is late first."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cx_loop import clock
from cx_loop.models import Actor, User, once, zone_of
from cx_loop.ui.sheets import CSV, FORMATS, XLSX, TooLong, as_file, say_too_long
from cx_loop.ui.words import say_count
from tasks import reads
from tasks.actions.export import export_tasks
from tasks.notices import STATES, segment_names
from tasks.reads.unattended import count_unattended
from tasks.web.board import board
from tasks.web.bulk import bulk_calls
from tasks.web.queue_address import changed, chips, filters_of, queue_url, tab_of, view_query
from tasks.web.row_markup import row_markup
from tasks.web.words import queue_row, tasks_address


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The board for whoever leads, my queue for everybody else; a query is one of the queue's."""
    assert isinstance(request.user, User)
    leads = reads.reach_of(request.user, once("now", clock.now)).leads
    shows_board = bool(leads) and not request.GET
    # what stands here has an address of its own, which the menu marks
    request.path = reverse("tasks:board" if shows_board else "tasks:queue")
    return board(request) if shows_board else queue(request)


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    now, user = once("now", clock.now), request.user
    reach = reads.reach_of(user, now)
    tab, filters = tab_of(request.GET, user, reach), filters_of(request.GET)
    after = reads.Place.parse(request.GET.get("after", ""))
    # before the rows are read, otherwise what changes meanwhile would never be told
    seen = reads.latest_change()
    found = reads.queue(user, tab, filters, reach=reach, now=now, after=after)
    zone, segments, tasks_url = zone_of(user), segment_names(), tasks_address()
    bulk = bulk_calls() if reach.works_somewhere else []
    page: dict[str, Any] = {
        "now": now,
        "tab": tab,
        "filters": filters,
        "rows": [
            row_markup(
                queue_row(
                    task,
                    user=user,
                    reach=reach,
                    now=now,
                    zone=zone,
                    segments=segments,
                    tasks_url=tasks_url,
                ),
                picks=bool(bulk),
            )
            for task in found.tasks
        ],
        "more": changed(request.GET, tab=tab, after=found.next) if found.next else "",
        "exports": [
            (kind, f"{reverse('tasks:export')}{changed(request.GET, tab=tab, format=kind)}")
            for kind in FORMATS
        ],
        "is_narrowed": filters.narrows,
        "chips": chips(user, request.GET, filters),
        "here": request.get_full_path(),
        "newer": reverse("tasks:newer") + changed(request.GET, tab=tab, seen=str(seen), after=""),
        "bulk_calls": bulk,
        "empty": _empty(tab),
    }
    part = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    if part:
        response = render(request, "tasks/parts/rows.html", page)
    else:
        frame = _frame(user, reach, tab, now) | _views(request, user, tab)
        response = render(request, "tasks/queue.html", page | frame)
    # otherwise the back button would show a part as if it were the page
    patch_vary_headers(response, ("HX-Request",))
    return response


@login_required
@require_safe
def newer(request: HttpRequest) -> HttpResponse:
    """Asked again and again by an open queue: what others changed there since; 204 for nothing."""
    assert isinstance(request.user, User)
    now, user, raw = clock.now(), request.user, request.GET.get("seen", "")
    seen = int(raw) if raw.isdecimal() and len(raw) < 18 else None
    if seen is None:
        return HttpResponse(status=204)
    reach = reads.reach_of(user, now)
    tab, filters = tab_of(request.GET, user, reach), filters_of(request.GET)
    count = reads.count_newer(user, tab, filters, reach=reach, now=now, seen=seen)
    if not count:
        return HttpResponse(status=204)
    said = {name: value for name, value in request.GET.dict().items() if name != "seen"}
    page = {
        "count": count,
        "said": say_count(count, reads.CAP),
        "fresh": f"{reverse('tasks:queue')}?{urlencode(said | {'tab': tab})}",
    }
    return render(request, "tasks/parts/arrived.html", page)


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """What the queue shows now, all its pages, as a file."""
    assert isinstance(request.user, User)
    now, user = clock.now(), request.user
    reach = reads.reach_of(user, now)
    tab = tab_of(request.GET, user, reach)
    found = reads.listed(user, tab, filters_of(request.GET), reach=reach, now=now)
    kind = XLSX if request.GET.get("format") == XLSX else CSV
    try:
        sheet = export_tasks(
            found.order_by("severity", "due_at", "number"),
            kind=kind,
            by=Actor(user),
            now=now,
            asked=request.META.get("QUERY_STRING", ""),
        )
    except TooLong:
        messages.warning(request, say_too_long())
        return redirect(f"{reverse('tasks:queue')}{changed(request.GET, tab=tab)}")
    return as_file(sheet, kind)


def _frame(user: User, reach: reads.Reach, tab: str, now: Any) -> dict[str, Any]:
    """What stands around the rows, and only a whole page shows."""
    numbers = reads.counts(user, reach=reach, now=now)
    names = {
        "mine": _("Mine"),
        "department": _("Department"),
        "waiting": _("Waiting for me"),
        "late": _("Late"),
    }
    leads = reach.leads is None or bool(reach.leads)
    left = say_count(count_unattended(user, cap=reads.CAP), reads.CAP) if leads else ""
    first, third = ("department", "mine") if reach.leads else ("mine", "department")
    # what is late stands second: on a phone the rest is drawn in from the side
    order = (first, "late", third, "waiting")
    return {
        "tabs": [(key, names[key], say_count(numbers[key], reads.CAP)) for key in order],
        "states": [(key, str(label)) for key, label in STATES.items()],
        "touchpoints": reads.touchpoints_for(user),
        "sorts": [
            ("", _("What is urgent")),
            ("due", _("Deadline")),
            ("newest", _("Newest first")),
        ],
        "unattended": left,
    }


def _views(request: HttpRequest, user: User, tab: str) -> dict[str, Any]:
    """The views the person keeps, as links; `this_view` is what is shown now."""
    said = request.GET.dict()
    here = view_query(said | {"tab": tab})
    kept = reads.views_of(user)
    return {
        "views": [(view, f"{queue_url()}?{view.query}", view.query == here) for view in kept],
        "this_view": here,
        "is_kept": any(view.query == here for view in kept),
    }


def _empty(tab: str) -> str:
    """What will appear here, and what to do meanwhile."""
    return {
        "mine": _("Nothing is yours right now. New tasks of your department appear here."),
        "department": _("No open tasks. A task opens by itself when a metric crosses its limit."),
        "waiting": _("Nobody waits for you. Fixes on which a second person decides appear here."),
        "late": _("Nothing is late."),
    }[tab]
