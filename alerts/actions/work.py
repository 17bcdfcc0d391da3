"""What people do to an alert by hand: one entry for the API and the pages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from alerts.actions import alerts as verbs
from alerts.actions.errors import Forbidden, Invalid, NotFound
from alerts.events import departments_at_work, groups_at_work
from alerts.logic import lifecycle
from alerts.models import Alert, Severity
from cx_loop.models import Actor, Department

Fields = Mapping[str, Any]


@transaction.atomic
def perform(call: str, *, pk: int, by: Actor, now: datetime, fields: Fields | None = None) -> Alert:
    """acknowledge, snooze or dismiss.

    Raises NotFound (not visible), NotAllowed (wrong state), Forbidden (another's call), Invalid
    (fields missing or wrong). Where a task stands behind the alert, its own table says who may
    dismiss it. Nothing is written then.
    """
    alert = _lock(pk, by)
    lifecycle.check(call, alert.state)
    at_work = list(departments_at_work(alert=alert))
    _permit(call, alert, by, at_work)
    said = dict(fields or {})
    problems = lifecycle.field_problems(call, said, now=now)
    if problems:
        raise Invalid(problems)
    if call == "acknowledge":
        return verbs.acknowledge(alert=alert, by=by, now=now)
    if call == "snooze":
        return verbs.snooze(alert=alert, until=said["until"], by=by, now=now)
    reason, resolution = said["reason"], said["resolution"]
    return verbs.dismiss(alert=alert, by=by, now=now, reason=reason, resolution=resolution)


def roles_of(by: Actor, alert: Alert, at_work: list[int]) -> set[str]:
    """member, lead, admin: as the person stands to the owner of the touchpoint, or to a
    department that works on the alert. Leads and directors of a department above have it too.
    """
    user = by.user
    if user is None or not user.is_active:
        return set()
    roles = {"admin", "lead", "member"} if user.is_superuser else set()
    concerned = Department.objects.filter(pk__in=[alert.touchpoint.owner_id, *at_work])
    led = Department.objects.filter(
        memberships__user=user, memberships__role__in=["lead", "director"]
    )
    mine = Department.objects.of_member(user)
    if concerned.filter(pk__in=mine.values("pk")).exists():
        roles.add("member")
    below = Department.objects.below(led)
    if concerned.filter(pk__in=below.values("pk")).exists():
        roles.add("lead")
    return roles


def allowed_calls(alert: Alert, by: Actor) -> list[str]:
    """The calls this person may make now, in the order of the table."""
    roles = roles_of(by, alert, list(departments_at_work(alert=alert)))
    severity = Severity(alert.severity).label
    return lifecycle.allowed_calls(alert.state, roles, severity)


def _permit(call: str, alert: Alert, by: Actor, at_work: list[int]) -> None:
    if by.is_system:
        return
    # of a task's department one must be in any case; what else it takes, its own table says
    severity = "" if call == "dismiss" and at_work else Severity(alert.severity).label
    refusal = lifecycle.refusal(call, roles_of(by, alert, at_work), severity)
    if refusal:
        raise Forbidden(refusal)


def _lock(pk: int, by: Actor) -> Alert:
    """Where the group stands first, then the alert: an evaluation locks in the same order."""
    seen = Alert.objects.all()
    for viewer in (by.key, by.user):
        if viewer is not None:
            seen = seen.visible_to(viewer)
    alert = seen.filter(pk=pk).first()
    if alert is None:
        raise NotFound
    # with those of its tasks' other alerts: dismissing goes on to them
    verbs.lock_groups(groups_at_work(alert=alert))
    related = Alert.objects.select_related("touchpoint")
    return related.select_for_update(of=("self",)).get(pk=pk)
