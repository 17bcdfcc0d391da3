"""The answers that the first key is tried with: enough of them, beyond the line of the rule."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import floor
from typing import Any

from alerts.models import Rule, RuleVersion
from cx_loop.models import Metric, Touchpoint

MOST = 20  # lines that are shown; a rule that asks for more is not tried by hand
OUT_OF = 100  # what a rate is said of
ORDINARY = {"csat": 4, "nps": 8, "ces": 5}
Value = dict[str, float]


@dataclass(frozen=True, slots=True)
class FirstAnswers:
    """`lines`: one JSON object each. `warns`: whether all of them together cross the line."""

    lines: tuple[str, ...]
    warns: bool


def first_answers(now: datetime) -> FirstAnswers:
    """For the oldest rule in force; one ordinary answer where none can be tried by hand."""
    rule = Rule.objects.in_force().select_related("current__metric").order_by("pk").first()
    version = rule.current if rule is not None else None
    metric = version.metric if version is not None else Metric.objects.order_by("pk").first()
    value, many = _ordinary(metric.kind if metric is not None else "csat"), 1
    warns = False
    if version is not None and metric is not None:
        beyond = value_beyond(metric.kind, metric.low, version.spec)
        least = int(version.spec.get("min_samples", 1))
        if beyond is not None and least <= MOST:
            value, many, warns = beyond, least, True
    said = {"occurred_at": now.isoformat(timespec="seconds"), "touchpoint": _place(version)}
    said["metric"] = metric.key if metric is not None else "csat"
    each = ({**said, **value, "external_id": f"try-{n}"} for n in range(1, many + 1))
    return FirstAnswers(tuple(json.dumps(one) for one in each), warns)


def value_beyond(kind: str, low: float | None, spec: Mapping[str, Any]) -> Value | None:
    """What an answer must say so that a window of nothing else breaches.

    `low`: the worst on the metric's scale. `spec`: as a rule is stored. None: its line is no plain
    one, so it cannot be told here.
    """
    level = spec.get("warning") or spec.get("critical") or {}
    below, above = level.get("below"), level.get("above")
    if spec.get("versus") or spec.get("spread"):
        return None
    if isinstance(below, int | float) and low is not None:
        bad = low + 1 if kind != "nps" and low + 1 < below else low
        return {"value": _plain(bad)} if kind == "nps" or below > low else None
    if not isinstance(above, int | float) or above < 0:
        return None
    if kind == "rate":
        return {"value": floor(above) + 1, "exposure": OUT_OF} if above < OUT_OF else None
    return {"value": floor(above) + 1} if kind in ("duration", "count") else None


def _ordinary(kind: str) -> Value:
    exposure = {"exposure": OUT_OF} if kind == "rate" else {}
    return {"value": ORDINARY.get(kind, 1), **exposure}


def _plain(value: float) -> float:
    return int(value) if value == int(value) else value


def _place(version: RuleVersion | None) -> str:
    watched = version.watches if version is not None else None
    if isinstance(watched, dict) and watched.get("touchpoints"):
        return str(watched["touchpoints"][0])
    keys = Touchpoint.objects.order_by("pk").values_list("key", flat=True)
    return keys.first() or "boarding"
