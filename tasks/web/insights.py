"""How well the loop works over a period: said as sentences first, each opening to its tasks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cx_loop import clock
from cx_loop.models import Actor, User
from cx_loop.ui.sheets import FORMATS, as_file
from cx_loop.ui.words import say_number
from tasks.actions.export_figures import export_figures
from tasks.actions.export_learning import export_learned
from tasks.logic.learning import GROUPS, Learned
from tasks.notices import segment_names, title_of
from tasks.reads import learning
from tasks.reads.learning import Summary
from tasks.reads.loop import loop_of
from tasks.ui.learning import GROUPS as GROUP_NAMES
from tasks.ui.learning import say_group
from tasks.web.figure_curves import with_curves
from tasks.web.figures import Figure, headline, share_figure, sides_of, tasks_url
from tasks.web.periods import DAYS, Period, departments_for, period_of
from tasks.web.precision import precision_of

SHEETS = ("fixes", "departments")


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    where: str
    n: int
    shares: list[Figure]  # proven, recovered, relapsed
    days: str
    cost: str
    benefit: str
    url: str


@login_required
@require_safe
def insights(request: HttpRequest) -> HttpResponseBase:
    user, now = request.user, clock.now()
    assert isinstance(user, User)
    group, period = _group(request), period_of(request.GET, user, now)
    if request.GET.get("format", "") in FORMATS:
        return _file(request, user, group, period, now)
    return _page(request, user, group, period, now)


def _file(
    request: HttpRequest, user: User, group: str, period: Period, now: datetime
) -> HttpResponseBase:
    kind, by = request.GET["format"], Actor(user)
    if request.GET.get("sheet") == "departments":
        whole_of_fixes = learning.summary(user, period.stretch)
        loop = loop_of(user, period.stretch, whole_of_fixes, now=now)
        sheet = export_figures(
            [loop.whole, *loop.sides], kind=kind, by=by, now=now, asked=period.query
        )
        return as_file(sheet, kind)
    found = learning.learned(user, group, period.stretch)
    return as_file(export_learned(found, group=group, kind=kind, by=by, now=now), kind)


def _page(
    request: HttpRequest, user: User, group: str, period: Period, now: datetime
) -> HttpResponse:
    segments, stretch = segment_names(), period.stretch
    whole_of_fixes = learning.summary(user, stretch)
    loop = loop_of(user, period.stretch, whole_of_fixes, now=now)
    whole, sides = loop.whole, loop.sides
    rows = learning.learned(user, group, stretch)
    where = learning.learned_where(user, stretch) if group == "playbook" else []
    path = request.path
    page: dict[str, Any] = {
        "now": now,
        "period": period,
        "group": group,
        "groups": [(key, str(GROUP_NAMES[key])) for key in GROUPS],
        "choices": [(each, _("%(days)s days") % {"days": each}) for each in DAYS],
        "departments": departments_for(user),
        "headline": with_curves(headline(whole, period), user, period, loop, now=now),
        "opened": whole.opened,
        "opened_url": tasks_url(period, "opened"),
        "sides": sides_of([*sides, whole] if len(sides) > 1 else [whole], period),
        "figures": _figures(whole_of_fixes, period),
        "median": _median(whole_of_fixes.days),
        "rows": [_row(each, group, period) for each in rows],
        "where": [_row(each, "playbook", period) for each in where],
        "precision": precision_of(user, stretch, now=now),
        "pending": [
            (each, title_of(each.verification.task, segments))
            for each in learning.pending(user, stretch.departments)[:20]
        ],
        "pending_all": whole_of_fixes.pending,
        "exports": [
            (kind, period.url(path, by=group, sheet="fixes", format=kind)) for kind in FORMATS
        ],
        "exports_of_departments": [
            (kind, period.url(path, sheet="departments", format=kind)) for kind in FORMATS
        ],
        "report": reverse("tasks:report"),
    }
    return render(request, "tasks/insights.html", page)


def _figures(whole: Summary, period: Period) -> list[Figure]:
    return [
        share_figure(_("of fixes are proven"), whole.proven, tasks_url(period, "proven")),
        share_figure(
            _("of fixes brought the metric back"),
            whole.recovered,
            tasks_url(period, "recovered"),
        ),
        share_figure(
            _("of what had worked came back"), whole.relapsed, tasks_url(period, "relapsed")
        ),
        share_figure(
            _("of proven fixes were made permanent"),
            whole.permanent,
            tasks_url(period, "permanent"),
        ),
    ]


def _median(days: float | None) -> str:
    if days is None:
        return _("No fix has been proven in this time.")
    words = {"days": say_number(days)}
    return _("Half of the proven fixes took at most %(days)s days from alert to proof.") % words


def _row(row: Learned, group: str, period: Period) -> Row:
    return Row(
        name=say_group(row, group),
        where=row.where,
        n=row.proven.n,
        shares=[share_figure("", each) for each in (row.proven, row.recovered, row.relapsed)],
        days=say_number(row.days),
        cost=say_number(None if row.cost is None else float(row.cost)),
        benefit=say_number(None if row.benefit is None else float(row.benefit)),
        url=tasks_url(period, "judged", by=group, key=row.key),
    )


def _group(request: HttpRequest) -> str:
    asked = request.GET.get("by", "")
    return asked if asked in GROUPS else "department"
