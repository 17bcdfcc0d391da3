"""The verdicts of a replay as a table in Markdown: what each was drawn from, in one row."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from alerts.models import Alert
from cx_loop.models import Organization
from tasks.actions.series import days_kept
from tasks.logic.plan import Plan, plan_from_json
from tasks.logic.relapse import Proven, proven_of
from tasks.models import Look, Verification

HEAD = (
    "task",
    "rule, touchpoint",
    "alert",
    "looks",
    "before",
    "after",
    "others",
    "beyond others, L to U",
    "target",
    "verdict",
)
NONE = "–"


def verdict_table() -> str:
    """One row a fix, in the order of tasks and rounds."""
    rows = [HEAD, tuple("---" for _ in HEAD), *(_row(each) for each in _verifications())]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _verifications() -> Iterator[Verification]:
    related = Verification.objects.select_related("task__touchpoint", "task__rule_version__rule")
    yield from related.exclude(plan={}).order_by("task_id", "episode", "id")


def _row(row: Verification) -> tuple[str, ...]:
    plan, result = plan_from_json(row.plan), row.result
    look = row.looks.order_by("-seq").first()
    seen = _seen(plan, look)
    interval = result.get("interval")
    return (
        f"{row.task_id}" if row.episode == 1 else f"{row.task_id}, round {row.episode}",
        f"{_rule(row)}, {row.task.touchpoint.key if row.task.touchpoint else NONE}",
        f"{_day(plan.alert_day)}, {_fired(row)}",
        f"{row.looks_done} to {_day(plan.settled_from + timedelta(plan.all_looks[look.seq]))}"
        if look
        else "0",
        _value(seen.before.value if seen else None),
        _value(seen.after.value if seen else None),
        _others(seen),
        NONE
        if interval is None
        else f"{result['effect']:+.1f}, {interval[0]:+.1f} to {interval[1]:+.1f}",
        _value(plan.reference),
        _said(row),
    )


def _seen(plan: Plan, look: Look | None) -> Proven | None:
    if look is None:
        return None
    return proven_of(
        plan,
        look=look.seq,
        days=days_kept(look.data.get("days")),
        controls=days_kept(look.data.get("controls")),
        dispersion=1.0,
    )


def _rule(row: Verification) -> str:
    version = row.task.rule_version
    return version.rule.key if version else NONE


def _fired(row: Verification) -> str:
    """What the rule saw as the round began, in its own measure."""
    alerts = Alert.objects.filter(links__task=row.task_id, links__episode=row.episode)
    first = alerts.order_by("opened_at", "id").first()
    return NONE if first is None else _value(first.value)


def _others(seen: Proven | None) -> str:
    if seen is None or seen.others is None:
        return NONE
    before, after = seen.others
    return f"{_value(before.value)} → {_value(after.value)}"


def _said(row: Verification) -> str:
    name = row.verdict or row.state
    reason = "" if row.reason in ("", name) else f" ({row.reason})"
    return f"{name}{reason}{_on(row.decided_at)}"


def _on(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return f", {_day(moment.astimezone(Organization.current().zone).date())}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def _value(value: float | None) -> str:
    return NONE if value is None else f"{value:.1f}"
