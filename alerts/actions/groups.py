"""Who watches what: groups and their member series, materialised so evaluation need not search."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from alerts.actions.alerts import resolve
from alerts.logic.conditions import Spec, spec_from_json
from alerts.models import Alert, ComparedSeries, Group, GroupSeries, Rule, RuleState, RuleVersion
from cx_loop.models import SYSTEM, Organization, Series, Touchpoint, record

MAKE_GROUPS = """
WITH wanted AS (
    SELECT DISTINCT touchpoint_id,
           CASE WHEN 'segment' = ANY(%(by)s) THEN segment ELSE '' END AS segment,
           CASE WHEN 'channel' = ANY(%(by)s) THEN channel ELSE '' END AS channel,
           CASE WHEN 'location' = ANY(%(by)s) THEN location ELSE '' END AS location
    FROM cx_loop_series
    WHERE metric_id = %(metric)s AND touchpoint_id = ANY(%(touchpoints)s) AND id = ANY(%(series)s)
      -- the part that others are compared with is no group of its own
      AND NOT (%(versus)s <> '' AND %(base)s = CASE %(versus)s
          WHEN 'segment' THEN segment WHEN 'channel' THEN channel ELSE location END)
), fresh AS (
    SELECT * FROM wanted AS w WHERE NOT EXISTS (
        SELECT FROM alerts_group AS g
        WHERE g.rule_id = %(rule)s AND g.touchpoint_id = w.touchpoint_id
          AND (g.segment, g.channel, g.location) = (w.segment, w.channel, w.location))
), made AS (
    INSERT INTO alerts_group (rule_id, touchpoint_id, segment, channel, location)
    SELECT %(rule)s::bigint, fresh.* FROM fresh ORDER BY 2, 3, 4, 5
    LIMIT greatest(0, %(most)s - (SELECT count(*) FROM alerts_group WHERE rule_id = %(rule)s))
    ON CONFLICT DO NOTHING RETURNING id
)
SELECT (SELECT count(*) FROM fresh) > (SELECT count(*) FROM made)
"""

# a rule that does not split watches each touchpoint from the start: silence is a signal too
MAKE_WHOLE_GROUPS = """
INSERT INTO alerts_group (rule_id, touchpoint_id, segment, channel, location)
SELECT %(rule)s::bigint, touchpoint, '', '', '' FROM unnest(%(touchpoints)s::bigint[]) AS touchpoint
ON CONFLICT DO NOTHING
"""

JOIN_SERIES = """
INSERT INTO alerts_groupseries (series_id, group_id)
SELECT s.id, g.id
FROM cx_loop_series s
JOIN alerts_group g ON g.rule_id = %(rule)s AND g.touchpoint_id = s.touchpoint_id
 AND g.segment = CASE WHEN 'segment' = ANY(%(by)s) THEN s.segment ELSE '' END
 AND g.channel = CASE WHEN 'channel' = ANY(%(by)s) THEN s.channel ELSE '' END
 AND g.location = CASE WHEN 'location' = ANY(%(by)s) THEN s.location ELSE '' END
WHERE s.metric_id = %(metric)s AND s.touchpoint_id = ANY(%(touchpoints)s) AND s.id = ANY(%(series)s)
  AND NOT (%(versus)s <> '' AND %(base)s = CASE %(versus)s
      WHEN 'segment' THEN s.segment WHEN 'channel' THEN s.channel ELSE s.location END)
ON CONFLICT DO NOTHING
"""

# what a group is compared with: the same in all that the rule splits by, but for the one value
COMPARE_SERIES = """
INSERT INTO alerts_comparedseries (series_id, group_id)
SELECT s.id, g.id
FROM cx_loop_series s
JOIN alerts_group g ON g.rule_id = %(rule)s AND g.touchpoint_id = s.touchpoint_id
 AND (%(versus)s = 'segment'
      OR g.segment = CASE WHEN 'segment' = ANY(%(by)s) THEN s.segment ELSE '' END)
 AND (%(versus)s = 'channel'
      OR g.channel = CASE WHEN 'channel' = ANY(%(by)s) THEN s.channel ELSE '' END)
 AND (%(versus)s = 'location'
      OR g.location = CASE WHEN 'location' = ANY(%(by)s) THEN s.location ELSE '' END)
WHERE s.metric_id = %(metric)s AND s.touchpoint_id = ANY(%(touchpoints)s)
  AND %(base)s = CASE %(versus)s
      WHEN 'segment' THEN s.segment WHEN 'channel' THEN s.channel ELSE s.location END
