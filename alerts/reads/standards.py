"""How the standards of touchpoints stand: the same queries for one standard or fifty."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists

from alerts.logic.durations import parse_duration
from alerts.logic.quality import Share
from alerts.logic.refusals import SpecError
from alerts.logic.standards import (
    Criterion,
    Promise,
    criterion,
    kept_by_answers,
    kept_by_windows,
)
from alerts.models import Group
from alerts.reads.pages import local_day
from alerts.reads.rules import watched_states
from cx_loop.logic.scores import value
from cx_loop.logic.totals import Totals
from cx_loop.models import Organization, Series, ServiceStandard
from cx_loop.reads import totals_of_windows

PERIODS = (7, 30)
Names = dict[str, Any]  # key -> a text per language


@dataclass(frozen=True, slots=True)
class Kept:
    """A standard over its periods.

    `shares`: days of the period -> how many answers or windows kept it. `values`: the same days
    -> the aggregate. `wanted`: percent of answers that have to keep it; None: none is said.
    `by_day`: percent of answers that kept it, or the aggregate; None on a silent day.
    `rules`: the rules in force that watch the metric there, by key with their names.
    """

    standard: ServiceStandard
    promise: Promise | None
    by_answers: bool
    wanted: float | None
    shares: dict[int, Share]
    values: dict[int, float | None]
    by_day: list[tuple[date, float | None]]
    rules: Names


def promise_of(standard: ServiceStandard) -> Promise | None:
    """None for a standard in words only."""
    if standard.metric is None or standard.target is None:
        return None
    return Promise(standard.asks, standard.target, standard.at_most)


def kept_standards(standards: Sequence[ServiceStandard], *, now: datetime) -> list[Kept]:
    """Each standard over the last 7 and 30 local days, today included: three queries for all."""
    zone = Organization.current().zone
    today = local_day(now, zone)
    days = [today - timedelta(days=back) for back in reversed(range(max(PERIODS)))]
    measured = [each for each in standards if each.is_measured]
    series = _series_of(measured)
    totals = totals_of_windows(
        ((each.pk, day), series[each.touchpoint_id, each.metric_id or 0], *_span(day, zone))
        for each in measured
        for day in days
    )
    watched = rules_watching(measured)
    return [
        _kept(
            each,
            [(day, totals.get((each.pk, day), Totals())) for day in days],
            watched.get((each.touchpoint_id, each.metric_id or 0), {}),
        )
        for each in standards
    ]


def rules_watching(standards: Sequence[ServiceStandard]) -> dict[tuple[int, int], Names]:
    """(touchpoint, metric) -> the rules in force that watch it, by key with their names."""
    groups = Group.objects.filter(
        touchpoint__in={each.touchpoint_id for each in standards},
        rule__retired_at=None,
        rule__current__metric__in={each.metric_id for each in standards},
    )
    groups = groups.filter(Exists(watched_states())).order_by()
    found: dict[tuple[int, int], Names] = defaultdict(dict)
    columns = ("touchpoint", "rule__current__metric", "rule__key", "rule__name")
    named = groups.order_by("rule__key").values_list(*columns).distinct()
    for touchpoint, metric, key, name in named:
        found[touchpoint, metric][key] = name
    return found


def _kept(standard: ServiceStandard, days: list[tuple[date, Totals]], rules: Names) -> Kept:
    promise = promise_of(standard)
    if promise is None or standard.metric is None:
        return Kept(standard, None, False, None, {}, {}, [], {})
    scale = standard.metric.scale
    rule = criterion(promise, scale)
    length = _days_of(standard.window) if rule is None else 1
    shares, values = {}, {}
    for period in PERIODS:
        part = [totals for _day, totals in days[-period:]]
        together = Totals.combined(part)
        values[period] = value(together, promise.aggregate, scale) if together.n else None
        shares[period] = (
            kept_by_answers(rule, together, scale)
            if rule
            else kept_by_windows(promise, _windows(part, length), scale)
        )
    return Kept(
        standard=standard,
        promise=promise,
        by_answers=rule is not None,
        wanted=rule.wanted if rule else None,
        shares=shares,
        values=values,
        by_day=[(day, _of_day(promise, rule, totals, standard)) for day, totals in days],
        rules=rules,
    )


def _of_day(
    promise: Promise, rule: Criterion | None, totals: Totals, standard: ServiceStandard
) -> float | None:
    assert standard.metric is not None
    if totals.n <= 0:
        return None
    scale = standard.metric.scale
    return (
        kept_by_answers(rule, totals, scale).percent
        if rule
        else value(totals, promise.aggregate, scale)
    )


def _windows(days: Sequence[Totals], length: int) -> list[Totals]:
    """The days in adjacent stretches of a length, counted back from today; a rest is left out."""
    newest = list(reversed(days))
    starts = range(0, len(newest) - length + 1, length)
    return [Totals.combined(newest[start : start + length]) for start in starts]


def _days_of(window: str) -> int:
    try:
        return max(1, round(parse_duration(window or "1d", "window") / timedelta(days=1)))
    except SpecError:
        return 1


def _series_of(standards: Sequence[ServiceStandard]) -> dict[tuple[int, int], list[int]]:
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    rows = Series.objects.filter(
        touchpoint__in={each.touchpoint_id for each in standards},
        metric__in={each.metric_id for each in standards},
    ).order_by("pk")
    for pk, touchpoint, metric in rows.values_list("pk", "touchpoint", "metric"):
        found[touchpoint or 0, metric].append(pk)
    return found


def _span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time(), tzinfo=zone)
    return start, datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
