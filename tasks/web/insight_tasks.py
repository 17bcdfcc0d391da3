"""The tasks behind a figure of the insights: a list, and the same as a file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cx_loop import clock
from cx_loop.models import Actor, User, in_language, zone_of
from cx_loop.ui.sheets import FORMATS, TooLong, as_file, say_too_long
from cx_loop.ui.words import say_moment
from tasks.actions.export import export_tasks
from tasks.logic.learning import GROUPS
from tasks.models import Task
from tasks.notices import RESOLUTIONS, STATES, segment_names, title_of
from tasks.reads.behind_figures import FIGURES, PAGE, page_of, tasks_behind
from tasks.ui.learning import GROUPS as GROUP_NAMES
from tasks.web.periods import Period, period_of


@dataclass(frozen=True, slots=True)
class Row:
    task: Task
    title: str
    url: str
    department: str
    state: str
    opened: str
    end: str  # how it was resolved, '' while it is not
    is_late: bool


@login_required
@require_safe
def insight_tasks(request: HttpRequest) -> HttpResponseBase:
    assert isinstance(request.user, User)
    user, now = request.user, clock.now()
    period, figure = period_of(request.GET, user, now), _figure(request)
    group = request.GET.get("by", "")
    group, key = (group, _key(request)) if group in GROUPS else ("", "")
    found = tasks_behind(user, figure, period.stretch, now=now, group=group, key=key)
    kind = request.GET.get("format", "")
    again = {"figure": figure} | ({"by": group, "key": key} if group else {})
    here = period.url(reverse("tasks:insights-tasks"), **again)
    if kind in FORMATS:
        try:
            sheet = export_tasks(
                found.order_by("-number"),
                kind=kind,
                by=Actor(user),
                now=now,
                asked=request.META.get("QUERY_STRING", ""),
            )
        except TooLong:
            messages.warning(request, say_too_long())
            return redirect(here)
        return as_file(sheet, kind)
    return _page(request, user, period, figure, page_of(found, _after(request)), here, now)


def _page(
    request: HttpRequest,
    user: User,
    period: Period,
    figure: str,
    found: list[Task],
    here: str,
    now: datetime,
) -> HttpResponse:
    zone, segments = zone_of(user), segment_names()
    group = request.GET.get("by", "")
    page: dict[str, Any] = {
        "now": now,
        "period": period,
        "said": say_figure(figure),
        "group": str(GROUP_NAMES[group]) if group in GROUPS else "",
        "rows": [_row(task, zone, segments, now) for task in found[:PAGE]],
        "more": f"{here}&after={found[PAGE - 1].number}" if len(found) > PAGE else "",
        "back": period.url(reverse("tasks:insights")),
        "exports": [(kind, f"{here}&format={kind}") for kind in FORMATS],
    }
    return render(request, "tasks/insight_tasks.html", page)


def say_figure(figure: str) -> str:
    """What the tasks behind a figure have in common."""
    return {
        "opened": _("Tasks opened"),
        "answered": _("Tasks answered"),
        "resolved": _("Tasks whose fix was submitted"),
        "due": _("Tasks submitted, closed or past their time"),
        "late": _("Tasks that were late"),
        "lead": _("Tasks escalated to a lead or higher"),
        "director": _("Tasks escalated to a director"),
        "false_alarm": _("Tasks dismissed as a false alarm"),
        "judged": _("Tasks with a fix that was judged"),
        "proven": _("Tasks with a proven fix"),
        "unproven": _("Tasks with a fix that was not proven"),
        "recovered": _("Tasks whose metric came back"),
        "worked": _("Tasks whose fix had worked"),
        "relapsed": _("Tasks that relapsed"),
        "permanent": _("Tasks whose fix was made permanent"),
    }[figure]


def _row(task: Task, zone: ZoneInfo, segments: dict[str, str], now: datetime) -> Row:
    return Row(
        task=task,
        title=title_of(task, segments),
        url=reverse("tasks:task", args=[task.number]),
        department=in_language(task.department.name) or task.department.key,
        state=str(STATES[task.state]),
        opened=say_moment(task.created_at, zone, now),
        end=str(RESOLUTIONS.get(task.resolution, "")),
        is_late=task.was_late or task.is_overdue(now),
    )


def _figure(request: HttpRequest) -> str:
    asked = request.GET.get("figure", "")
    return asked if asked in FIGURES else "opened"


def _key(request: HttpRequest) -> str:
    return request.GET.get("key", "").replace("\x00", "")[:80]


def _after(request: HttpRequest) -> int | None:
    raw = request.GET.get("after", "")
    return int(raw) if raw.isdecimal() and len(raw) < 18 else None