ON CONFLICT DO NOTHING
"""


def watched_touchpoints(version: RuleVersion) -> list[int]:
    """Primary keys of the touchpoints in force that a version of a rule watches."""
    touchpoints = Touchpoint.objects.in_force()
    match version.watches:
        case {"touchpoints": list(keys)}:
            touchpoints = touchpoints.filter(key__in=keys)
        case {"stage": str(key)}:
            touchpoints = touchpoints.filter(stage__key=key)
        case {"journey": str(key)}:
            touchpoints = touchpoints.filter(stage__journey__key=key)
    return sorted(touchpoints.values_list("id", flat=True))


@transaction.atomic
def rebuild_groups(*, rule: Rule, now: datetime) -> None:
    """Let a rule watch what its current version says; groups with history stay, without members."""
    GroupSeries.objects.filter(group__rule=rule).delete()
    ComparedSeries.objects.filter(group__rule=rule).delete()
    Rule.objects.filter(pk=rule.pk).update(over_limit_at=None)
    version = rule.current
    if version is None or rule.retired_at is not None:
        _let_go(RuleState.objects.filter(group__rule=rule), now=now)
        return
    touchpoints = watched_touchpoints(version)
    every = Series.objects.filter(metric=version.metric, touchpoint__in=touchpoints)
    _join(version, touchpoints, list(every.values_list("id", flat=True)), now=now)
    watched = Group.objects.filter(rule=rule, touchpoint__in=touchpoints)
    states = RuleState.objects.filter(group__rule=rule)
    _let_go(states.exclude(group__in=watched), now=now)
    soon = spec_from_json(version.spec).frame(Organization.current().zone).edge_after(now)
    kept = states.filter(group__in=watched)
    kept.update(version=version)
    # an edge that has passed unseen stays due
    kept.filter(Q(next_edge=None) | Q(next_edge__gt=soon)).update(next_edge=soon)


def _let_go(states: QuerySet[RuleState], *, now: datetime) -> None:
    """Nobody watches these groups any more: nothing fires there, their alerts end, tasks stay."""
    groups = list(states.order_by("group_id").select_for_update().values_list("group", flat=True))
    RuleState.objects.filter(group__in=groups).update(
        state=RuleState.State.OK, level=None, muted=False, next_edge=None
    )
    for alert in Alert.objects.unresolved().filter(group__in=groups).order_by("id"):
        resolve(alert=alert, now=now, cleared=False)


@transaction.atomic
def watch_series(*, series_ids: Collection[int], now: datetime) -> None:
    """Bring series that no group knows yet under the rules that watch their touchpoint."""
    metrics = Series.objects.filter(id__in=series_ids).values("metric")
    rules = Rule.objects.in_force().filter(current__metric__in=metrics)
    for rule in rules.select_related("current__metric"):
        assert rule.current is not None
        _join(rule.current, watched_touchpoints(rule.current), list(series_ids), now=now)


def _join(
    version: RuleVersion, touchpoints: list[int], series: list[int], *, now: datetime
) -> None:
    spec = spec_from_json(version.spec)
    params: dict[str, Any] = {
        "rule": version.rule_id,
        "metric": version.metric_id,
        "touchpoints": touchpoints,
        "series": series,
        "by": list(spec.by),
        "versus": spec.versus.dimension,
        "base": spec.versus.value,
        "most": spec.max_groups,
    }
    with connection.cursor() as cursor:
        if spec.by:
            cursor.execute(MAKE_GROUPS, params)
            if cursor.fetchone() == (True,):
                _note_limit(version, spec, now=now)
        else:
            cursor.execute(MAKE_WHOLE_GROUPS, params)
        cursor.execute(JOIN_SERIES, params)
        if spec.versus.is_other_part:
            cursor.execute(COMPARE_SERIES, params)
    zone = Organization.current().zone
    stateless = Group.objects.filter(rule=version.rule_id, state=None)
    RuleState.objects.bulk_create(
        [
            RuleState(group=group, version=version, next_edge=spec.frame(zone).edge_after(now))
            for group in stateless
        ],
        ignore_conflicts=True,
    )


def _note_limit(version: RuleVersion, spec: Spec, *, now: datetime) -> None:
    """`by` has more values than groups may be made: what is watched stays, and this is said once.

    Otherwise a dimension that runs away, such as a booking number, would fill every sweep.
    """
    said = Rule.objects.filter(pk=version.rule_id, over_limit_at=None).update(over_limit_at=now)
    if said:
        params = {"change": "over_limit", "version": version.number, "limit": spec.max_groups}
        record(
            verb="configured",
            subject="rule",
            subject_id=version.rule_id,
            by=SYSTEM,
            now=now,
            params=params,
        )
