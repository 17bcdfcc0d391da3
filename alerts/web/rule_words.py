"""Between the slots of the rule form and a rule in the words of the configuration.

Nothing is judged here: what a slot says is handed on as it was typed, and `read_draft` refuses it.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from alerts.logic.comparisons import DIMENSIONS, WEEK_BEFORE
from alerts.logic.levels import operator_of

LEVELS = ("warning", "critical", "praise")
DRIFTS = {"drift_down": "down", "drift_up": "up", "drift_both": "both"}
PLAIN = ("metric", "window", "min_samples", "max_groups", "no_data")
LENGTHS = ("cooldown", "keep_firing_for", "expected_every")
VERIFY = ("settle", "extend_to", "tolerance", "guardrails")
NUMBER = re.compile(r"[-+−]?\d+(?:\.\d+)?")


def raw_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """A rule for `read_draft`, from the cleaned slots; what was left open is left out."""
    operator = said.get("operator") or "above"
    raw: dict[str, Any] = {name: said.get(name) for name in (*PLAIN, *LENGTHS)}
    raw |= {
        "touchpoints": _watched(said),
        "aggregate": _aggregate(said),
        "for": said.get("for_windows"),
        "by": list(said.get("by") or []),
        "spread": said.get("spread"),
        "versus": _versus(said),
        "drift": DRIFTS.get(operator),
        "verify": _verify(said),
    }
    if operator not in DRIFTS:
        raw |= {name: _level(said, name, operator) for name in ("warning", "critical")}
        raw["praise"] = _level(said, "praise", said.get("praise_operator") or "below")
    return {name: word for name, word in raw.items() if word not in (None, "", [], {})}


def slots_of(spec: Mapping[str, Any], watches: Any, metric: str, playbook: str) -> dict[str, Any]:
    """What the slots show of a stored rule."""
    operator = next((word for word, way in DRIFTS.items() if way == spec.get("drift")), "")
    levels = {name: spec.get(name) or {} for name in LEVELS}
    operator = operator or operator_of(levels["warning"]) or operator_of(levels["critical"])
    aggregate = spec.get("aggregate")
    name, line = next(iter(aggregate.items())) if isinstance(aggregate, dict) else (aggregate, None)
    found: dict[str, Any] = {name: spec.get(name) for name in (*PLAIN, *LENGTHS)}
    found |= {
        "metric": metric,
        "playbook": playbook,
        "aggregate": name,
        "aggregate_line": _written(line, ""),
        "for_windows": spec.get("for"),
        "by": list(spec.get("by") or []),
        "spread": spec.get("spread") or "",
        "operator": operator or "above",
        "praise_operator": operator_of(levels["praise"]) or "below",
        **lines_of(spec),
        **_slots_of_versus(spec.get("versus")),
        **_slots_of_verify(spec.get("verify") or {}),
        **_slots_of_places(watches),
    }
    return found


def lines_of(spec: Mapping[str, Any]) -> dict[str, str]:
    """The slots of lines, recoveries and certainty alone: what a suggestion fills in anew."""
    found = {}
    for name in LEVELS:
        level = spec.get(name) or {}
        operator = operator_of(level)
        found[f"{name}_line"] = _written(level.get(operator), operator)
        found[f"{name}_recover"] = _written(level.get("recover"), operator)
        found[f"{name}_certain"] = level.get("certain") or ""
    return found


def slot_of(path: str) -> str:
    """The slot that a refusal of `warning.above`, `verify.looks` or `for` is about."""
    first, _dot, rest = path.partition(".")
    if first in LEVELS:
        return f"{first}_{rest if rest in {'recover', 'certain'} else 'line'}"
    if first == "verify":
        return f"verify_{rest}" if rest else "verify_settle"
    return {"for": "for_windows", "touchpoints": "place", "drift": "operator"}.get(first, first)


def _level(said: Mapping[str, Any], name: str, operator: str) -> dict[str, Any] | None:
    level = {
        operator: _read(said.get(f"{name}_line"), operator),
        "recover": _read(said.get(f"{name}_recover"), operator),
    }
    level = {word: line for word, line in level.items() if line is not None}
    if level and said.get(f"{name}_certain"):
        level["certain"] = said[f"{name}_certain"]
    return level or None


def _read(text: Any, operator: str) -> Any:
    """30; [20, 40] for outside; a fall is typed without its minus."""
    text = unicodedata.normalize("NFKC", str(text or "")).replace("−", "-").strip()
    if not text:
        return None
    if operator == "outside":
        ends = NUMBER.findall(re.sub(r"(?<=\d)\s*-\s*(?=\d)", " ", text))
        return [float(end) for end in ends] if len(ends) == 2 else text
    if operator == "change_below" and text[0].isdigit():
        text = f"-{text}"
    if text.endswith("%"):
        return text.lstrip("+")
    try:
        return float(text)
    except ValueError:
        return text


def _written(line: Any, operator: str) -> str:
    """The line as it is typed; `_read` reads it back."""
    if line is None:
        return ""
    if isinstance(line, list | tuple):
        return ", ".join(_plain(end) for end in line)
    text, percent = (line[:-1], "%") if isinstance(line, str) else (line, "")
    text = _plain(text)
    if operator == "change_below":
        text = text.removeprefix("-") if text.startswith("-") else f"+{text}"
    return text + percent


def _plain(number: Any) -> str:
    return re.sub(r"\.0$", "", repr(float(number)))


def _watched(said: Mapping[str, Any]) -> Any:
    kind, _colon, key = str(said.get("place") or "").partition(":")
    if kind == "all":
        return "all"
    if kind in {"stage", "journey"}:
        return {kind: key}
    keys = {*([key] if key else []), *(said.get("places") or [])}
    return sorted(keys) or None


def _slots_of_places(watches: Any) -> dict[str, Any]:
    if not isinstance(watches, Mapping):
        return {"place": "all", "places": []}
    ((kind, keys),) = watches.items()
    if kind != "touchpoints":
        return {"place": f"{kind}:{keys}", "places": []}
    first, *others = [*keys, ""][: len(keys)] or [""]
    return {"place": f"touchpoint:{first}", "places": others}


def _aggregate(said: Mapping[str, Any]) -> Any:
    name = said.get("aggregate")
    if name not in {"share_above", "share_below"}:
        return name
    return {name: _read(said.get("aggregate_line"), "")}


def _versus(said: Mapping[str, Any]) -> Any:
    when = said.get("versus")
    if when in DIMENSIONS:
        return {when: said.get("versus_value") or ""}
    return when


def _slots_of_versus(versus: Any) -> dict[str, str]:
    if isinstance(versus, Mapping):
        ((dimension, value),) = versus.items()
        return {"versus": dimension, "versus_value": value}
    return {"versus": WEEK_BEFORE if versus == WEEK_BEFORE else "", "versus_value": ""}


def _verify(said: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: said.get(f"verify_{name}") for name in VERIFY}
    looks = re.split(r"[\s,，、;；]+", str(said.get("verify_looks") or "").strip())
    found["looks"] = [f"{look}d" if look.isdecimal() else look for look in looks if look]
    return {name: word for name, word in found.items() if word not in (None, "", [])}


def _slots_of_verify(verify: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {f"verify_{name}": verify.get(name) for name in VERIFY}
    looks = [str(look) for look in verify.get("looks") or []]
    found["verify_guardrails"] = list(verify.get("guardrails") or [])
    found["verify_looks"] = ", ".join(look.removesuffix("d") for look in looks)
    return found
