"""The list of alerts, and one alert with the evaluations behind it."""

from dataclasses import asdict
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts import reads
from alerts.actions.export import export_alerts
from alerts.actions.silences import may_silence
from alerts.actions.work import allowed_calls
from alerts.models import Alert
from alerts.notices import say_aggregate_name, say_evaluation, say_rule, say_verdict
from alerts.web.dismissal import Dismiss
from alerts.web.silence_words import say_quiet
from alerts.web.silences import snooze_choices
from alerts.web.words import alert_rows, group_rows
from cx_loop import clock
from cx_loop.models import Actor, Organization, User, in_language, zone_of
from cx_loop.ui.charts import Line, Marker, Trend, trend
from cx_loop.ui.sheets import CSV, FORMATS, XLSX, TooLong, as_file, say_too_long
from cx_loop.ui.words import say_number, unit_of

STATES = ("unresolved", "over", "all")
DAYS_BEFORE, DAYS_IN_ALL = 21, 60


@login_required
@require_safe
def alert_list(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    filters = _filters(request)
    after = reads.AlertPlace.parse(request.GET.get("after", ""))
    alerts, more = reads.alert_list(request.user, filters, after=after)
    now = clock.now()
    page = {
        "now": now,
        "rows": alert_rows(alerts, request.user, now),
        "more": str(more or ""),
        "filters": filters,
        "states": [("unresolved", _("Unresolved")), ("over", _("Over")), ("all", _("All"))],
        "touchpoints": reads.touchpoints_for(request.user),
        "may_silence": may_silence(request.user),
        "exports": [
            (kind, f"{reverse('alerts:export')}?{urlencode(asdict(filters) | {'format': kind})}")
            for kind in FORMATS
        ],
        "is_narrowed": bool(filters.severity or filters.touchpoint),
    }
    return render(request, "alerts/list.html", page)


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """What the list shows now, all its pages, as a file."""
    assert isinstance(request.user, User)
    kind = XLSX if request.GET.get("format") == XLSX else CSV
    try:
        sheet = export_alerts(
            reads.alerts_listed(request.user, _filters(request)),
            kind=kind,
            viewer=request.user,
            by=Actor(request.user),
            now=clock.now(),
            asked=request.META.get("QUERY_STRING", ""),
        )
    except TooLong:
        messages.warning(request, say_too_long())
        return redirect(f"{reverse('alerts:list')}?{request.GET.urlencode()}")
    return as_file(sheet, kind)


@login_required
@require_safe
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    return alert_page(request, pk)


def alert_page(
    request: HttpRequest, pk: int, *, dismissing: Dismiss | None = None, status: int = 200
) -> HttpResponse:
    """The page of an alert; `dismissing`: a form that was sent and refused."""
    assert isinstance(request.user, User)
    seen = Alert.objects.all().visible_to(request.user)
    related = seen.select_related(
        "touchpoint",
        "group__touchpoint",
        "version__metric",
        "version__rule",
        "silence__author",
        "snoozed_by",
    )
    found = get_object_or_404(related, pk=pk)
    spec, now = found.version.spec, clock.now()
    calls = allowed_calls(found, Actor(request.user))
    page = {
        "now": now,
        "quiet": say_quiet(found, zone_of(request.user), now),
        "calls": calls,
        "is_dismissing": dismissing is not None,
        "dismiss_form": dismissing or Dismiss(),
        "snoozes": snooze_choices() if "snooze" in calls else [],
        "may_silence": may_silence(request.user),
        "alert": found,
        "row": alert_rows([found], request.user, now)[0],
        "rule": say_rule(spec, found.version.metric),
        "log": group_rows([found.group])[0].query,
        "chart": _chart(found),
        "evaluations": [
            (each, say_verdict(each.verdict), say_number(each.value), say_evaluation(each))
            for each in reads.evaluations_behind(found)
        ],
    }
    return render(request, "alerts/alert.html", page, status=status)


def _filters(request: HttpRequest) -> reads.AlertFilters:
    """What was asked for, as far as it makes sense; a wrong filter is left out."""
    state = request.GET.get("state", "")
    severity = request.GET.get("severity", "")
    return reads.AlertFilters(
        state=state if state in STATES else "unresolved",
        severity=severity if severity in {"1", "2"} else "",
        touchpoint=request.GET.get("touchpoint", "").replace("\x00", "")[:80],
    )


def _chart(alert: Alert) -> Trend:
    zone, spec, metric = Organization.current().zone, alert.version.spec, alert.version.metric
    aggregate = reads.aggregate_of(spec)
    opened = reads.local_day(alert.opened_at, zone)
    first = opened - timedelta(days=DAYS_BEFORE)
    ended = reads.local_day(alert.closed_at or clock.now(), zone)
    last = min(max(ended, opened), first + timedelta(days=DAYS_IN_ALL))
    series = reads.series_of_groups([alert.group_id])
    words = {
        "aggregate": say_aggregate_name(spec.get("aggregate")),
        "metric": in_language(metric.name) or metric.key,
    }
    return trend(
        reads.daily_points(series, metric, aggregate, zone=zone, first=first, last=last),
        title=_("%(metric)s by day, %(aggregate)s") % words,
        unit=unit_of(metric.kind, metric.unit, aggregate.name),
        lines=threshold_lines(spec),
        markers=[Marker(opened, "alert", _("Alert"))],
        bounds=reads.bounds_of(metric, aggregate),
    )


def threshold_lines(spec: dict[str, object]) -> list[Line]:
    words = {"warning": _("Warning %(line)s"), "critical": _("Critical %(line)s")}
    return [
        Line(line, name, words[name] % {"line": say_number(line)})
        for name, line in reads.lines_of(spec)
    ]
