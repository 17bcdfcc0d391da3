"""Why did it fire, or why did it not: the log of one group of a rule, and the chart behind it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts import reads
from alerts.models import Evaluation, Group, Rule
from alerts.notices import (
    say_aggregate_name,
    say_evaluation,
    say_state,
    say_verdict,
    split_aggregate,
)
from alerts.web.alerts import threshold_lines
from alerts.web.rules import group_lines, name_of
from alerts.web.words import group_rows
from cx_loop import clock
from cx_loop.logic.scores import PERCENTILES
from cx_loop.models import Organization, User, in_language
from cx_loop.ui.charts import Trend, trend
from cx_loop.ui.words import say_number, say_value, unit_of

DIMENSIONS = ("segment", "channel", "location")


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One row of the log; `between` is the interval where one was judged."""

    row: Evaluation
    value: str
    between: str
    verdict: str
    reason: str


@login_required
@require_safe
def why(request: HttpRequest, key: str) -> HttpResponse:
    assert isinstance(request.user, User)
    rule = get_object_or_404(reads.rules_seen(request.user), key=key)
    asked = {
        name: request.GET.get(name, "").replace("\x00", "")[:80]
        for name in ("touchpoint", *DIMENSIONS)
    }
    now = clock.now()
    page = {"now": now, "rule": rule, "name": name_of(rule)}
    if not asked["touchpoint"]:
        groups, _more = reads.watched_groups(request.user, rule)
        page |= {"groups": group_lines(groups), "more": "", "missing": False}
        return render(request, "alerts/why_choose.html", page)
    group = reads.find_group(request.user, rule, **asked)
    if group is None:
        return render(request, "alerts/why_choose.html", page | {"missing": True}, status=404)
    found = reads.decisions_about(group, after=_place(request.GET.get("after", "")))
    state = getattr(group, "state", None)
    page |= {
        "group": group_rows([group])[0],
        "state": say_state(state.state, muted=state.muted) if state else "",
        "lines": [_line(row, rule) for row in found.rows],
        "next": urlencode({**asked, "after": found.next}) if found.next else "",
        "is_first": not request.GET.get("after"),
        "chart": _chart(rule, group, now),
    }
    return render(request, "alerts/why.html", page)


def _line(row: Evaluation, rule: Rule) -> DecisionLine:
    unit = _unit(rule)
    between = row.interval
    return DecisionLine(
        row=row,
        value=say_value(row.value, unit),
        between=f"{say_number(between[0])} – {say_number(between[1])}" if between else "–",
        verdict=say_verdict(row.verdict),
        reason=say_evaluation(row),
    )


def _unit(rule: Rule) -> str:
    version = rule.current
    if version is None:
        return ""
    name = split_aggregate(version.spec.get("aggregate"))[0]
    if version.spec.get("drift") and name in PERCENTILES:
        name = "share_above"  # what drifts is the share beyond the percentile
    return unit_of(version.metric.kind, version.metric.unit, name)


def _chart(rule: Rule, group: Group, now: datetime) -> Trend | None:
    version = rule.current
    if version is None:
        return None
    spec, metric = version.spec, version.metric
    aggregate = reads.aggregate_of(spec)
    words = {
        "aggregate": say_aggregate_name(spec.get("aggregate")),
        "metric": in_language(metric.name) or metric.key,
    }
    zone, series = Organization.current().zone, reads.series_of_groups([group.pk])
    if spec.get("drift") and (
        drifted := reads.drift_points(group.pk, series, metric, aggregate, zone=zone, now=now)
    ):
        said = _("%(metric)s smoothed over days, with the limits of what was normal") % words
        return trend(drifted, title=said, unit=_unit(rule))
    points = reads.window_points(
        series,
        metric,
        aggregate,
        window=str(spec.get("window", "")),
        zone=zone,
        now=now,
    )
    return trend(
        points,
        title=_("%(metric)s as the rule sees it at the end of each day, %(aggregate)s") % words,
        unit=_unit(rule),
        lines=threshold_lines(spec),
        bounds=reads.bounds_of(metric, aggregate),
    )


def _place(text: str) -> tuple[datetime, int] | None:
    """Where a page of the log begins: "2025-11-21T08:00:00+00:00,42"; None for anything else."""
    edge, _comma, pk = text.replace(" ", "+").rpartition(",")
    try:
        at = datetime.fromisoformat(edge)
    except ValueError:
        return None
    return (at, int(pk)) if at.tzinfo and pk.isdecimal() and len(pk) < 18 else None
