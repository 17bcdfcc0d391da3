"""The acceptance of the effect as the page of a task shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alerts.notices import say_aggregate_name
from cx_loop.models import in_language
from cx_loop.ui.charts import Band, Marker
from cx_loop.ui.words import say_day, say_number, say_value
from tasks.logic.plan import Plan, after_days, baseline_days, look_days, plan_from_json
from tasks.models import JudgedElsewhere, Task, Verification
from tasks.notices import VERDICTS, say_verification

SHARES = ("share", "rate")  # in percent


@dataclass(frozen=True, slots=True)
class Arm:
    """Baseline or after: its value and what it rests on."""

    name: str
    value: str
    n: str
    period: str
    between: str


@dataclass(frozen=True, slots=True)
class Shown:
    episode: int
    state: str
    sentence: str
    verdict: str
    judged_on: str
    measure: str
    arms: list[Arm]
    effect: str
    change: str
    percentile: str
    remaining: str
    guards: list[tuple[str, bool]]  # what is said, and whether it is worse
    correction: str
    looks: int
    running: Verification


STATES = {
    "waiting": gettext_lazy("Settling in"),
    "watching": gettext_lazy("Watching"),
    "person": gettext_lazy("Waiting for a person"),
    "decided": gettext_lazy("Decided"),
}


def shown(verification: Verification, task: Task) -> Shown:
    result, unit = verification.result or {}, unit_of_verdict(verification, task)
    names = {"baseline": _("Baseline (before the fix)"), "after": _("After the fix")}
    return Shown(
        episode=verification.episode,
        state=str(STATES[verification.state]),
        sentence=say_verification(verification),
        judged_on=_judged_on(verification),
        measure=_measure(verification),
        verdict=str(VERDICTS.get(verification.verdict, "")),
        arms=[_arm(names[key], result[key], unit) for key in names if result.get(key)],
        effect=_effect(result, unit),
        change=_change(result, unit),
        percentile=_percentile(result, task),
        remaining=_remaining(result, unit),
        correction=say_correction(verification, unit),
        guards=[(say_guard(each), bool(each["worse"])) for each in result.get("guards", [])],
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
    if plan.settle > 0:
        last = date.fromordinal(plan.settled_from.toordinal() - 1)
        found.append(Band(plan.fix_day, last, "settle", ""))
    if after.days > 0:
        found.append(Band(after.start, _last(after), "after", _("after the fix")))
    return found


def looks_of(verification: Verification) -> list[Marker]:
    """The last day that each look was on."""
    if not verification.plan:
        return []
    days = look_days(plan_from_json(verification.plan))[: verification.looks_done]
    return [Marker(date.fromordinal(day.toordinal() - 1), "look", "") for day in days]


def is_too_soon(task: Task, today: date, opened: date) -> bool:
    """A fix within seven days of the alert leaves no baseline: recovery is all that is judged."""
    return task.rule_version_id is not None and (today - opened).days <= 7


def _last(period: Any) -> date:
    return date.fromordinal(period.end.toordinal() - 1)


def _looks(verification: Verification, plan: Plan) -> int:
    return min(max(verification.looks_done - 1, 0), len(plan.all_looks) - 1)


def _arm(name: str, arm: Mapping[str, Any], unit: str) -> Arm:
    period, between = "", ""
    if arm.get("from") and arm.get("to"):
        days = [say_day(date.fromisoformat(str(arm[key])[:10])) for key in ("from", "to")]
        period = " – ".join(days)
    if arm.get("interval"):
        low, high = (say_number(end) for end in arm["interval"])
        between = _("95 %% interval %(low)s to %(high)s") % {"low": low, "high": high}
    value, n = arm.get("value"), arm.get("n") or 0
    return Arm(name, say_value(value, unit), say_number(n), period, between)


def _change(result: Mapping[str, Any], unit: str) -> str:
    """Before to after as it was seen, nothing taken out of it."""
    change = result.get("change")
    if not change:
        return ""
    low, high = (say_number(end) for end in change["interval"])
    words = {"change": _apart(change["value"], unit), "low": low, "high": high}
    return _("before to after %(change)s (95 %% interval %(low)s to %(high)s)") % words


def _percentile(result: Mapping[str, Any], task: Task) -> str:
    """The percentile that the rule itself watches, beside the share that is judged."""
    found = result.get("percentile")
    if not found:
        return ""
    unit = task.metric.unit if task.metric else ""
    words = {
        "name": _("median") if found["q"] == 50 else f"p{found['q']}",
        "before": say_value(found["baseline"]["value"], unit),
        "after": say_value(found["after"]["value"], unit),
        "low": say_number(found["change"]["interval"][0]),
        "high": say_value(found["change"]["interval"][1], unit),
    }
    return (
        _(
            "%(name)s: %(before)s before, %(after)s after"
            " (95 %% interval of the change %(low)s to %(high)s)"
        )
        % words
    )


def _remaining(result: Mapping[str, Any], unit: str) -> str:
    target, short = result.get("target"), result.get("remaining")
    if target is None or not short:
        return ""
    words = {"target": say_value(target, unit), "short": _apart(short, unit)}
    return _("still short of %(target)s by %(short)s") % words


def _apart(difference: float, unit: str) -> str:
    """A difference of percentages is in points, otherwise 10 % better could mean 1 point."""
    return say_value(difference, _("points") if unit == "%" else unit)


def _effect(result: Mapping[str, Any], unit: str) -> str:
    """Better by 6.2 % (1.1 to 11.3): always with its interval, where there is one."""
    effect, between = result.get("effect"), result.get("interval")
    if effect is None:
        return ""
    words = {"effect": _apart(abs(effect), unit)}
    against = str(result.get("method", "")).startswith("did")
    if against:
        # what moved everywhere is taken out, otherwise a rise could seem to be called better
        better, worse = (
            _("better by %(effect)s, against the other touchpoints"),
            _("worse by %(effect)s, against the other touchpoints"),
        )
    else:
        better, worse = _("better by %(effect)s"), _("worse by %(effect)s")
    said = (better if effect >= 0 else worse) % words
    if not between:
        return said
    ends = {"said": said, "low": say_number(between[0]), "high": say_number(between[1])}
    return _("%(said)s (interval %(low)s to %(high)s)") % ends


def say_correction(verification: Verification, unit: str) -> str:
    """What would be said today, where data of the compared days were corrected since."""
    noted = verification.correction
    if not noted:
        return ""
    method = (verification.result or {}).get("method")
    words = {
        "days": noted["days"],
        "verdict": VERDICTS.get(noted["verdict"] or "", _("nothing to conclude")),
        "effect": _effect({**noted, "method": method}, unit) or _("no effect can be estimated"),
    }
    many = noted["days"]
    if noted["same"]:
        said = ngettext(
            "Data of %(days)s day were corrected since: the same would be said (%(effect)s).",
            "Data of %(days)s days were corrected since: the same would be said (%(effect)s).",
            many,
        )
    else:
        said = ngettext(
            "Data of %(days)s day were corrected since: today it would be “%(verdict)s”"
            " (%(effect)s). The verdict stands as it was given.",
            "Data of %(days)s days were corrected since: today it would be “%(verdict)s”"
            " (%(effect)s). The verdict stands as it was given.",
            many,
        )
    return said % words


def say_guard(guard: Mapping[str, Any]) -> str:
    """One guardrail: worse, by how much; else that nothing of the kind is shown."""
    unit = unit_of_measure(guard["measure"], guard["unit"])
    words = {"metric": in_language(guard["name"]) or guard["metric"]}
    if guard["worse"]:
        words["effect"] = _effect({**guard, "method": _method_of(guard)}, unit)
        if (guard["effect"] or 0) < 0:
            return _("%(metric)s, beyond chance: %(effect)s") % words
        return _("%(metric)s: was worse beyond chance at an earlier look") % words
    if guard["interval"] is None:
        return _("%(metric)s: too few answers to tell") % words
    words |= {name: say_value(guard[name]["value"], unit) for name in ("baseline", "after")}
    return _("%(metric)s: not shown to be worse (%(baseline)s before, %(after)s after)") % words


def _method_of(guard: Mapping[str, Any]) -> str:
    return "obf_t" if "no_control" in guard["flags"] else "did_obf_t"


def _judged_on(verification: Verification) -> str:
    """What a lead chose to judge it on instead of what the rule watches."""
    chosen = verification.elsewhere
    if chosen is None:
        return ""
    name = in_language(chosen.metric.name) or chosen.metric.key
    if chosen.of == JudgedElsewhere.Of.STAGE:
        return _("Judged on %(metric)s over the whole stage, as the lead chose.") % {"metric": name}
    return _("Judged on %(metric)s, as the lead chose.") % {"metric": name}


def _measure(verification: Verification) -> str:
    """What is compared, where it is not simply the metric: a percentile is judged by a share."""
    measure = (verification.plan or {}).get("measure") or {}
    if measure.get("kind") != "share" or measure.get("line") is None:
        return ""
    name = "share_above" if measure.get("above") else "share_below"
    return say_aggregate_name({name: measure["line"]})


def unit_of_verdict(verification: Verification, task: Task) -> str:
    measure = (verification.plan or {}).get("measure") or {}
    chosen = verification.elsewhere
    metric = chosen.metric if chosen is not None else task.metric
    return unit_of_measure(measure, metric.unit if metric else "")


def unit_of_measure(measure: Mapping[str, Any], unit: str) -> str:
    kind = measure.get("kind", "")
    if kind in SHARES:
        return "%"
    if kind == "count":
        return _("a day")
    return unit if kind == "mean" else ""
