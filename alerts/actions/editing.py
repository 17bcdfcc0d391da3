"""People change rules: the same checks and versions as a file's, within what each may."""

from datetime import datetime
from typing import Any

from django.db import transaction

from alerts.actions.drafts import Draft
from alerts.actions.errors import Forbidden, Invalid, Taken
from alerts.actions.rules import bring_rule_back, retire_rule, save_rule
from alerts.actions.silences import departments_led, may_silence
from alerts.logic.conditions import spec_to_json
from alerts.models import Playbook, Rule
from cx_loop.models import Actor, Touchpoint, User

may_write_rules = may_silence  # admins, and whoever leads or directs a department


class Stale(Exception):
    """Somebody saved a newer version, or retired the rule, since it was opened."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule.key)
        self.rule = rule


def may_write(user: User, watches: Any) -> bool:
    """Admins any rule; leads and directors one that names touchpoints of their department and
    below, and no other.

    A stage, a journey or all may grow by a touchpoint of another department, so these are for
    admins.
    """
    if user.is_superuser and user.is_active:
        return True
    if not may_write_rules(user):
        return False
    keys = watches.get("touchpoints") if isinstance(watches, dict) else None
    if not keys:
        return False
    led = Touchpoint.objects.filter(key__in=keys, owner__in=departments_led(user))
    return led.count() == len(set(keys))


def may_change(user: User, rule: Rule) -> bool:
    return rule.current is not None and may_write(user, rule.current.watches)


@transaction.atomic
def write_rule(
    *,
    key: str,
    name: dict[str, str],
    draft: Draft,
    playbook: Playbook | None,
    opened_at: int | None,
    by: Actor,
    now: datetime,
) -> Rule:
    """The rule as somebody wrote it. `opened_at`: the version they saw, None for a new rule.

    The same twice is done once. Raises Forbidden, Taken (a new rule of a key that is there),
    Stale.
    """
    user = by.user
    if user is None or not may_write(user, draft.watches):
        raise Forbidden("lead_must_approve")
    found = Rule.objects.select_for_update(of=("self",)).filter(key=key).first()
    if found is not None:
        if opened_at is not None and not may_change(user, found):
            raise Forbidden("lead_must_approve")
        if _says_already(found, name, draft, playbook):
            return found
        if opened_at is None:
            raise Taken(key)
        if found.retired_at is not None or _number(found) != opened_at:
            raise Stale(found)
    return save_rule(
        key=key,
        name=name,
        metric=draft.metric,
        watches=draft.watches,
        spec=draft.spec,
        playbook=playbook,
        by=by,
        now=now,
    )


@transaction.atomic
def turn_off(*, key: str, reason: str, by: Actor, now: datetime) -> Rule:
    """Retire a rule, saying why. Raises Rule.DoesNotExist, Forbidden, Invalid."""
    said = _reason(key, reason, by)
    return retire_rule(key=key, reason=said, by=by, now=now)


@transaction.atomic
def turn_on(*, key: str, reason: str, by: Actor, now: datetime) -> Rule:
    """Bring a retired rule back, saying why. Raises as `turn_off`."""
    said = _reason(key, reason, by)
    return bring_rule_back(key=key, reason=said, by=by, now=now)


def _reason(key: str, reason: str, by: Actor) -> str:
    found = Rule.objects.get(key=key)
    if by.user is None or not may_change(by.user, found):
        raise Forbidden("lead_must_approve")
    if not reason.strip() or "\0" in reason:
        raise Invalid([("reason", "required", "Say why, for whoever reads it later.")])
    return reason.strip()[:1000]


def _number(rule: Rule) -> int:
    return rule.current.number if rule.current else 0


def _says_already(
    rule: Rule, name: dict[str, str], draft: Draft, playbook: Playbook | None
) -> bool:
    version = rule.current
    if version is None or rule.retired_at is not None:
        return False
    there = (rule.name, version.metric_id, version.watches, version.spec, version.playbook_id)
    asked = (name, draft.metric.pk, draft.watches, spec_to_json(draft.spec))
    return there == (*asked, playbook.pk if playbook else None)
