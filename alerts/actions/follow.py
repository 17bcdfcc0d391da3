"""Alerts follow what was decided about their groups: they open, rise, fall and clear."""

import logging
from collections.abc import Callable, Mapping
from copy import copy
from datetime import datetime

from django.db import transaction

from alerts.actions.alerts import (
    change_severity,
    keep_reading,
    open_alert,
    reopen_alert,
    resolve,
)
from alerts.actions.cases import Case
from alerts.actions.praise import tell_good_news
from alerts.events import dispatch_ahead
from alerts.logic.conditions import Spec
from alerts.logic.evaluate import Decision
from alerts.models import Alert, Group, RuleState
from cx_loop.models import Calendar, Department, Touchpoint
from cx_loop.models.ahead import asked_at_once
from cx_loop.models.prepared import ask, columns_of, models_of

log = logging.getLogger(__name__)

JUDGED = ("firing", "recovering")

# a group with all that its task is made from, otherwise each is asked for by itself
_GROUP = f"""
SELECT {columns_of(Group, "watched")}, {columns_of(Touchpoint, "place")},
       {columns_of(Department, "owner")}, {columns_of(Calendar, "calendar")}
FROM alerts_group AS watched
JOIN cx_loop_touchpoint AS place ON place.id = watched.touchpoint_id
JOIN cx_loop_department AS owner ON owner.id = place.owner_id
LEFT JOIN cx_loop_calendar AS calendar ON calendar.id = owner.calendar_id
WHERE watched.id = %(group)s::bigint
"""  # noqa: S608  names of our own tables


def follow_decisions(
    cases: list[Case], alerts: Mapping[int, int], now: datetime, *, apart: bool
) -> list[Case]:
    """Let the alert of each group follow its decisions. Returns the cases that are settled.

    `alerts`: the unresolved one of each group that has one. `apart`: what one group fails at
    leaves the others as they are; otherwise it is raised, and all of it has to be rolled back.
    """
    unresolved = {alert.group_id: alert for alert in _alerts(list(alerts.values()))}
    settled = []
    for case in cases:
        alert = unresolved.get(case.group_id)
        try:
            if alert is not None or case.ever_fires or case.ever_praises:
                with transaction.atomic(savepoint=apart):
                    _follow(case, alert, now, apart=apart)
            settled.append(case)
        except Exception:
            if not apart:
                raise
            log.exception("group %s could not be settled; its next edge tries again", case.group_id)
            RuleState.objects.filter(pk=case.group_id).update(next_edge=case.frame.edge_after(now))
    return settled


def _alerts(ids: list[int]) -> list[Alert]:
    return list(Alert.objects.filter(pk__in=ids).order_by("id")) if ids else []


def _follow(case: Case, alert: Alert | None, now: datetime, *, apart: bool) -> None:
    """Edge by edge; the database allows one unresolved alert a group."""
    for place, (edge, decision, _provisional) in enumerate(case.told):
        if decision.praises:
            tell_good_news(case, edge, decision, now)
        level = decision.state.level
        reading, n = decision.params.get("value"), decision.params.get("n", 0)
        if alert is None and level is not None and not decision.state.muted:
            late = place < len(case.late)
            alert = _open(case, edge, decision, now, late=late, apart=apart)
        elif alert is not None and level is None:
            resolve(alert=alert, now=now, cleared=True)
            alert = None
        elif alert is not None and level is not None:
            if decision.verdict in JUDGED and reading != alert.last_value:
                keep_reading(alert=alert, value=reading, n=n, worst=worst_of(case.spec))
            if level != alert.severity:
                change_severity(alert=alert, severity=level, now=now)


def _open(
    case: Case, edge: datetime, decision: Decision, now: datetime, *, late: bool, apart: bool
) -> Alert:
    """A new alert; within the cooldown the one that has cleared, again."""
    said = {
        "severity": decision.state.level,
        "value": decision.params.get("value"),
        "n": decision.params.get("n", 0),
        "drift": decision.params.get("drift"),
        "now": now,
    }
    if decision.reopens and (cleared := _cleared_last(case.group_id)):
        return reopen_alert(alert=cleared, edge=edge, **said)
    # a copy of what all drains share, otherwise it would keep the playbook of today
    version = copy(case.version)
    with asked_at_once(now):
        # apart, what the task fails at must not be the alert's
        asked = {"group": case.group_id, "edge": edge, "version": version}
        ahead = None if apart else dispatch_ahead(**asked)
        return open_alert(
            group=_group(case.group_id),
            version=version,
            edge=edge,
            late=late,
            apart=apart,
            ahead=ahead,
            **said,
        )


def _group(key: int) -> Group:
    group, place, owner, calendar = models_of(
        ask(_GROUP, {"group": str(key)})[0], Group, Touchpoint, Department, Calendar
    )
    group.touchpoint, place.owner, owner.calendar = place, owner, calendar
    found: Group = group
    return found


def _cleared_last(group: int) -> Alert | None:
    """The group's last alert, where it has cleared by itself: what people closed stays closed."""
    last = Alert.objects.filter(group=group).order_by("-opened_at", "-id").first()
    return last if last is not None and last.state == "resolved" and last.cleared else None


def worst_of(spec: Spec) -> Callable[[list[float]], float]:
    """The highest value where a rule looks upward, else the lowest."""
    upward = not spec.levels or spec.levels[0].operator.endswith("above")
    return max if upward else min
