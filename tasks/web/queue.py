"""My queue: what is mine and what is late first."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
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
from tasks.models import Task
from tasks.notices import STATES, segment_names
from tasks.reads.unattended import count_unattended
from tasks.web.bulk import bulk_calls
from tasks.web.words import queue_row, tasks_address


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    now, user = once("now", clock.now), request.user
    reach = reads.reach_of(user, now)
    tab = request.GET.get("tab", "")
    tab = tab if tab in reads.TABS else reads.default_tab(user, reach)
    filters = _filters(request.GET)
    after = reads.Place.parse(request.GET.get("after", ""))
    found = reads.queue(user, tab, filters, reach=reach, now=now, after=after)
    zone, segments, tasks_url = zone_of(user), segment_names(), tasks_address()
    page: dict[str, Any] = {
        "now": now,
        "tab": tab,
        "filters": filters,
        "rows": [
            queue_row(
                task,
                user=user,
                reach=reach,
                now=now,
                zone=zone,
                segments=segments,
                tasks_url=tasks_url,
            )
            for task in found.tasks
        ],
        "more": _with(request.GET, tab=tab, after=found.next) if found.next else "",
        "exports": [
            (kind, f"{reverse('tasks:export')}{_with(request.GET, tab=tab, format=kind)}")
            for kind in FORMATS
        ],
        "is_narrowed": filters != reads.QueueFilters(),
        "here": request.get_full_path(),
        "bulk_calls": bulk_calls() if reach.works_somewhere else [],
        "empty": _empty(tab),
    }
    part = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    if part:
        response = render(request, "tasks/parts/rows.html", page)
    else:
        response = render(request, "tasks/queue.html", page | _frame(user, reach, tab, now))
    # otherwise the back button would show a part as if it were the page
    patch_vary_headers(response, ("HX-Request",))
    return response


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """What the queue shows now, all its pages, as a file."""
    assert isinstance(request.user, User)
    now, user = clock.now(), request.user
    reach, tab = reads.reach_of(user, now), request.GET.get("tab", "")
    tab = tab if tab in reads.TABS else reads.default_tab(user, reach)
    found = reads.listed(user, tab, _filters(request.GET), reach=reach, now=now)
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
        return redirect(f"{reverse('tasks:queue')}{_with(request.GET, tab=tab)}")
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
    order = ["department", "mine", "waiting", "late"] if reach.leads else list(reads.TABS)
    return {
        "tabs": [(key, names[key], say_count(numbers[key], reads.CAP)) for key in order],
        "states": [(key, str(label)) for key, label in STATES.items()],
        "touchpoints": reads.touchpoints_for(user),
        "unattended": left,
    }


def _filters(given: QueryDict) -> reads.QueueFilters:
    """What was asked for, as far as it makes sense; a wrong filter is left out."""
    state, severity = given.get("state", ""), given.get("severity", "")
    return reads.QueueFilters(
        state=state if state in Task.State.values else "",
        severity=severity if severity in {"1", "2"} else "",
        touchpoint=given.get("touchpoint", "").replace("\x00", "")[:80],
        search=given.get("q", "").replace("\x00", "").strip()[:80],
    )


def _with(given: QueryDict, **changes: str) -> str:
    changed = given.copy()
    for name, value in changes.items():
        changed[name] = value
    return f"?{changed.urlencode()}"


def _empty(tab: str) -> str:
    """What will appear here, and what to do meanwhile."""
    return {
        "mine": _("Nothing is yours right now. New tasks of your department appear here."),
        "department": _("No open tasks. A task opens by itself when a metric crosses its limit."),
        "waiting": _("Nobody waits for you. Fixes on which a second person decides appear here."),
        "late": _("Nothing is late."),
    }[tab]
