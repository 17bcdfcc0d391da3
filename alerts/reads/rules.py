"""What feeds the pages of rules: what each watches, where it stands, and why it (did not) fire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from alerts.logic.durations import parse_duration
from alerts.logic.edges import DAY, edge_at_or_before
from alerts.logic.refusals import SpecError
from alerts.models import Alert, Evaluation, Group, GroupSeries, Rule, RuleState, RuleVersion
from alerts.models.rule import RuleQuerySet
from alerts.reads.pages import PAGE, daily_points, local_day
from cx_loop.logic.scores import Aggregate, interval, value
from cx_loop.models import Activity, Journey, Metric, Stage, Touchpoint, Viewer
from cx_loop.reads import totals_of_windows
from cx_loop.ui.charts import Point

LAST_ROWS = """
SELECT last.* FROM unnest(%s::bigint[]) AS wanted(group_id)
CROSS JOIN LATERAL (
    SELECT * FROM alerts_evaluation WHERE group_id = wanted.group_id
    ORDER BY edge DESC, id DESC LIMIT 1
) AS last
"""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with how many groups the reader sees it watch, and how many of these fire."""

    rule: Rule
    groups: int
    firing: int
    alerts: int


@dataclass(frozen=True, slots=True)
class RuleList:
    rows: list[RuleRow]
    next: str  # key of the last row when there are more, else ''


@dataclass(frozen=True, slots=True)
class WatchedGroup:
    """A group with its state (None: it is not watched any more) and its newest decision."""

    group: Group
    state: RuleState | None
    last: Evaluation | None


@dataclass(frozen=True, slots=True)
class Decisions:
    """A page of the log of one group, newest first; `next` is where the following one begins."""

    rows: list[Evaluation]
    next: str


def rules_seen(viewer: Viewer) -> RuleQuerySet:
    """Rules that watch, or watched, a touchpoint the viewer sees; each once."""
    seen = Rule.objects.all().visible_to(viewer).order_by()
    every = Rule.objects.select_related("current__metric", "current__playbook")
    return every.filter(pk__in=seen.values("pk"))


def rule_list(viewer: Viewer, *, retired: bool = False, after: str = "") -> RuleList:
    """A page of rules by key, from the one after `after` on: four queries whatever their number."""
    found = rules_seen(viewer).filter(retired_at__isnull=not retired, key__gt=after)
    rules = list(found.order_by("key")[: PAGE + 1])
    more, rules = len(rules) > PAGE, rules[:PAGE]
    members = GroupSeries.objects.filter(group=OuterRef("group"))
    watched = Q(next_edge__isnull=False) | Exists(members)
    states = _states_seen(viewer).filter(watched, group__rule__in=rules).order_by()
    counted = {
        rule: (every, firing)
        for rule, every, firing in states.values_list("group__rule").annotate(
            every=Count("pk"), firing=Count("pk", filter=Q(level__isnull=False))
        )
    }
    alerts = Alert.objects.all().visible_to(viewer).unresolved().order_by()
    unresolved = dict(
        alerts.filter(version__rule__in=rules)
        .values_list("version__rule")
        .annotate(Count("pk", distinct=True))
    )
    rows = [
        RuleRow(
            rule=rule,
            groups=counted.get(rule.pk, (0, 0))[0],
            firing=counted.get(rule.pk, (0, 0))[1],
            alerts=unresolved.get(rule.pk, 0),
        )
        for rule in rules
    ]
    return RuleList(rows, rules[-1].key if more else "")


def watched_states() -> QuerySet[RuleState]:
    """States of an outer group that its rule watches: data arrive for it, or are waited for."""
    members = GroupSeries.objects.filter(group=OuterRef("group"))
    mine = RuleState.objects.filter(group=OuterRef("pk"))
    return mine.filter(Q(next_edge__isnull=False) | Exists(members))


def versions_of(rule: Rule) -> list[RuleVersion]:
    """Newest first."""
    versions = rule.versions.select_related("metric", "playbook", "created_by")
    return list(versions.order_by("-number"))


def last_turn(rule: Rule) -> Activity | None:
    """The newest retiring or bringing back that has a reason."""
    trail = Activity.objects.filter(subject="rule", subject_id=rule.pk, verb="configured")
    return trail.filter(params__has_key="reason").select_related("user").order_by("-at").first()


