"""Alerts follow what was decided about their groups: they open, rise, fall and clear."""

import logging
from collections.abc import Mapping
from copy import copy
from datetime import datetime

from django.db import transaction

from alerts.actions.alerts import change_severity, open_alert, resolve
from alerts.actions.cases import Case
from alerts.logic.conditions import edge_after
from alerts.models import Alert, Group, RuleState

log = logging.getLogger(__name__)

JUDGED = ("firing", "recovering")


def follow_decisions(cases: list[Case], alerts: Mapping[int, int], now: datetime) -> list[Case]:
    """Let the alert of each group follow its decisions. Returns the cases that are settled.

    `alerts`: the unresolved one of each group that has one. What one group fails at leaves the
    others as they are.
    """
    unresolved = {alert.group_id: alert for alert in _alerts(list(alerts.values()))}
    settled = []
    for case in cases:
        alert = unresolved.get(case.group_id)
        try:
            if alert is not None or case.ever_fires:
                with transaction.atomic():
                    _follow(case, alert, now)
            settled.append(case)
        except Exception:
            log.exception("group %s could not be settled; its next edge tries again", case.group_id)
            RuleState.objects.filter(pk=case.group_id).update(
                next_edge=edge_after(now, case.spec.window)
            )
    return settled


def _alerts(ids: list[int]) -> list[Alert]:
    return list(Alert.objects.filter(pk__in=ids).order_by("id")) if ids else []


def _follow(case: Case, alert: Alert | None, now: datetime) -> None:
    """Edge by edge; the database allows one unresolved alert a group."""
    for edge, decision, _provisional in case.decisions:
        level = decision.state.level
        reading, n = decision.params.get("value"), decision.params.get("n", 0)
        if alert is None and level is not None and not decision.state.muted:
            # with all that its task is made from, otherwise each is asked for by itself
            groups = Group.objects.select_related("touchpoint__owner__calendar")
            alert = open_alert(
                group=groups.get(pk=case.group_id),
                # a copy of what all drains share, otherwise it would keep the playbook of today
                version=copy(case.version),
                severity=level,
                edge=edge,
                value=reading,
                n=n,
                now=now,
            )
        elif alert is not None and level is None:
            resolve(alert=alert, now=now, cleared=True)
            alert = None
        elif alert is not None and level is not None:
            if decision.verdict in JUDGED and reading != alert.last_value:
                _keep_peak(case, alert, reading, n)
            if level != alert.severity:
                change_severity(alert=alert, severity=level, now=now)


def _keep_peak(case: Case, alert: Alert, reading: float | None, n: float) -> None:
    """Remember the newest value and the worst one."""
    upward = case.spec.levels[0].operator.endswith("above")
    worst = [value for value in (alert.peak, reading) if value is not None]
    alert.peak = (max(worst) if upward else min(worst)) if worst else None
    alert.last_value, alert.last_n = reading, n
    alert.save(update_fields=["peak", "last_value", "last_n"])
