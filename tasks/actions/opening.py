"""A task begins: for an alert, or by hand. Who is asked, and until when, follows from rows."""

from datetime import datetime
from typing import Any

from django.db import transaction

from alerts.logic.levels import operator_of
from alerts.models import Alert
from cx_loop.models import SYSTEM, Actor, Department, Feedback, MomentCard, Touchpoint, entry
from cx_loop.models.prepared import insert, next_key
from tasks.actions.access import may_open
from tasks.actions.announce import announce
from tasks.actions.clocks import SEVERITY_WORDS, first_step_at, policy_for, start_clocks
from tasks.actions.errors import Invalid
from tasks.actions.pauses import settle
from tasks.actions.routes import Place, by_hand, place_of
from tasks.logic.deadlines import next_due
from tasks.models import Episode, Holding, Origin, Task, TaskAlert


def open_by_hand(
    *,
    touchpoint: Touchpoint,
    text: str,
    severity: int,
    department: Department | None,
    by: Actor,
    now: datetime,
    pain_category: str = "",
    segment: str = "",
    comment: Feedback | None = None,
    card: MomentCard | None = None,
    **facts: Any,
) -> Task:
    """A task somebody opens without an alert; without a department the routes say which.

    `comment`, or `card`: what a customer wrote there, or a lived moment, which it refers to.
    Raises Forbidden, Invalid.
    """
    may_open(by, touchpoint)
    if comment is not None and card is not None:
        raise Invalid([("moment_card", "invalid", "A task is opened from one thing.")])
    if not text.strip():
        raise Invalid([("title", "required", "Say what is to be improved.")])
    said: dict[str, Any] = {"pain_category": pain_category, "segment": segment}
    with transaction.atomic():
        known = {"severity": SEVERITY_WORDS[severity], **{k: v for k, v in said.items() if v}}
        place = by_hand(department) if department else place_of(touchpoint, known)
        task = _create(
            next_key(Task),
            title={"text": text.strip()},
            severity=severity,
            place=place,
            now=now,
            by=by,
            touchpoint=touchpoint,
            **said,
            **facts,
        )
        if comment is not None or card is not None:
            Origin.objects.create(task=task, comment=comment.pk if comment else None, card=card)
        announce(task=task, code="opened", role=place.role, now=now, besides=by.user)
    return task


def open_for(alert: Alert, now: datetime, number: int, pain: str) -> Task:
    """The task `number` of an alert; `pain`: the category that prevails in the comments behind it,
    or ''."""
    version = alert.version
    place = place_of(alert.touchpoint, _facts(alert) | ({"pain_category": pain} if pain else {}))
    task = _create(
        number,
        title={"code": "breach", "params": _breach(alert)},
        severity=alert.severity,
        place=place,
        now=now,
        by=SYSTEM,
        alert=alert,
        touchpoint=alert.touchpoint,
        metric=version.metric,
        segment=alert.group.segment,
        pain_category=pain,
        rule_version=version,
        playbook=version.playbook.current if version.playbook else None,
    )
    if alert.is_quiet(now):
        settle(task=task, now=now)
    announce(task=task, code="opened", role=place.role, now=now)
    return task


def _create(
    number: int,
    *,
    title: dict[str, Any],
    severity: int,
    place: Place,
    now: datetime,
    by: Actor,
    alert: Alert | None = None,
    **facts: Any,
) -> Task:
    department, assignee = place.department, place.assignee(now)
    policy = policy_for(severity)
    clocks = start_clocks(policy, department, now)
    first_step = first_step_at(policy, department, now, clocks.due_at)
    task = Task(
        number=number,
        title=title,
        severity=severity,
        department=department,
        answerable_department=department,
        assignee=assignee,
        routed=place.why,
        policy=policy,
        created_at=now,
        respond_by=clocks.respond_by,
        due_at=clocks.due_at,
        escalate_at=first_step,
        next_due_at=next_due("open", now=now, escalate_at=first_step, due_at=clocks.due_at),
        **facts,
    )
    round_one = Episode(
        task=task, number=1, opened_at=now, respond_by=clocks.respond_by, due_at=clocks.due_at
    )
    links = [] if alert is None else [TaskAlert(task=task, alert=alert, episode=1)]
    given = {"given": assignee.email, "how": department.assign} if assignee else {}
    said = entry(
        verb="opened",
        subject="task",
        subject_id=task.number,
        by=by,
        now=now,
        to_state=task.state,
        params={"department": department.key, **given},
    )
    holding = Holding(task=task, department=department, touchpoint_id=task.touchpoint_id, since=now)
    insert(task, round_one, holding, said, *links)
    return task


def _breach(alert: Alert) -> dict[str, Any]:
    spec = alert.version.spec
    level = spec.get("critical" if alert.severity == 1 else "warning") or {}
    operator = operator_of(level)
    told: dict[str, Any] = {"drift": alert.drift} if alert.drift else {}
    if alert.drift:
        operator = f"drift_{alert.drift['way']}"
    return {
        **told,
        "touchpoint": alert.touchpoint.key,
        "metric": alert.version.metric.key,
        "aggregate": spec["aggregate"],
        "operator": operator,
        "line": level.get(operator),
        "value": alert.value,
        "n": alert.n,
        **alert.group.dimensions,
    }


def _facts(alert: Alert) -> dict[str, str]:
    return {
        "severity": alert.get_severity_display(),
        "metric": alert.version.metric.key,
        **alert.group.dimensions,
    }
