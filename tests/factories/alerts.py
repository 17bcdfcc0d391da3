"""Rules, groups, alerts and what answers them."""

from datetime import datetime, timedelta
from typing import Any

from alerts.models import (
    Alert,
    Evaluation,
    Group,
    GroupSeries,
    Playbook,
    PlaybookVersion,
    Rule,
    RuleState,
    RuleVersion,
    Severity,
    Silence,
)
from cx_loop.models import Department, Metric, Series, Touchpoint, User
from tests.factories.common import NOW, serial
from tests.factories.journey import make_metric, make_touchpoint
from tests.factories.organization import make_user


def make_rule(
    key: str = "",
    *,
    metric: Metric | None = None,
    watches: Any = "all",
    playbook: Playbook | None = None,
    now: datetime = NOW,
    **spec: Any,
) -> Rule:
    """A rule with one version in force: p90 above 30 warns, above 45 is critical."""
    metric = metric or make_metric(kind="duration", unit="min")
    words = {
        "metric": metric.key,
        "aggregate": "p90",
        "window": "1d",
        "min_samples": 1,
        "for": 1,
        "warning": {"above": 30, "recover": 25},
        "critical": {"above": 45, "recover": 40},
        **spec,
    }
    rule = Rule.objects.create(key=key or f"rule-{next(serial)}", name={})
    version = RuleVersion.objects.create(
        rule=rule,
        number=1,
        metric=metric,
        watches=watches,
        spec=words,
        playbook=playbook,
        created_at=now,
    )
    rule.current = version
    rule.save(update_fields=["current"])
    return rule


def make_group(
    rule: Rule | None = None, *, touchpoint: Touchpoint | None = None, **dimensions: str
) -> Group:
    """A group of the rule with one series of the same dimensions in it."""
    rule = rule or make_rule()
    touchpoint = touchpoint or make_touchpoint()
    group = Group.objects.create(rule=rule, touchpoint=touchpoint, **dimensions)
    assert rule.current is not None
    series, _ = Series.objects.get_or_create(
        touchpoint=touchpoint, metric=rule.current.metric, **dimensions
    )
    GroupSeries.objects.create(group=group, series=series)
    RuleState.objects.create(group=group, version=rule.current)
    return group


def make_evaluation(group: Group, *, edge: datetime = NOW, **fields: Any) -> Evaluation:
    given = {"value": 42.0, "n": 186, "verdict": "breach", "reason": "above", **fields}
    version = given.pop("version", group.rule.current)
    until = given.pop("until", edge)
    return Evaluation.objects.create(group=group, version=version, edge=edge, until=until, **given)


def make_alert(
    group: Group | None = None,
    *,
    touchpoint: Touchpoint | None = None,
    opened_at: datetime = NOW - timedelta(hours=2),
    **fields: Any,
) -> Alert:
    """An open warning: the value was 42 against a line of 30, from 186 answers."""
    group = group or make_group(touchpoint=touchpoint)
    given = {"severity": Severity.WARNING, "value": 42.0, "n": 186, "peak": 42.0, **fields}
    given.setdefault("last_value", given["value"])
    given.setdefault("last_n", given["n"])
    given.setdefault("edge", opened_at)
    assert group.rule.current is not None
    return Alert.objects.create(
        group=group,
        version=group.rule.current,
        touchpoint=group.touchpoint,
        opened_at=opened_at,
        **given,
    )


def make_silence(
    department: Department | None = None,
    *,
    starts_at: datetime = NOW - timedelta(hours=1),
    hours: float = 6,
    author: User | None = None,
    **said: Any,
) -> Silence:
    """A running silence; what is not one of its fields is a matcher."""
    names = {"kind", "reason", "begun_at", "ended_at", "ended_by", "created_at"}
    fields = {name: value for name, value in said.items() if name in names}
    matchers = {name: value for name, value in said.items() if name not in names}
    return Silence.objects.create(
        department=department,
        matchers=matchers or {"severity": ["warning", "critical"]},
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        author=author or make_user(department=department, role="duty", duty=f"d{next(serial)}"),
        **{"reason": "The gate is rebuilt.", "created_at": starts_at, **fields},
    )


def make_playbook(key: str = "", **fields: Any) -> Playbook:
    """A playbook with one version: contain first, then correct."""
    playbook = Playbook.objects.create(key=key or f"playbook-{next(serial)}")
    given = {
        "name": {"en": "Add staff at peaks", "zh-hans": "高峰增派人手"},
        "kind": "staffing",
        "steps": [
            {"text": {"en": "Open a second gate", "zh-hans": "加开一个登机口"}, "type": "contain"},
            {"text": {"en": "Change the roster", "zh-hans": "调整排班"}, "type": "correct"},
        ],
        "created_at": NOW,
        **fields,
    }
    playbook.current = PlaybookVersion.objects.create(playbook=playbook, number=1, **given)
    playbook.save(update_fields=["current"])
    return playbook
