"""What would have happened, as plain values: alerts, tasks, escalations, verdicts."""

from typing import Any

from alerts.models import Alert
from tasks.models import Escalation, Look, Task, Verification


def report() -> dict[str, Any]:
    """Everything in order of time, keys only and no row numbers that differ between runs."""
    return {
        "alerts": [_alert(alert) for alert in _alerts()],
        "tasks": [
            _task(task)
            for task in Task.objects.order_by("number").select_related("department", "touchpoint")
        ],
        "escalations": [
            _escalation(row) for row in Escalation.objects.order_by("fired_at", "task_id", "seq")
        ],
        "verdicts": [
            _verification(row) for row in Verification.objects.order_by("task_id", "episode", "id")
        ],
    }


def _alerts() -> Any:
    related = Alert.objects.select_related("version__rule", "group__touchpoint")
    return related.prefetch_related("links").order_by("opened_at", "id")


def _alert(alert: Alert) -> dict[str, Any]:
    links = sorted({(link.task_id, link.episode) for link in alert.links.all()})
    return {
        "rule": alert.version.rule.key,
        "touchpoint": alert.group.touchpoint.key,
        **alert.group.dimensions,
        "severity": alert.get_severity_display(),
        "state": alert.state,
        "opened_at": alert.opened_at.isoformat(),
        "closed_at": alert.closed_at and alert.closed_at.isoformat(),
        "cleared": alert.cleared,
        "value": alert.value,
        "n": alert.n,
        "peak": alert.peak,
        "tasks": [{"number": number, "episode": episode} for number, episode in links],
    }


def _task(task: Task) -> dict[str, Any]:
    return {
        "number": task.number,
        "touchpoint": task.touchpoint and task.touchpoint.key,
        "department": task.department.key,
        "state": task.state,
        "severity": task.get_severity_display(),
        "episode": task.episode,
        "created_at": task.created_at.isoformat(),
        "due_at": task.due_at and task.due_at.isoformat(),
        "closed_at": task.closed_at and task.closed_at.isoformat(),
        "resolution": task.resolution,
        "was_late": task.was_late,
        "recovered": task.recovered,
    }


def _escalation(row: Escalation) -> dict[str, Any]:
    return {
        "task": row.task_id,
        "episode": row.episode,
        "seq": row.seq,
        "to": row.to,
        "ladder": row.ladder,
        "due_at": row.due_at.isoformat(),
        "fired_at": row.fired_at.isoformat(),
    }


def _verification(row: Verification) -> dict[str, Any]:
    result = row.result
    looks = Look.objects.filter(verification=row).count()
    return {
        "task": row.task_id,
        "episode": row.episode,
        "state": row.state,
        "verdict": row.verdict,
        "reason": row.reason,
        "recovered": row.recovered,
        "looks": looks,
        "decided_at": row.decided_at and row.decided_at.isoformat(),
        **{
            name: result.get(name) for name in ("baseline", "after", "effect", "interval", "method")
        },
    }
