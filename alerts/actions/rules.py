"""Saving and retiring rules: whoever changes one, file, page or admin, comes through here."""

from datetime import datetime
from typing import Any

from django.db import transaction

from alerts.actions.groups import rebuild_groups
from alerts.logic.conditions import Spec, spec_to_json
from alerts.models import Playbook, Rule, RuleVersion
from cx_loop.models import Actor, Metric, record


@transaction.atomic
def save_rule(
    *,
    key: str,
    name: dict[str, str],
    metric: Metric,
    watches: dict[str, Any] | str,
    spec: Spec,
    playbook: Playbook | None,
    by: Actor,
    now: datetime,
) -> Rule:
    """The rule `key` as given, brought back if it was retired.

    A new version is made when what it watches, how it judges or what it recommends has changed;
    its groups are then rebuilt.
    """
    rule, created = Rule.objects.select_for_update().get_or_create(key=key, defaults={"name": name})
    was_retired, was_named = rule.retired_at is not None, rule.name
    rule.name, rule.retired_at = name, None
    said: dict[str, Any] = {
        "metric": metric,
        "watches": watches,
        "spec": spec_to_json(spec),
        "playbook": playbook,
    }
    current = rule.current
    renewed = current is None or any(getattr(current, field) != said[field] for field in said)
    if renewed:
        rule.current = RuleVersion.objects.create(
            rule=rule,
            number=current.number + 1 if current else 1,
            created_at=now,
            created_by=by.user,
            **said,
        )
    rule.save()
    if renewed or was_retired:
        rebuild_groups(rule=rule, now=now)
    if renewed or was_retired or was_named != name:
        _record(rule, "created" if created else "changed", by, now)
    return rule


@transaction.atomic
def retire_rule(*, key: str, by: Actor, now: datetime, reason: str = "") -> Rule:
    """The rule watches nothing any more; its versions, alerts and evaluations stay."""
    rule = Rule.objects.select_for_update().get(key=key)
    if rule.retired_at is None:
        rule.retired_at = now
        rule.save(update_fields=["retired_at"])
        rebuild_groups(rule=rule, now=now)
        _record(rule, "retired", by, now, reason)
    return rule


@transaction.atomic
def bring_rule_back(*, key: str, by: Actor, now: datetime, reason: str = "") -> Rule:
    """The rule watches again, as it did when it was retired."""
    rule = Rule.objects.select_for_update().get(key=key)
    if rule.retired_at is not None:
        rule.retired_at = None
        rule.save(update_fields=["retired_at"])
        rebuild_groups(rule=rule, now=now)
        _record(rule, "changed", by, now, reason)
    return rule


def _record(rule: Rule, change: str, by: Actor, now: datetime, reason: str = "") -> None:
    number = rule.current.number if rule.current else 0
    said = {"change": change, "key": rule.key, "version": number}
    record(
        verb="configured",
        subject="rule",
        subject_id=rule.pk,
        by=by,
        now=now,
        params={**said, "reason": reason} if reason else said,
    )
