"""What is watched by nothing, what watches nothing, and what is too thin ever to alarm.

Every list is read by keyset; the thin ones are told from the decisions that were made, which are
what would have raised an alert.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Exists, OuterRef, QuerySet

from alerts.logic.conditions import Spec, edge_at_or_before, spec_from_json
from alerts.models import Evaluation, Group, GroupSeries, Rule, RuleState
from alerts.reads.pages import PAGE
from alerts.reads.rules import rules_seen, watched_states
from cx_loop.models import ServiceStandard, Touchpoint, Viewer
from cx_loop.reads import totals_of_windows

Keyed = TypeVar("Keyed", Touchpoint, ServiceStandard, Rule)

WEEKS = 8
YOUNG = timedelta(days=7)
TOO_FEW = ("insufficient", "no_data", "error")
LONGER = tuple(timedelta(days=days) for days in (1, 2, 3, 7, 14, 28, 56, 90))


@dataclass(frozen=True, slots=True)
class ThinGroup:
    """A group that no decision of the last weeks found enough for.

    `usual`: observations in an average window; `wanted`: what the rule asks for; `window`: a
    longer one that would usually hold enough, None where even 90 days would not.
    """

    group: Group
    usual: float
    wanted: int
    window: timedelta | None


def unwatched_touchpoints(viewer: Viewer) -> QuerySet[Touchpoint]:
    seen = Touchpoint.objects.all().visible_to(viewer).in_force().select_related("owner")
    return seen.filter(~Exists(_watching().filter(touchpoint=OuterRef("pk")))).order_by("key")


def unwatched_standards(viewer: Viewer) -> QuerySet[ServiceStandard]:
    """Those with metric and target: words cannot be watched."""
    seen = ServiceStandard.objects.in_force().visible_to(viewer)
    measured = seen.filter(metric__isnull=False, target__isnull=False)
    mine = _watching().filter(
        touchpoint=OuterRef("touchpoint"), rule__current__metric=OuterRef("metric")
    )
    return measured.filter(~Exists(mine)).select_related("touchpoint", "metric").order_by("key")


def blind_rules(viewer: Viewer) -> QuerySet[Rule]:
    """Rules in force under which no series has ever arrived."""
    members = GroupSeries.objects.filter(group__rule=OuterRef("pk"))
    return rules_seen(viewer).in_force().filter(~Exists(members)).order_by("key")


def thin_groups(viewer: Viewer, *, now: datetime) -> QuerySet[Group]:
    """Groups judged in the last weeks, and always found to have too few."""
    since = now - timedelta(weeks=WEEKS)
    recent = Evaluation.objects.filter(group=OuterRef("pk"), until__gte=since)
    settled = RuleState.objects.filter(group=OuterRef("pk"), version__created_at__lt=now - YOUNG)
    seen = Touchpoint.objects.all().visible_to(viewer).order_by()
    groups = _watching().filter(Exists(settled), touchpoint__in=seen)
    return groups.filter(Exists(recent), ~Exists(recent.exclude(verdict__in=TOO_FEW))).order_by(
        "pk"
    )


def measure_thin(groups: Sequence[Group], *, now: datetime) -> list[ThinGroup]:
    """How thin each is, of at most a page: two queries."""
    members: dict[int, list[int]] = {group.pk: [] for group in groups}
    rows = GroupSeries.objects.filter(group__in=members).order_by("group_id", "series_id")
    for owner, series in rows.values_list("group_id", "series_id"):
        members[owner].append(series)
    end = edge_at_or_before(now, timedelta(days=1))
    start = end - timedelta(weeks=WEEKS)
    totals = totals_of_windows((group.pk, members[group.pk], start, end) for group in groups)
    found = []
    for group in groups:
        assert group.rule.current is not None
        spec = spec_from_json(group.rule.current.spec)
        n = totals[group.pk].samples(group.rule.current.metric.kind)
        a_day = n / (WEEKS * 7)
        usual = a_day * (spec.window / timedelta(days=1))
        found.append(ThinGroup(group, usual, spec.min_samples, _long_enough(spec, a_day)))
    return found


def page_of(rows: QuerySet[Keyed], after: str) -> tuple[list[Keyed], str]:
    """A page by key from the one after `after` on, and where the next begins ('': nowhere)."""
    found = list(rows.filter(key__gt=after)[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].key if len(found) > PAGE else ""


def _watching() -> QuerySet[Group]:
    groups = Group.objects.filter(rule__retired_at=None, rule__current__isnull=False)
    return groups.filter(Exists(watched_states())).select_related(
        "rule__current__metric", "touchpoint"
    )


def _long_enough(spec: Spec, a_day: float) -> timedelta | None:
    for window in LONGER:
        if window > spec.window and a_day * (window / timedelta(days=1)) >= spec.min_samples:
            return window
    return None
