"""The acceptance of the effect as the page of a task shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cx_loop.ui.charts import Band
from cx_loop.ui.words import say_day, say_number, say_value
from tasks.logic.plan import Plan, after_days, baseline_days, plan_from_json
from tasks.models import Task, Verification
from tasks.notices import VERDICTS, say_verification


@dataclass(frozen=True, slots=True)
class Arm:
    """Baseline or after: its value and what it rests on."""

    name: str
    value: str
    n: str
    period: str


@dataclass(frozen=True, slots=True)
class Shown:
    episode: int
    state: str
    sentence: str
    verdict: str
    arms: list[Arm]
    effect: str
    looks: int
    running: Verification


STATES = {
    "waiting": gettext_lazy("Settling in"),
    "watching": gettext_lazy("Watching"),
    "person": gettext_lazy("Waiting for a person"),
    "decided": gettext_lazy("Decided"),
}


def shown(verification: Verification, task: Task) -> Shown:
    result, unit = verification.result or {}, _unit(verification, task)
    names = {"baseline": _("Baseline (before the fix)"), "after": _("After the fix")}
    return Shown(
        episode=verification.episode,
        state=str(STATES[verification.state]),
        sentence=say_verification(verification),
        verdict=str(VERDICTS.get(verification.verdict, "")),
        arms=[_arm(names[key], result[key], unit) for key in names if result.get(key)],
        effect=_effect(result, unit),
        looks=verification.looks_done,
        running=verification,
    )


def bands_of(verification: Verification) -> list[Band]:
    """The days before and after the fix that are compared, as planned."""
    if not verification.plan:
        return []
    plan = plan_from_json(verification.plan)
    before, after = baseline_days(plan), after_days(plan, max(0, _looks(verification, plan)))
    found = []
    if before.days > 0:
        found.append(Band(before.start, _last(before), "baseline", _("baseline")))
    if after.days > 0:
        found.append(Band(after.start, _last(after), "after", _("after the fix")))
    return found


def is_too_soon(task: Task, today: date, opened: date) -> bool:
    """A fix within seven days of the alert leaves no baseline: recovery is all that is judged."""
    return task.rule_version_id is not None and (today - opened).days <= 7


def _last(period: Any) -> date:
    return date.fromordinal(period.end.toordinal() - 1)


def _looks(verification: Verification, plan: Plan) -> int:
    return min(max(verification.looks_done - 1, 0), len(plan.all_looks) - 1)


def _arm(name: str, arm: Mapping[str, Any], unit: str) -> Arm:
    period = ""
    if arm.get("from") and arm.get("to"):
        ends = [say_day(date.fromisoformat(str(arm[key])[:10])) for key in ("from", "to")]
        period = " – ".join(ends)
    return Arm(name, say_value(arm.get("value"), unit), say_number(arm.get("n")), period)


def _effect(result: Mapping[str, Any], unit: str) -> str:
    """Better by 6.2 % (1.1 to 11.3): always with its interval, where there is one."""
    effect, between = result.get("effect"), result.get("interval")
    if effect is None:
        return ""
    words = {"effect": say_value(abs(effect), unit)}
    said = (_("better by %(effect)s") if effect >= 0 else _("worse by %(effect)s")) % words
    if not between:
        return said
    ends = {"said": said, "low": say_number(between[0]), "high": say_number(between[1])}
    return _("%(said)s (interval %(low)s to %(high)s)") % ends


def _unit(verification: Verification, task: Task) -> str:
    measure = (verification.plan or {}).get("measure") or {}
    kind = measure.get("kind", "")
    if kind in {"share", "rate"}:
        return "%"
    if kind == "count":
        return _("a day")
    return task.metric.unit if kind == "mean" and task.metric else ""
