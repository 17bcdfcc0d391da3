"""What a trial on history amounts to: alerts, the tasks they would have been, a better line."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

import numpy as np

from alerts.logic.conditions import Spec
from alerts.logic.grouping import GroupName
from alerts.logic.history import Floats, Lived, Past
from alerts.logic.levels import Level

WEEK = timedelta(weeks=1)
MONTH = timedelta(days=30)
_CANDIDATES = 64


@dataclass(frozen=True, slots=True)
class WouldHave:
    """One alert a rule would have raised. `to`: the edge that cleared it, None while it fires.
    `peak` and `n` are of the worst value, and of the window that raised it."""

    group: GroupName
    since: datetime
    to: datetime | None
    severity: int
    peak: float | None
    n: float

    def lasted(self, until: datetime) -> timedelta:
        return (self.to or until) - self.since


def alerts_of(group: GroupName, past: Past, lived: Lived) -> list[WouldHave]:
    """The alerts of one group. What fires again within the cooldown is the same alert."""
    found: list[WouldHave] = []
    for episode in lived.episodes:
        to = None if episode.last is None else past.edges[episode.last]
        if episode.reopens and found:
            before = found[-1]
            severity = min(before.severity, episode.severity)
            found[-1] = replace(before, to=to, severity=severity)
            continue
        n = float(past.n[episode.first])
        since = past.edges[episode.first]
        found.append(WouldHave(group, since, to, episode.severity, episode.peak, n))
    return found


def tasks_of(alerts: Iterable[WouldHave]) -> dict[int, int]:
    """Touchpoint -> how many tasks they would have been: alerts that overlap in time join one.

    Work usually outlasts its alerts, so this is the most there could have been.
    """
    found: dict[int, int] = {}
    by_place = sorted(alerts, key=lambda alert: (alert.group.touchpoint, alert.since))
    for place, here in groupby(by_place, key=lambda alert: alert.group.touchpoint):
        count, busy_until = 0, None
        for alert in here:
            if count == 0 or (busy_until is not None and alert.since > busy_until):
                count, busy_until = count + 1, alert.to
            elif busy_until is not None:
                busy_until = None if alert.to is None else max(busy_until, alert.to)
        found[place] = count
    return found


def with_line(spec: Spec, line: float) -> Spec | None:
    """The rule with its mildest line moved, recover and critical moved along; None where there
    is no single line to move (outside, a change, a drift, only praise)."""
    mildest = spec.warning or spec.critical
    if mildest is None or spec.drift or mildest.operator not in ("above", "below"):
        return None
    assert isinstance(mildest.bound, float)
    by = line - mildest.bound
    return replace(spec, warning=_moved(spec.warning, by), critical=_moved(spec.critical, by))


def _moved(level: Level | None, by: float) -> Level | None:
    if level is None:
        return None
    assert isinstance(level.bound, float)
    recover = level.recover
    if isinstance(recover, float):
        recover += by
    return replace(level, bound=level.bound + by, recover=recover)


def suggest_line(
    spec: Spec, values: Floats, allowed: float, count: Callable[[Spec], int]
) -> tuple[float, int] | None:
    """The most watchful line whose alerts stay within `allowed`, and how many it would raise.

    `values`: of every sufficient window there was; lines between them differ in nothing. `count`
    says how many alerts a rule would have raised. Found by halving, since a stricter line raises
    no more alerts, but for gaps that split one long alert into several.
    """
    lines = _lines(spec, values)
    low, high, best = 0, len(lines), None
    while low < high:
        middle = (low + high) // 2
        tried = with_line(spec, lines[middle])
        if tried is None:
            return None
        alerts = count(tried)
        if alerts <= allowed:
            best, high = (lines[middle], alerts), middle
        else:
            low = middle + 1
    return best


def _lines(spec: Spec, values: Floats) -> Sequence[float]:
    """Candidates, the most watchful first."""
    known = values[~np.isnan(values)]
    if not known.size:
        return ()
    found = np.unique(np.quantile(known, np.linspace(0, 1, _CANDIDATES), method="nearest"))
    mildest = spec.warning or spec.critical
    upward = mildest is not None and mildest.operator == "above"
    lines: list[float] = [float(f"{line:.6g}") for line in (found if upward else found[::-1])]
    return lines
