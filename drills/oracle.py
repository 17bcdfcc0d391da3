"""Which groups must stand in alert after one evaluation of everything, from rows and rules as
configuration writes them. Rules with one window, `above` or `below`, and no recover line."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from drills.windows import Row, aggregate

WINDOWS = {"1h": timedelta(hours=1), "1d": timedelta(days=1)}
HIGHEST = {"csat": 5}


@dataclass(frozen=True)
class Raw:
    """One row of the raw observations."""

    touchpoint: str
    metric: str
    segment: str
    occurred_at: datetime
    value: float
    exposure: float


def alerts_at(
    edge: datetime, rules: Iterable[Mapping[str, Any]], rows: Iterable[Raw]
) -> dict[tuple[str, str, str], str]:
    """(rule, touchpoint, segment) -> severity, of every group that breaches at the edge."""
    rows, found = list(rows), {}
    for rule in rules:
        for (touchpoint, segment), window in _windows(rule, rows, edge).items():
            if severity := _severity(rule, window):
                found[rule["key"], touchpoint, segment] = severity
    return found


def _windows(rule: Any, rows: list[Raw], edge: datetime) -> dict[tuple[str, str], list[Row]]:
    windows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        inside = edge - WINDOWS[rule["window"]] <= row.occurred_at < edge
        if row.metric == rule["metric"] and inside:
            segment = row.segment if rule.get("by") == ["segment"] else ""
            windows[row.touchpoint, segment].append((row.value, row.exposure))
    return windows


def _severity(rule: Any, window: list[Row]) -> str | None:
    samples = sum(e for _, e in window) if rule["aggregate"] == "rate" else len(window)
    if samples < rule.get("min_samples", 0 if rule["aggregate"] in ("count", "sum") else 1):
        return None
    asked = rule["aggregate"]
    name, line = next(iter(asked.items())) if isinstance(asked, dict) else (asked, 0)
    top = HIGHEST.get(rule["metric"], 0)
    value = aggregate(name, window, line=line, top=top, bounded=bool(top))
    assert value is not None
    for severity in ("critical", "warning"):
        for operator, threshold in rule.get(severity, {}).items():
            if value > threshold if operator == "above" else value < threshold:
                return severity
    return None
