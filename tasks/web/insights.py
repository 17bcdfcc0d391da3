"""How well the loop works: what came of the fixes, said as sentences first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cx_loop import clock
from cx_loop.models import Actor, User
from cx_loop.ui.sheets import CSV, FORMATS, as_file
from cx_loop.ui.words import say_number
from tasks.actions.export_learning import export_learned
from tasks.logic.learning import GROUPS, Learned, Share
from tasks.notices import segment_names, title_of
from tasks.reads import learning
from tasks.reads.learning import Stretch, Summary
from tasks.ui.learning import GROUPS as GROUP_NAMES
from tasks.ui.learning import say_group

FEW = 10  # of fewer fixes a share is shown lighter: its interval is most of the scale
PERIODS = (90, 365)  # days; else everything


@dataclass(frozen=True, slots=True)
class Figure:
    """A sentence with its number: never without n and interval."""

    said: str
    value: str
    between: str
    few: bool


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    where: str
    n: int
    shares: list[Figure]  # proven, recovered, relapsed
    days: str
    cost: str
    benefit: str


@login_required
@require_safe
def insights(request: HttpRequest) -> HttpResponseBase:
    user, now = request.user, clock.now()
    assert isinstance(user, User)
    group, days = _group(request), _days(request)
    stretch = Stretch(since=now - timedelta(days=days) if days else None)
    kind = request.GET.get("format", "")
    if kind in FORMATS:
        found = learning.learned(user, group, stretch)
        return as_file(export_learned(found, group=group, kind=kind, by=Actor(user), now=now), kind)
    return _page(request, user, group, days, stretch, now)


def _page(
    request: HttpRequest, user: User, group: str, days: int, stretch: Stretch, now: datetime
) -> HttpResponse:
    segments = segment_names()
    rows = learning.learned(user, group, stretch)
    where = learning.learned_where(user, stretch) if group == "playbook" else []
    whole = learning.summary(user, stretch)
    page: dict[str, Any] = {
        "now": now,
        "group": group,
        "days": days,
        "groups": [(key, str(GROUP_NAMES[key])) for key in GROUPS],
        "periods": [(each, _("%(days)s days") % {"days": each}) for each in PERIODS],
        "figures": _figures(whole),
        "median": _median(whole.days),
        "rows": [_row(each, group) for each in rows],
        "where": [_row(each, "playbook") for each in where],
        "pending": [
            (each, title_of(each.verification.task, segments))
            for each in learning.pending(user)[:20]
        ],
        "pending_all": whole.pending,
        "exports": [(kind, f"?by={group}&days={days}&format={kind}") for kind in (CSV, "xlsx")],
    }
    return render(request, "tasks/insights.html", page)


def _figures(whole: Summary) -> list[Figure]:
    return [
        _figure(_("of fixes are proven"), whole.proven),
        _figure(_("of fixes brought the metric back"), whole.recovered),
        _figure(_("of what had worked came back"), whole.relapsed),
        _figure(_("of proven fixes were made permanent"), whole.permanent),
    ]


def _median(days: float | None) -> str:
    if days is None:
        return _("No fix has been proven in this time.")
    words = {"days": say_number(days)}
    return _("Half of the proven fixes took at most %(days)s days from alert to proof.") % words


def _figure(said: str, share: Share) -> Figure:
    if share.share is None or share.interval is None:
        return Figure(said, "–", _("none yet"), few=True)
    low, high = share.interval
    words = {
        "count": share.count,
        "n": share.n,
        "low": f"{low:.0f}",
        "high": f"{high:.0f}",
    }
    between = _("%(count)s of %(n)s, 95 %% interval %(low)s to %(high)s %%") % words
    return Figure(said, f"{share.share:.0f} %", between, few=share.n < FEW)


def _row(row: Learned, group: str) -> Row:
    return Row(
        name=say_group(row, group),
        where=row.where,
        n=row.proven.n,
        shares=[_figure("", each) for each in (row.proven, row.recovered, row.relapsed)],
        days=say_number(row.days),
        cost=say_number(None if row.cost is None else float(row.cost)),
        benefit=say_number(None if row.benefit is None else float(row.benefit)),
    )


def _group(request: HttpRequest) -> str:
    asked = request.GET.get("by", "")
    return asked if asked in GROUPS else "department"


def _days(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in {str(each) for each in PERIODS} else 0
