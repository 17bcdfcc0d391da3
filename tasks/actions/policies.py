"""Saving routes and escalation policies: tasks keep the table and the version they used."""

from datetime import datetime
from typing import Any

from django.db import transaction

from cx_loop.models import Actor, Department, record
from tasks.models import EscalationPolicy, EscalationPolicyVersion, Route, RouteTable


@transaction.atomic
def save_routes(*, routes: list[dict[str, Any]], by: Actor, now: datetime) -> RouteTable:
    """A new table with these routes in order: [{"when": {...}, "to": key, "role": ""}]."""
    last = RouteTable.objects.select_for_update().first()
    table = RouteTable.objects.create(
        number=last.number + 1 if last else 1, created_at=now, created_by=by.user
    )
    departments = {row.key: row for row in Department.objects.all()}
    Route.objects.bulk_create(
        Route(
            table=table,
            position=position,
            when=route["when"],
            department=departments[route["to"]],
            role=route["role"],
        )
        for position, route in enumerate(routes)
    )
    _record("routes", table.pk, {"change": "changed", "version": table.number}, by, now)
    return table


@transaction.atomic
def save_policy(
    *,
    key: str,
    name: dict[str, str],
    position: int,
    spec: dict[str, Any],
    by: Actor,
    now: datetime,
) -> EscalationPolicy:
    """The policy `key` as given, in a new version when it says something else than before."""
    policy, created = EscalationPolicy.objects.select_for_update().get_or_create(key=key)
    before = (policy.retired_at, policy.position, policy.name)
    policy.retired_at, policy.position, policy.name = None, position, name
    current = policy.current
    renewed = current is None or current.spec != spec
    if renewed:
        policy.current = EscalationPolicyVersion.objects.create(
            policy=policy,
            number=current.number + 1 if current else 1,
            spec=spec,
            created_at=now,
            created_by=by.user,
        )
    policy.save()
    if renewed or before != (None, position, name):
        number = policy.current.number if policy.current else 0
        said = {"change": "created" if created else "changed", "key": key, "version": number}
        _record("escalation", policy.pk, said, by, now)
    return policy


@transaction.atomic
def retire_policy(*, key: str, by: Actor, now: datetime) -> EscalationPolicy:
    """No new task gets the policy; tasks that have it keep their deadlines."""
    policy = EscalationPolicy.objects.select_for_update().get(key=key)
    if policy.retired_at is None:
        policy.retired_at = now
        policy.save(update_fields=["retired_at"])
        _record("escalation", policy.pk, {"change": "retired", "key": key}, by, now)
    return policy


def _record(subject: str, pk: int, params: dict[str, Any], by: Actor, now: datetime) -> None:
    record(verb="configured", subject=subject, subject_id=pk, by=by, now=now, params=params)
