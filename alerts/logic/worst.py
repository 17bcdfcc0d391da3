"""The group of a trial that would have raised the most alerts, day by day, to be drawn."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from alerts.logic.conditions import Spec
from alerts.logic.grouping import GroupName
from alerts.logic.history import Past, measured_of
from alerts.logic.trial import WouldHave


@dataclass(frozen=True, slots=True)
class Day:
    """The window that came closest to the line, of those that ended on a local day and could be
    judged; its value (of a change: the change) and n."""

    day: date
    value: float
    n: float


@dataclass(frozen=True, slots=True)
class Drawn:
    group: GroupName
    days: list[Day]


def drawn(
    spec: Spec, pasts: Mapping[GroupName, Past], alerts: Sequence[WouldHave], zone: ZoneInfo
) -> Drawn | None:
    """The group with the most alerts, among equals the one with the most data."""
    if not pasts:
        return None
    raised = Counter(alert.group for alert in alerts)
    name = max(pasts, key=lambda group: (raised[group], float(pasts[group].n.sum())))
    days = _days(spec, pasts[name], zone)
    return Drawn(name, days) if days else None


def _days(spec: Spec, past: Past, zone: ZoneInfo) -> list[Day]:
    values, sufficient = measured_of(spec, past)
    found: dict[date, Day] = {}
    for place in range(past.first, len(past.edges)):
        if not sufficient[place]:
            continue
        day = past.edges[place].astimezone(zone).date()
        here = Day(day, float(values[place]), float(past.n[place]))
        before = found.get(day)
        if before is None or _is_worse(spec, here.value, before.value):
            found[day] = here
    return list(found.values())


def _is_worse(spec: Spec, value: float, than: float) -> bool:
    level = spec.levels[-1] if spec.levels else spec.every_level[0]
    low, high = level.interval
    return _distance(value, low, high) > _distance(than, low, high)


def _distance(value: float, low: float, high: float) -> float:
    """How far beyond the nearer end; below 0 where it is within."""
    return max(low - value, value - high)