def watched_groups(
    viewer: Viewer, rule: Rule, *, after: int = 0
) -> tuple[list[WatchedGroup], int | None]:
    """A page of the groups the viewer sees, by age; and the group after which the next begins."""
    found = _groups_seen(viewer).filter(rule=rule, pk__gt=after).order_by("pk")
    groups = list(found[: PAGE + 1])
    more, groups = len(groups) > PAGE, groups[:PAGE]
    last = {
        row.group_id: row
        for row in Evaluation.objects.raw(LAST_ROWS, [[group.pk for group in groups]])
    }
    rows = [
        WatchedGroup(group, getattr(group, "state", None), last.get(group.pk)) for group in groups
    ]
    return rows, groups[-1].pk if more else None


def find_group(viewer: Viewer, rule: Rule, **named: str) -> Group | None:
    """The group of a touchpoint (key) and dimensions; None when the viewer sees no such group."""
    touchpoint, dimensions = named.pop("touchpoint", ""), named
    found = _groups_seen(viewer).filter(rule=rule, touchpoint__key=touchpoint, **dimensions)
    return found.first()


def decisions_about(group: Group, *, after: tuple[datetime, int] | None = None) -> Decisions:
    found = Evaluation.objects.filter(group=group).select_related("version")
    if after is not None:
        edge, pk = after
        found = found.filter(Q(edge__lt=edge) | Q(edge=edge, pk__lt=pk))
    rows = list(found.order_by("-edge", "-pk")[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return Decisions(rows, f"{rows[-1].edge.isoformat()},{rows[-1].pk}" if more else "")


def open_alerts_of(viewer: Viewer, rule: Rule) -> list[Alert]:
    seen = Alert.objects.all().visible_to(viewer).unresolved().filter(version__rule=rule)
    return list(
        seen.select_related("touchpoint", "group", "version__metric", "version__rule")[:PAGE]
    )


def names_of_watched(viewer: Viewer, versions: Sequence[RuleVersion]) -> dict[str, Any]:
    """key -> names of the touchpoints (only those the viewer sees), stages and journeys that
    these versions name: at most three queries."""
    wanted: dict[str, set[str]] = {"touchpoints": set(), "stage": set(), "journey": set()}
    for version in versions:
        if isinstance(version.watches, Mapping):
            for kind, keys in version.watches.items():
                wanted[kind] |= {keys} if isinstance(keys, str) else set(keys)
    seen = Touchpoint.objects.all().visible_to(viewer).order_by()
    found: dict[str, Any] = {}
    for kind, rows in (
        ("touchpoints", seen),
        ("stage", Stage.objects.order_by()),
        ("journey", Journey.objects.order_by()),
    ):
        if wanted[kind]:
            found |= dict(rows.filter(key__in=wanted[kind]).values_list("key", "name"))
    return found


def window_points(
    series: Sequence[int],
    metric: Metric,
    aggregate: Aggregate,
    *,
    window: str,
    zone: ZoneInfo,
    now: datetime,
    days: int = 42,
) -> list[Point]:
    """What the rule saw at the end of each of the last local days, today's until now.

    Windows under a day are shown as days: the last five minutes of a day would say little of it.
    """
    last = local_day(now, zone)
    first = last - timedelta(days=days - 1)
    length = _length(window)
    if length is None or length < DAY:
        return daily_points(series, metric, aggregate, zone=zone, first=first, last=last)
    every = [first + timedelta(days=offset) for offset in range(days)]
    edges = {day: edge_at_or_before(min(now, _end_of(day, zone)), length) for day in every}
    totals = totals_of_windows((day, series, edges[day] - length, edges[day]) for day in every)
    points = []
    for day in every:
        found = totals[day]
        between = interval(found, aggregate, metric.scale) if found.n else None
        points.append(
            Point(
                day=day,
                value=value(found, aggregate, metric.scale) if found.n else None,
                n=found.samples(metric.kind),
                low=between.low if between else None,
                high=between.high if between else None,
            )
        )
    return points


def _groups_seen(viewer: Viewer) -> QuerySet[Group]:
    seen = Touchpoint.objects.all().visible_to(viewer).order_by()
    return Group.objects.filter(touchpoint__in=seen).select_related("touchpoint", "state")


def _states_seen(viewer: Viewer) -> QuerySet[RuleState]:
    seen = Touchpoint.objects.all().visible_to(viewer).order_by()
    return RuleState.objects.filter(group__touchpoint__in=seen)


def _length(window: str) -> timedelta | None:
    try:
        return parse_duration(window, "window")
    except SpecError:
        return None


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
