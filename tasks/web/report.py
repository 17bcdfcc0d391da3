"""The report of a month, for the meeting of the departments: to be read and to be printed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts import reads as alert_reads
from alerts.web.quality import say_change_proposed, say_reason
from cx_loop import clock
from cx_loop.models import User, in_language, zone_of
from cx_loop.ui.words import say_month
from tasks.notices import segment_names, title_of
from tasks.reads import learning
from tasks.reads.loop import loop_of
from tasks.reads.loop_figures import before
from tasks.reads.open_points import Points, open_points
from tasks.ui.learning import say_group
from tasks.web.figures import Figure, headline, share_figure, sides_of
from tasks.web.periods import Period, departments_for, month_of
from tasks.web.precision import MOST_RULES, precision_of
from tasks.web.words import clock_of

MONTHS = 12  # to choose among
MOST_PROPOSALS = 8


@dataclass(frozen=True, slots=True)
class Point:
    title: str
    url: str
    under: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """One kind of open points; `more`: how many are not shown."""

    name: str
    ask: str
    points: list[Point]
    more: int


@login_required
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    user, now = request.user, clock.now()
    period, first = month_of(request.GET.get("month", "")[:7], request.GET, user, now)
    whole_of_fixes = learning.summary(user, period.stretch)
    loop = loop_of(user, period.stretch, whole_of_fixes, now=now)
    whole, sides = loop.whole, loop.sides
    figures = headline(whole, period)
    zone, segments = zone_of(user), segment_names()
    agenda = [
        _agenda(each, zone, segments, now)
        for each in open_points(user, period.stretch, now=now)
        if each.count
    ]
    page: dict[str, Any] = {
        "now": now,
        "period": period,
        "month": say_month(first),
        "chosen": f"{first:%Y-%m}",
        "months": list(_months(now, zone)),
        "departments": departments_for(user),
        "department": dict(departments_for(user)).get(period.department, ""),
        "opened": whole.opened,
        "earlier": _earlier(user, period, figures, now),
        "sides": sides_of([*sides, whole] if len(sides) > 1 else [whole], period),
        "worked": _worked(user, period),
        "precision": precision_of(user, period.stretch, now=now),
        "proposals": list(_proposals(user, period, now)),
        "agenda": agenda,
        "points": sum(len(each.points) + each.more for each in agenda),
        "back": period.url(reverse("tasks:insights")),
    }
    return render(request, "tasks/report.html", page)


def _earlier(
    user: User, period: Period, figures: list[Figure], now: datetime
) -> list[tuple[Figure, str]]:
    """Each figure beside what it was in the stretch before: what a meeting asks first."""
    stretch = before(period.stretch)
    if stretch is None:
        return [(figure, "") for figure in figures]
    then = Period(stretch, None, None, 0, period.department)
    whole = loop_of(user, stretch, learning.summary(user, stretch), now=now).whole
    return [
        (figure, _("before: %(value)s") % {"value": old.value})
        for figure, old in zip(figures, headline(whole, then), strict=True)
    ]


def _worked(user: User, period: Period) -> list[tuple[str, Figure]]:
    """The playbooks that were tried, those that were proven most often first."""
    found = learning.learned(user, "playbook", period.stretch)
    rated = sorted(found, key=lambda each: (-(each.proven.share or 0), -each.proven.n, each.key))
    return [(say_group(each, "playbook"), share_figure("", each.proven)) for each in rated[:5]]


def _proposals(user: User, period: Period, now: datetime) -> Iterator[tuple[str, str, str, str]]:
    """Rules for which a change is proposed: name, address, what, why."""
    until = min(period.stretch.until or now, now)
    since = min(period.stretch.since or until, until) - timedelta(days=60)
    rules = list(alert_reads.rules_seen(user).in_force().order_by("key")[:MOST_RULES])
    found = alert_reads.review_of(user, rules, since=since, now=until)
    told = [each for each in found if each.proposal is not None]
    for each in sorted(told, key=lambda each: -each.quality.alerts)[:MOST_PROPOSALS]:
        assert each.proposal is not None
        yield (
            in_language(each.rule.name) or each.rule.key,
            reverse("alerts:rule", args=[each.rule.key]),
            say_change_proposed(each.proposal),
            say_reason(each.proposal),
        )


def _agenda(found: Points, zone: ZoneInfo, segments: dict[str, str], now: datetime) -> Agenda:
    name, ask = _kind(found.kind)
    points = [
        Point(
            title=f"#{task.number} {title_of(task, segments)}",
            url=reverse("tasks:task", args=[task.number]),
            under=" · ".join(
                each
                for each in (
                    in_language(task.department.name) or task.department.key,
                    str(task.assignee or _("nobody yet")),
                    *clock_of(task, now, zone)[:2],
                )
                if each
            ),
        )
        for task in found.tasks
    ]
    return Agenda(name, ask, points, found.count - len(points))


def _kind(kind: str) -> tuple[str, str]:
    return {
        "unattended": (_("Nobody attends to it"), _("Who takes it?")),
        "director": (_("Escalated to a director"), _("What keeps it?")),
        "late": (_("Late"), _("What does it take to finish it?")),
        "decide": (_("A person must decide"), _("Has the fix worked?")),
        "relapsed": (_("Came back this month"), _("What did the fix not reach?")),
        "permanent": (
            _("Proven, not made permanent yet"),
            _("What is changed for good, and by whom?"),
        ),
    }[kind]


def _months(now: datetime, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """This month and those before it."""
    first: date = now.astimezone(zone).date().replace(day=1)
    for _each in range(MONTHS):
        yield f"{first:%Y-%m}", say_month(first)
        first = (first - timedelta(days=1)).replace(day=1)
