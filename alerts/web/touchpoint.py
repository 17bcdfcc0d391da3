"""A touchpoint: how its metrics stand, what it promises, and what is wrong there now."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alerts import reads
from alerts.actions.silences import may_silence
from alerts.ui.slots import task_by_hand, work_here
from alerts.web.metric_cards import metric_cards
from alerts.web.standards import standard_lines
from alerts.web.words import alert_rows
from cx_loop import clock
from cx_loop.actions.touchpoints import give_to
from cx_loop.models import Actor, Department, Organization, Touchpoint, User, in_language, once
from cx_loop.reads.voice import themes_of
from cx_loop.ui.themes import theme_rows
from cx_loop.ui.voice import said_of
from cx_loop.web.journey_figures import segment_names

THEMES = 5  # on the page of the touchpoint; the page of its comments has all
DAYS = 56  # of a chart: eight weeks


@login_required
@require_safe
def touchpoint(request: HttpRequest, key: str) -> HttpResponse:
    assert isinstance(request.user, User)
    seen = Touchpoint.objects.all().visible_to(request.user)
    found = get_object_or_404(seen.select_related("stage__journey", "owner"), key=key)
    now, zone = once("now", clock.now), Organization.current().zone
    today = reads.local_day(now, zone)
    since = today - timedelta(days=DAYS - 1)
    standards = list(found.standards.filter(retired_at=None).select_related("metric", "touchpoint"))
    work = work_here(found, request.user, since)
    targets = {each.metric_id: each.target for each in standards if each.target is not None}
    page = {
        "now": now,
        "touchpoint": found,
        "support": list(found.support.all()),
        "standards": standard_lines(standards, Actor(user=request.user), now=now),
        "work": work,
        "cards": metric_cards(
            reads.standings(found, zone=zone, today=today, days=DAYS),
            targets=targets,
            alerts=reads.alerts_since(request.user, found, _midnight(since, zone)),
            fixes=work.fixes,
            zone=zone,
        ),
        "task_by_hand": task_by_hand(found.key),
        "comments": [said_of(each, segment_names()) for each in reads.latest_comments(found)],
        "themes": theme_rows(themes_of(found, now=now)[:THEMES]),
        "may_silence": may_silence(request.user),
        "departments": _others(found) if request.user.is_superuser else [],
        "alerts": alert_rows(reads.open_alerts_at(request.user, found), request.user, now),
    }
    return render(request, "alerts/touchpoint.html", page)


@login_required
@require_POST
def owner(request: HttpRequest, key: str) -> HttpResponse:
    """Another department owns it from now on; what is open may go along."""
    assert isinstance(request.user, User)
    seen = Touchpoint.objects.all().visible_to(request.user)
    found = get_object_or_404(seen.select_related("owner"), key=key)
    if not request.user.is_superuser:
        raise PermissionDenied
    named = request.POST.get("department", "").replace("\x00", "")
    to = Department.objects.in_force().filter(key=named).first()
    if to is None:
        messages.warning(request, _("Choose a department."))
        return redirect("alerts:touchpoint", key=key)
    moved = give_to(
        touchpoint=found,
        to=to,
        by=Actor(user=request.user),
        now=clock.now(),
        with_tasks=bool(request.POST.get("with_tasks")),
        reason=_("The touchpoint has another owner."),
    )
    said = _("New alerts go to %(department)s. Open tasks handed over: %(count)s.")
    messages.success(request, said % {"department": in_language(to.name), "count": moved})
    return redirect("alerts:touchpoint", key=key)


def _others(touchpoint: Touchpoint) -> list[Department]:
    return list(Department.objects.in_force().exclude(pk=touchpoint.owner_id))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)
