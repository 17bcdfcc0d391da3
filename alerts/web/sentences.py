"""A rule as one sentence, and what a new version of it changed, in the reader's language."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alerts.logic.changes import Change, changes
from alerts.logic.levels import OPERATORS
from alerts.models import RuleVersion
from alerts.notices import say_aggregate_name, say_n_at_least, say_window, split_aggregate
from cx_loop.models import Metric, in_language
from cx_loop.ui.dimensions import value_names
from cx_loop.ui.words import say_number, say_value, unit_of

Names = Mapping[str, Any]  # key of a touchpoint, stage or journey -> its name per language

DIMENSIONS = {
    "segment": gettext_lazy("segment"),
    "channel": gettext_lazy("channel"),
    "location": gettext_lazy("location"),
}
PATHS = {
    "metric": gettext_lazy("metric"),
    "aggregate": gettext_lazy("what is computed"),
    "window": gettext_lazy("window"),
    "min_samples": gettext_lazy("smallest number"),
    "for": gettext_lazy("windows in a row"),
    "by": gettext_lazy("apart for each"),
    "no_data": gettext_lazy("when nothing arrives"),
    "expected_every": gettext_lazy("data expected every"),
    "cooldown": gettext_lazy("pause before it fires again"),
    "certain": gettext_lazy("certainty"),
    "versus": gettext_lazy("compared with"),
    "spread": gettext_lazy("spread of"),
    "keep_firing_for": gettext_lazy("healthy for, before it clears"),
    "max_groups": gettext_lazy("most groups"),
    "drift": gettext_lazy("drift"),
    "watches": gettext_lazy("watches"),
    "playbook": gettext_lazy("playbook"),
    "name": gettext_lazy("name"),
}
LEVELS = {
    "warning": gettext_lazy("warning"),
    "critical": gettext_lazy("critical"),
    "praise": gettext_lazy("good news"),
    "verify": gettext_lazy("acceptance of effect"),
}
PARTS = {
    "above": gettext_lazy("above"),
    "below": gettext_lazy("below"),
    "outside": gettext_lazy("outside"),
    "change_above": gettext_lazy("up by more than"),
    "change_below": gettext_lazy("down by more than"),
    "recover": gettext_lazy("clears at"),
    "certain": gettext_lazy("certainty"),
    "settle": gettext_lazy("settle period"),
    "looks": gettext_lazy("looks"),
    "extend_to": gettext_lazy("longest"),
    "tolerance": gettext_lazy("tolerance"),
    "guardrails": gettext_lazy("what must not get worse"),
}


def say_whole_rule(version: RuleVersion, names: Names) -> str:
    """Alert when the 90th percentile of Wait at Boarding, for each segment, over 1 day is above
    30 min (warning, clears at 25 min). At least 30 observations, 2 windows in a row."""
    spec, metric = version.spec, version.metric
    words = {
        "aggregate": say_aggregate_name(spec.get("aggregate")),
        "metric": in_language(metric.name) or metric.key,
        "places": say_places(version.watches, names),
        "window": say_window(str(spec.get("window", ""))),
        "levels": _(" or ").join(_levels(spec, metric)) or _("drifting"),
    }
    if spec.get("by"):
        words["by"] = _(" and ").join(str(DIMENSIONS.get(name, name)) for name in spec["by"])
        first = _(
            "Alert when the %(aggregate)s of %(metric)s at %(places)s, for each %(by)s, over "
            "%(window)s is %(levels)s."
        )
    else:
        first = _(
            "Alert when the %(aggregate)s of %(metric)s at %(places)s over %(window)s is "
            "%(levels)s."
        )
    rest = _(", ").join(_conditions(spec, metric))
    if not rest:
        return first % words
    # Translators: a sentence, and one more with what else must hold
    return _("%(first)s %(rest)s.") % {
        "first": first % words,
        "rest": rest[:1].upper() + rest[1:],
    }


def say_places(watches: Any, names: Names) -> str:
    """Boarding, Lounge; every touchpoint of Departure; every touchpoint."""
    if not isinstance(watches, Mapping):
        return _("every touchpoint")
    ((kind, keys),) = watches.items()
    if kind == "touchpoints":
        seen = [in_language(names[key]) or key for key in keys if key in names]
        hidden = len(keys) - len(seen)
        if hidden:
            others = ngettext("%(count)s other", "%(count)s others", hidden) % {"count": hidden}
            seen.append(others)
        return _(", ").join(seen)
    return _("every touchpoint of %(part)s") % {"part": in_language(names.get(keys, {})) or keys}


def say_changes(
    newer: RuleVersion, older: RuleVersion | None, names: Names
) -> list[tuple[str, str, str]]:
    """(what, before, after) of each line that this version changed; empty for the first."""
    if older is None:
        return []
    found = changes(_whole(older), _whole(newer))
    return [
        (
            _say_path(change.path),
            _say_value(change.path, change.before, names),
            _say_value(change.path, change.after, names),
        )
        for change in found
        if change.path not in {"touchpoints", "stage", "journey"}
    ]


def say_change(change: Change, names: Names | None = None) -> tuple[str, str, str]:
    return (
        _say_path(change.path),
        _say_value(change.path, change.before, names or {}),
        _say_value(change.path, change.after, names or {}),
    )


def _whole(version: RuleVersion) -> dict[str, Any]:
    return {
        **version.spec,
        "metric": version.metric.key,
        "watches": version.watches,
        "playbook": version.playbook.key if version.playbook else None,
    }


def _levels(spec: Mapping[str, Any], metric: Metric) -> Iterator[str]:
    unit = unit_of(metric.kind, metric.unit, split_aggregate(spec.get("aggregate"))[0])
    for severity in ("warning", "critical", "praise"):
        level = spec.get(severity) or {}
        for operator, line in level.items():
            if operator not in OPERATORS:
                continue
            words = {
                "beyond": f"{PARTS[operator]} {_say_line(line, unit)}",
                "severity": LEVELS[severity],
                "recover": _say_line(level.get("recover"), unit),
            }
            if level.get("recover") is None:
                yield _("%(beyond)s (%(severity)s)") % words
            else:
                yield _("%(beyond)s (%(severity)s, clears at %(recover)s)") % words


def _conditions(spec: Mapping[str, Any], metric: Metric) -> Iterator[str]:
    if spec.get("min_samples"):
        yield say_n_at_least(spec["min_samples"], metric.kind)
    windows = spec.get("for") or 1
    if windows > 1:
        words = {"count": windows}
        yield ngettext("%(count)s window in a row", "%(count)s windows in a row", windows) % words
    if certain := _certainty(spec):
        yield _("only when %(certain)s certain") % {"certain": certain}
    if spec.get("drift"):
        yield _("whenever it drifts away from what was normal for eight weeks")
    if spec.get("spread"):
        words = {"dimension": str(DIMENSIONS.get(spec["spread"], spec["spread"]))}
        yield _("the largest minus the smallest %(dimension)s is compared") % words
    if spec.get("versus"):
        yield _("compared with %(versus)s") % {"versus": _say_versus(spec["versus"])}
    if spec.get("keep_firing_for"):
        length = say_window(str(spec["keep_firing_for"]))
        yield _("it clears after %(length)s of health") % {"length": length}
    if spec.get("no_data") == "alert":
        yield _("also when nothing arrives")
    if spec.get("cooldown") not in (None, "", "0d", "0m"):
        length = say_window(str(spec["cooldown"]))
        yield _("within %(length)s it goes on as the same alert") % {"length": length}


def _certainty(spec: Mapping[str, Any]) -> str:
    """The certainty of its first level that asks for one."""
    levels = (spec.get(name) or {} for name in LEVELS if name != "verify")
    said = next((level["certain"] for level in levels if level.get("certain")), "")
    return "" if said == "point" else str(said).replace("%", " %")


def _say_versus(versus: Any) -> str:
    if isinstance(versus, Mapping):
        return _(", ").join(
            f"{DIMENSIONS.get(name, name)} {value_names().of(name, str(value))}"
            for name, value in versus.items()
        )
    known = {"week before": _("the same window a week before"), "before": _("the window before")}
    return known.get(str(versus), str(versus))


def _say_line(line: Any, unit: str) -> str:
    if isinstance(line, list | tuple):
        return _("%(low)s to %(high)s") % {
            "low": say_number(line[0]),
            "high": say_value(line[1], unit),
        }
    if isinstance(line, int | float):
        return say_value(line, unit)
    return str(line if line is not None else "–").replace("%", " %")


def _say_path(path: str) -> str:
    above, _dot, below = path.rpartition(".")
    if not above:
        return str(PATHS.get(path, path))
    level = LEVELS.get(above, above)
    return f"{level}: {PARTS.get(below, below)}"


def _say_value(path: str, value: Any, names: Names) -> str:
    if value is None or value == []:
        return "–"
    if path == "aggregate":
        return say_aggregate_name(value)
    if path == "no_data":
        return {"keep": _("stay as it is"), "alert": _("alert"), "ok": _("count as healthy")}[value]
    if path == "watches":
        return say_places(value, names)
    if path == "by":
        return _(", ").join(str(DIMENSIONS.get(name, name)) for name in value)
    if path in {"window", "cooldown", "expected_every", "verify.settle", "verify.extend_to"}:
        return say_window(str(value))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _(", ").join(_say_value("", each, names) for each in value)
    return _say_line(value, "")
