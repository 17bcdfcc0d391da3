"""One window against the levels of a rule: whether it can be judged, and on which side it lies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alerts.logic.conditions import Spec
from alerts.logic.levels import Level

Bounds = Mapping[float, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Window:
    """The values of one group over [start, edge), UTC.

    `value` is None where the aggregate is undefined; `n` counts answers, for a rate its exposure.
    `base`, `base_n`: the same of what it is compared with, where that is not the window before.
    `why`: why what was measured cannot be judged (too_few_parts). `parts`: where a spread is
    largest and smallest. `whole`: False while its day, week or month still runs. `bounds`:
    confidence -> interval of what is compared with the line, for levels that want certainty.
    `facts`: what is told of it instead of what is compared, plain values.
    """

    start: datetime
    edge: datetime
    value: float | None
    n: float
    base: float | None = None
    base_n: float = 0
    why: str = ""
    parts: tuple[str, str] | None = None
    whole: bool = True
    bounds: Bounds = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """A window as a rule sees it. `reason` says why it is insufficient; empty: it suffices."""

    value: float | None
    n: float
    before: float | None
    reason: str
    bounds: Bounds = field(default_factory=dict)
    parts: tuple[str, str] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sufficient(self) -> bool:
        return not self.reason

    def beyond(self, level: Level) -> bool:
        """Whether the value itself lies beyond the line."""
        assert self.value is not None
        return level.breached(self.value, self.before)

    def breached(self, level: Level) -> bool:
        """Whether it lies beyond the line for certain, where the level wants certainty."""
        if level.certain is None:
            return self.beyond(level)
        between = self.bounds.get(level.certain)
        return between is not None and level.surely_breached(*between)

    def healthy(self, level: Level) -> bool:
        assert self.value is not None
        return level.healthy(self.value, self.before)

    def under_interval(self, level: Level) -> bool:
        """Say whether the breach lies below the line rather than above it."""
        assert self.value is not None
        measured = level.measured(self.value, self.before)
        return self.beyond(level) and measured < level.interval[0]


def read_window(spec: Spec, windows: Sequence[Window], index: int) -> Reading:
    """Read the window at an index (0 is the newest), with its base where it is a change.

    Reasons: insufficient_samples, no_value, too_few_parts, insufficient_base, base_zero.
    """
    window = windows[index]
    reason = _why_not(spec, window.value, window.n, window.why)
    if not spec.is_change:
        return Reading(
            window.value, window.n, None, reason, window.bounds, window.parts, window.facts
        )
    base, base_n = _base_of(spec, windows, index)
    if not reason and _why_not(spec, base, base_n):
        reason = "insufficient_base"
    if not reason and base == 0 and needs_base(spec):
        reason = "base_zero"
    return Reading(window.value, window.n, base, reason, window.bounds)


def _base_of(spec: Spec, windows: Sequence[Window], index: int) -> tuple[float | None, float]:
    if not spec.versus.is_window_before:
        return windows[index].base, windows[index].base_n
    if index + 1 >= len(windows):
        return None, 0
    return windows[index + 1].value, windows[index + 1].n


def needs_base(spec: Spec) -> bool:
    """A change over time from nothing says nothing; a part may lie 5 below another's 0."""
    percent = any(level.percent for level in spec.every_level)
    return percent or not spec.versus.is_other_part


def _why_not(spec: Spec, value: float | None, n: float, why: str = "") -> str:
    if n < spec.min_samples:
        return "insufficient_samples"
    return why or ("no_value" if value is None else "")
