"""Guardrails: what a fix must not make worse, chosen with its plan and looked at with it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from alerts.logic.conditions import spec_from_json
from alerts.models import RuleVersion
from cx_loop.models import SYSTEM, Metric, Series, record
from tasks.actions.access import ladder
from tasks.actions.announce import announce, concerned
from tasks.actions.series import arms_of, control_series, kept
from tasks.logic.guardrails import Guarded, guard, plan_of_guard
from tasks.logic.measures import Measure, usual_measure
from tasks.logic.plan import Plan
from tasks.models import Task, Verification


def guards_of(task: Task, version: RuleVersion) -> list[dict[str, Any]]:
    """What the rule's guardrails are measured on at the touchpoint of the task, frozen with the
    plan. A metric that nothing was ever sent for there guards nothing."""
    keys = spec_from_json(version.spec).verify.guardrails
    if not keys or task.touchpoint_id is None:
        return []
    found = []
    for metric in Metric.objects.filter(key__in=keys, retired_at=None).order_by("key"):
        here = Series.objects.filter(metric=metric, touchpoint=task.touchpoint_id).order_by("id")
        series, measure = list(here.values_list("id", flat=True)), usual_measure(metric.scale)
        if series and measure is not None:
            frozen = {
                "metric": metric.key,
                "name": metric.name,
                "unit": metric.unit,
                "measure": asdict(measure),
                "higher_is_better": metric.higher_is_better,
                "series": series,
                "controls": control_series(task, metric.pk, series),
            }
            found.append(frozen)
    return found


def tell_of_harm(task: Task, running: Verification, guards: list[Guarded], now: datetime) -> None:
    """What a look shows to be worse for the first time is told at once, whatever the fix itself is
    found to be: otherwise the harm would go on until the last look."""
    known = {each["metric"] for each in (running.result or {}).get("guards", []) if each["worse"]}
    fresh = [each.metric for each in guards if each.is_worse and each.metric not in known]
    if not fresh:
        return
    names = {each["metric"]: each["name"] for each in running.guards}
    params = {"metrics": [names[key] for key in fresh]}
    record(
        verb="guardrail_worse",
        subject="task",
        subject_id=task.number,
        by=SYSTEM,
        now=now,
        params=params,
    )
    people = [*concerned(task, "", now), *ladder(task.department, "lead", now)]
    announce(task=task, code="guardrail", now=now, to=people)


def guards_as_json(running: Verification, guards: list[Guarded]) -> list[dict[str, Any]]:
    """As a result keeps them: with the name and the unit their metric had."""
    frozen = {each["metric"]: each for each in running.guards}
    return [
        each.as_json() | {word: frozen[each.metric][word] for word in ("name", "unit")}
        for each in guards
    ]


def look_at_guards(
    running: Verification, plan: Plan, look: int
) -> tuple[list[Guarded], dict[str, Any]]:
    """What each guardrail says at a look, and the days that went in."""
    before = {each["metric"]: each["since"] for each in (running.result or {}).get("guards", [])}
    keys = [each["metric"] for each in running.guards]
    metrics = {each.key: each for each in Metric.objects.filter(key__in=keys)} if keys else {}
    said, data = [], {}
    for frozen in running.guards:
        key, measure = frozen["metric"], Measure(**frozen["measure"])
        judged = plan_of_guard(
            plan,
            measure,
            higher_is_better=frozen["higher_is_better"],
            many=len(running.guards),
        )
        days, controls = arms_of(
            frozen["series"], frozen["controls"], metrics[key].scale, judged, look
        )
        data[key] = kept(days, controls)
        since = before.get(key)
        said.append(guard(judged, metric=key, look=look, days=days, controls=controls, since=since))
    return said, data
