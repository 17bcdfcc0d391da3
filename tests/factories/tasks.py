"""Tasks and everything written on them."""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from alerts.models import Alert, Severity
from cx_loop.models import (
    SYSTEM,
    Activity,
    Department,
    Feedback,
    Metric,
    Touchpoint,
    User,
    record,
)
from tasks.models import (
    Attachment,
    Episode,
    FollowUp,
    Holding,
    Idea,
    MessageTemplate,
    Recovery,
    Step,
    Task,
    TaskAlert,
    Verification,
)
from tests.factories.common import NOW
from tests.factories.journey import make_metric, make_source
from tests.factories.organization import make_department


def breach_title(alert: Alert) -> dict[str, Any]:
    """The title a task gets from its alert: a code and parameters."""
    spec = alert.version.spec
    level = spec.get("critical" if alert.severity == Severity.CRITICAL else "warning") or {}
    operator, line = next(iter((k, v) for k, v in level.items() if k != "recover"))
    return {
        "code": "breach",
        "params": {
            "touchpoint": alert.touchpoint.key,
            "metric": alert.version.metric.key,
            "aggregate": spec["aggregate"],
            "operator": operator,
            "line": line,
            "value": alert.value,
            "n": alert.n,
            "segment": alert.group.segment,
        },
    }


def make_task(
    alert: Alert | None = None,
    *,
    department: Department | None = None,
    created_at: datetime = NOW - timedelta(hours=2),
    **fields: Any,
) -> Task:
    """An open task of the alert's owner, due in two weeks; by hand when there is no alert."""
    if alert is not None:
        department = department or alert.touchpoint.owner
        fields.setdefault("severity", alert.severity)
        fields.setdefault("title", breach_title(alert))
        fields.setdefault("touchpoint", alert.touchpoint)
        fields.setdefault("metric", alert.version.metric)
        fields.setdefault("segment", alert.group.segment)
        fields.setdefault("rule_version", alert.version)
    department = department or make_department()
    fields.setdefault("severity", Severity.WARNING)
    fields.setdefault("title", {"text": "Talk to the caterer"})
    fields.setdefault("answerable_department", department)
    fields.setdefault("respond_by", created_at + timedelta(hours=4))
    fields.setdefault("due_at", created_at + timedelta(days=14))
    closed = fields.get("state") == Task.State.CLOSED
    fields.setdefault("next_due_at", None if closed else fields["due_at"])
    if closed:
        fields.setdefault("closed_at", created_at + timedelta(hours=1))
        fields.setdefault("resolution", "effective")
    if fields.get("state") == Task.State.ON_HOLD:
        fields.setdefault("hold_until", created_at + timedelta(days=3))
    task = Task.objects.create(department=department, created_at=created_at, **fields)
    _surround(task, alert)
    return task


def _surround(task: Task, alert: Alert | None) -> None:
    """The rows that every task has beside its own."""
    Episode.objects.create(
        task=task,
        number=task.episode,
        opened_at=task.created_at,
        respond_by=task.respond_by,
        due_at=task.due_at,
    )
    Holding.objects.create(
        task=task,
        department=task.department,
        touchpoint=task.touchpoint,
        since=task.created_at,
    )
    if alert is not None:
        TaskAlert.objects.create(task=task, alert=alert, episode=task.episode)


def make_activity(task: Task, verb: str, **fields: Any) -> Activity:
    given = {"by": SYSTEM, "now": NOW, **fields}
    return record(verb=verb, subject="task", subject_id=task.number, **given)


def make_attachment(task: Task, *, place: int = 1, **fields: Any) -> Attachment:
    """A short text that somebody has put on a task."""
    given = {"name": "notes.txt", "kind": "text", "content": b"what we saw", "at": NOW, **fields}
    content = given["content"]
    digest = hashlib.sha256(content).hexdigest()
    return Attachment.objects.create(
        task=task, place=place, size=len(content), digest=digest, **given
    )


def make_comment(
    touchpoint: Touchpoint, comment: str = "Too long a wait", **fields: Any
) -> Feedback:
    """What a customer wrote at a touchpoint."""
    given = {"digest": uuid4(), "occurred_at": NOW - timedelta(hours=3), **fields}
    given.setdefault("source", make_source())
    return Feedback.objects.create(touchpoint=touchpoint, comment=comment, **given)


def make_verification(task: Task, *, state: str = "watching", **fields: Any) -> Verification:
    decided = state == Verification.State.DECIDED
    fields.setdefault("plan", {})
    fields.setdefault("series", [])
    fields.setdefault("episode", task.episode)
    fields.setdefault("next_look_at", None if decided else NOW + timedelta(days=7))
    if decided:
        fields.setdefault("decided_at", NOW)
        fields.setdefault("verdict", "effective")
    return Verification.objects.create(task=task, state=state, **fields)


def make_step(task: Task, text: str = "Change the roster", **fields: Any) -> Step:
    """An open corrective step at the end of the list."""
    given = {
        "episode": task.episode,
        "position": Step.objects.filter(task=task).count() + 1,
        "text": {"en": text},
        "type": "correct",
        "created_at": task.created_at,
        **fields,
    }
    return Step.objects.create(task=task, **given)


def make_idea(task: Task, by: User, text: str = "A second gate", **fields: Any) -> Idea:
    return Idea.objects.create(task=task, episode=task.episode, text=text, by=by, at=NOW, **fields)


def make_follow_up(step: Step, *, asks_at: datetime = NOW, **fields: Any) -> FollowUp:
    """Due at NOW: has the training stuck?"""
    given = {"asks_at": asks_at, "next_due_at": asks_at, "created_at": step.created_at, **fields}
    return FollowUp.objects.create(task=step.task, step=step, **given)


def make_template(by: User, **fields: Any) -> MessageTemplate:
    """Words that wait for approval, unless `approved_by` says whose they have."""
    texts = {"en": "Mended: {touchpoint}. {stop}", "zh-hans": "已改善：{touchpoint}。{stop}"}
    given = {
        "name": "We mended it",
        "subject": {"en": "You told us", "zh-hans": "您的反馈"},
        "text": texts,
        "written_by": by,
        "written_at": NOW,
        "approved_at": NOW if "approved_by" in fields else None,
        **fields,
    }
    return MessageTemplate.objects.create(**given)


def make_recovery(touchpoint: Touchpoint, words: str = "", **fields: Any) -> Recovery:
    """A customer to be contacted by the owner of the touchpoint, tomorrow."""
    comment = make_comment(touchpoint, words) if words else None
    metric = Metric.objects.filter(kind="duration").first() or make_metric(kind="duration")
    given = {
        "digest": comment.pk if comment else uuid4(),
        "customer": uuid4(),
        "department": touchpoint.owner,
        "metric": metric,
        "value": 90,
        "occurred_at": NOW - timedelta(hours=3),
        "made_at": NOW,
        "due_at": NOW + timedelta(days=1),
        "escalate_at": NOW + timedelta(days=1),
        **fields,
    }
    return Recovery.objects.create(touchpoint=touchpoint, **given)
