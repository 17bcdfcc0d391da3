"""A touchpoint: how its metrics stand, what it promises, and what is wrong there now."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alerts import reads
from alerts.actions.silences import may_silence
from alerts.notices import say_aggregate_name, say_n
from alerts.ui.slots import task_by_hand
from alerts.web.standards import standard_lines
from alerts.web.words import alert_rows
from cx_loop import clock
from cx_loop.actions.touchpoints import give_to
from cx_loop.models import Actor, Department, Organization, Touchpoint, User, in_language
from cx_loop.ui.charts import Line, Trend, trend
from cx_loop.ui.words import say_number, say_value, unit_of


@dataclass(frozen=True, slots=True)
class MetricCard:
    name: str
    aggregate: str
    value: str
    n: str
    between: str
    chart: Trend


@login_required
@require_safe
def touchpoint(request: HttpRequest, key: str) -> HttpResponse:
    assert isinstance(request.user, User)
    seen = Touchpoint.objects.all().visible_to(request.user)
    found = get_object_or_404(seen.select_related("stage__journey", "owner"), key=key)
    now, zone = clock.now(), Organization.current().zone
    standards = list(found.standards.filter(retired_at=None).select_related("metric", "touchpoint"))
    targets = {each.metric_id: each.target for each in standards if each.target is not None}
    page = {
        "now": now,
        "touchpoint": found,
        "support": list(found.support.all()),
        "standards": standard_lines(standards, Actor(user=request.user), now=now),
        "cards": [
            _card(each, targets.get(each.metric.pk))
            for each in reads.standings(found, zone=zone, today=reads.local_day(now, zone))
        ],
        "task_by_hand": task_by_hand(found.key),
        "comments": reads.latest_comments(found),
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


def _card(standing: reads.Standing, target: float | None) -> MetricCard:
    metric, name = standing.metric, standing.aggregate.name
    unit = unit_of(metric.kind, metric.unit, name)
    between = ""
    if standing.interval is not None:
        ends = {
            "low": say_number(standing.interval.low),
            "high": say_number(standing.interval.high),
        }
        between = _("95 %% interval %(low)s to %(high)s") % ends
    title = in_language(metric.name) or metric.key
    # a target is in the unit of single values, so it is drawn only where the aggregate keeps it
    lines = [Line(target or 0.0, "warning", _("Target %(line)s") % {"line": say_number(target)})]
    words = {"metric": title, "aggregate": say_aggregate_name(name)}
    return MetricCard(
        name=title,
        aggregate=say_aggregate_name(name),
        value=say_value(standing.value, unit),
        n=say_n(standing.n, metric.kind),
        between=between,
        chart=trend(
            standing.points,
            title=_("%(metric)s by day, %(aggregate)s") % words,
            unit=unit,
            lines=lines if target is not None and unit == metric.unit else [],
            bounds=reads.bounds_of(metric, standing.aggregate),
        ),
    )
