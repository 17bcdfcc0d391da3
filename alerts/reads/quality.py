"""What a rule did in a period, read for `logic.quality`: the same queries for one rule or fifty."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Sum

from alerts.events import Outcome, outcomes_of_work
from alerts.logic.conditions import Spec, spec_from_json
from alerts.logic.levels import Level
from alerts.logic.quality import (
    CONFIRMED,
    MOST_DAYS,
    UNKNOWN,
    After,
    Proposal,
    Quality,
    Share,
    after_alert,
    propose,
    shares_of,
)
from alerts.models import (
    UNRESOLVED,
    Alert,
    Evaluation,
    Group,
    GroupSeries,
    Rule,
    RuleState,
    RuleVersion,
)
from alerts.reads.drifts import dispersions, missed_drops
from alerts.reads.pages import local_day
from cx_loop.logic.scores import interval, value
from cx_loop.logic.totals import Totals
from cx_loop.models import Metric, Organization, Touchpoint, Viewer
from cx_loop.reads import totals_of_windows

MOST_ALERTS = 1_000  # of the rules asked for together; the newest count
HISTORY = timedelta(weeks=8)

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Reviewed:
    rule: Rule
    quality: Quality
    proposal: Proposal | None


@dataclass(frozen=True, slots=True)
class _Judged:
    """An alert with its rule as it was then, and the spans before and after it."""

    alert: Alert
    spec: Spec
    level: Level
    before: Span
    after: Span


def quality_of_rules(
    viewer: Viewer, rules: Sequence[Rule], *, since: datetime, now: datetime
) -> dict[int, Quality]:
    """Primary key of a rule -> what it did from `since` to `now` at touchpoints the viewer sees."""
    seen = Alert.objects.all().visible_to(viewer)
    found = seen.filter(version__rule__in=rules, opened_at__gte=since, opened_at__lte=now)
    related = found.select_related("version__metric")
    alerts = list(related.order_by("-opened_at", "-pk")[:MOST_ALERTS])
    outcomes = outcomes_of_work([alert.pk for alert in alerts])
    said = _confirmations(alerts, outcomes, now=now)
    thin = _thin_shares(viewer, rules, since=since)
    by_rule: dict[int, list[Alert]] = defaultdict(list)
    for alert in alerts:
        by_rule[alert.version.rule_id].append(alert)
    nothing = Share(0, 0)
    return {
        rule.pk: _quality(by_rule[rule.pk], outcomes, said, thin.get(rule.pk, nothing))
        for rule in rules
    }


def review_of(
    viewer: Viewer, rules: Sequence[Rule], *, since: datetime, now: datetime
) -> list[Reviewed]:
    """Each rule with what it did from `since` to `now`, and the change proposed."""
    every = quality_of_rules(viewer, rules, since=since, now=now)
    watching = rules_that_watch(rules)
    found = []
    for rule in rules:
        version, proposal = rule.current, None
        if version is not None and rule.retired_at is None:
            spec, weeks = spec_from_json(version.spec), _weeks(version, since, now)
            watches = rule.pk in watching
            proposal = propose(spec, every[rule.pk], weeks=weeks, watches=watches)
        found.append(Reviewed(rule, every[rule.pk], proposal))
    return found


def review_of_one(viewer: Viewer, rule: Rule, *, since: datetime, now: datetime) -> Reviewed:
    """One rule, with the drops it missed: what is too much to ask of all rules at once."""
    (found,) = review_of(viewer, [rule], since=since, now=now)
    seen = Touchpoint.objects.all().visible_to(viewer).order_by()
    groups = Group.objects.filter(rule=rule, touchpoint__in=seen, members__isnull=False)
    members = _members(set(groups.order_by().values_list("pk", flat=True)))
    missed = missed_drops(rule, members, since=since, now=now)
    quality = replace(found.quality, missed=missed)
    if found.proposal is not None or rule.current is None or rule.retired_at is not None:
        return Reviewed(rule, quality, found.proposal)
    spec, weeks = spec_from_json(rule.current.spec), _weeks(rule.current, since, now)
    return Reviewed(rule, quality, propose(spec, quality, weeks=weeks, watches=bool(members)))


def _weeks(version: RuleVersion, since: datetime, now: datetime) -> float:
    """A rule younger than the period has not slept through all of it."""
    return max((now - max(since, version.created_at)) / timedelta(weeks=1), 1 / 7)


def rules_that_watch(rules: Sequence[Rule]) -> set[int]:
    """Primary keys of the rules under which any series arrives."""
    groups = RuleState.objects.filter(group__rule__in=rules, group__members__isnull=False)
    return set(groups.order_by().values_list("group__rule", flat=True).distinct())


def _quality(
    alerts: Sequence[Alert],
    outcomes: Mapping[int, Outcome],
    said: Mapping[int, str],
    thin: Share,
) -> Quality:
    over = [alert for alert in alerts if alert.state not in UNRESOLVED]
    wolves = [alert for alert in over if _outcome(outcomes, alert) == "false_alarm"]
    told = [said[alert.pk] for alert in alerts if said.get(alert.pk, UNKNOWN) != UNKNOWN]
    settled = [alert for alert in alerts if alert.acknowledged_at or alert.state not in UNRESOLVED]
    return Quality(
        alerts=len(alerts),
        false_alarms=Share(len(wolves), len(over)),
        confirmed=shares_of([word == CONFIRMED for word in told]),
        unacknowledged=shares_of([alert.acknowledged_at is None for alert in settled]),
        short_lived=shares_of([_is_short_lived(alert) for alert in over]),
        thin=thin,
        silenced=shares_of([alert.silence_id is not None for alert in alerts]),
        acknowledged_after=tuple(
            alert.acknowledged_at - alert.opened_at for alert in alerts if alert.acknowledged_at
        ),
        smallest_n=min((alert.n for alert in alerts), default=math.inf),
        false_alarm_peak=_furthest(wolves),
    )


def _outcome(outcomes: Mapping[int, Outcome], alert: Alert) -> str:
    return outcomes[alert.pk].resolution if alert.pk in outcomes else ""


def _is_short_lived(alert: Alert) -> bool:
    window = spec_from_json(alert.version.spec).window
    closed = alert.closed_at or alert.opened_at
    return alert.cleared and closed - alert.opened_at <= 2 * window


def _furthest(wolves: Sequence[Alert]) -> float | None:
    """The value, of all false alarms, that lay furthest beyond the line."""
    peaks = [alert.peak for alert in wolves if alert.peak is not None]
    if not peaks:
        return None
    spec = spec_from_json(wolves[0].version.spec)
    return max(peaks) if spec.levels[-1].operator.endswith("above") else min(peaks)


def _confirmations(
    alerts: Sequence[Alert], outcomes: Mapping[int, Outcome], *, now: datetime
) -> dict[int, str]:
    """Primary key of an alert -> what the days after it say: two queries for all."""
    zone = Organization.current().zone
    asked = [found for alert in alerts if (found := _spans(alert, outcomes, zone, now))]
    members = _members(each.alert.group_id for each in asked)
    spreads = dispersions(
        {
            each.alert.group_id: (each.spec, each.alert.version.metric, each.before[1].date())
            for each in asked
        },
        members,
    )
    totals = totals_of_windows(
        ((each.alert.pk, part), members[each.alert.group_id], *span)
        for each in asked
        for part, span in (("before", each.before), ("after", each.after))
    )
    return {
        each.alert.pk: _say(
            each,
            totals[each.alert.pk, "before"],
            totals[each.alert.pk, "after"],
            spreads[each.alert.group_id],
        )
        for each in asked
    }


def _spans(
    alert: Alert, outcomes: Mapping[int, Outcome], zone: ZoneInfo, now: datetime
) -> _Judged | None:
    """Whole local days: eight weeks before the trigger windows, and up to two weeks after the
    day of the alert, before the day of a fix and before today."""
    spec = spec_from_json(alert.version.spec)
    level = (spec.critical if alert.severity == 1 else spec.warning) or spec.levels[-1]
    raised = local_day(alert.edge, zone)
    fixed_at = outcomes[alert.pk].fixed_at if alert.pk in outcomes else None
    ends = [raised + timedelta(days=1 + MOST_DAYS), local_day(now, zone)]
    if fixed_at is not None:
        ends.append(local_day(fixed_at, zone))
    start = datetime.combine(raised + timedelta(days=1), time(), tzinfo=zone)
    end = datetime.combine(min(ends), time(), tzinfo=zone)
    first = local_day(alert.edge - spec.window * spec.for_windows, zone)
    until = datetime.combine(first, time(), tzinfo=zone)
    # a drift, a spread and one part against another are not values of the days after
    plain = not (spec.drift or spec.spread or spec.versus.is_other_part)
    if end <= start or alert.value is None or not plain:
        return None
    return _Judged(alert, spec, level, (until - HISTORY, until), (start, end))


def _say(judged: _Judged, before: Totals, after: Totals, spread: float) -> str:
    spec, metric = judged.spec, judged.alert.version.metric
    start, end = judged.after
    # a count and a sum are of their window, so the days after are put on its length
    days = (end - start) / timedelta(days=1)
    usual = _usual(before, spec, metric)
    # days differ more than their answers explain, otherwise many answers would prove anything
    found = interval(after, spec.aggregate, metric.scale, dispersion=spread)
    at = value(after, spec.aggregate, metric.scale)
    if at is None or found is None:
        return UNKNOWN
    factor = spec.window / (end - start) if spec.counts else 1.0
    seen = After(
        value=at * factor,
        low=found.low * factor,
        high=found.high * factor,
        n=after.samples(metric.kind),
        days=round(days),
    )
    return after_alert(judged.level, seen, usual, rose=_rose(judged, usual))


def _usual(before: Totals, spec: Spec, metric: Metric) -> float | None:
    if before.n == 0:
        return None
    found = value(before, spec.aggregate, metric.scale)
    return found * (spec.window / HISTORY) if found is not None and spec.counts else found


def _rose(judged: _Judged, usual: float | None) -> bool:
    level, seen = judged.level, judged.alert.value
    if level.operator != "outside" or seen is None:
        return level.operator.endswith("above")
    return seen > level.interval[1]


def _members(groups: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    rows = GroupSeries.objects.filter(group__in=set(groups)).order_by("group_id", "series_id")
    for group, series in rows.values_list("group_id", "series_id"):
        found[group].append(series)
    return found


def _thin_shares(viewer: Viewer, rules: Sequence[Rule], *, since: datetime) -> dict[int, Share]:
    """Of all decisions about groups the viewer sees: how many found too few to judge."""
    seen = Touchpoint.objects.all().visible_to(viewer).order_by()
    rows = Evaluation.objects.filter(
        group__rule__in=rules, group__touchpoint__in=seen, until__gte=since
    ).order_by()
    counts: dict[int, dict[bool, int]] = defaultdict(lambda: {True: 0, False: 0})
    grouped = rows.values_list("group__rule", "verdict").annotate(all=Sum("times"))
    for rule, said, times in grouped:
        counts[rule][said == "insufficient"] += times
    return {rule: Share(found[True], sum(found.values())) for rule, found in counts.items()}
