"""One window against one level: whether it can be judged at all, and on which side it lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.logic.conditions import Spec
from alerts.logic.levels import Level


@dataclass(frozen=True, slots=True)
class Window:
    """The values of one group over [start, edge), UTC.

    `value` is None where the aggregate is undefined; `n` counts answers, for a rate its exposure.
    """

    start: datetime
    edge: datetime
    value: float | None
    n: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A window as a rule sees it. `reason` says why it is insufficient; empty: it suffices."""

    value: float | None
    n: float
    before: float | None
    reason: str

    @property
    def sufficient(self) -> bool:
        return not self.reason

    def breached(self, level: Level) -> bool:
        assert self.value is not None
        return level.breached(self.value, self.before)

    def healthy(self, level: Level) -> bool:
        assert self.value is not None
        return level.healthy(self.value, self.before)

    def under_interval(self, level: Level) -> bool:
        """Say whether the breach lies below the line rather than above it."""
        assert self.value is not None
        measured = level.measured(self.value, self.before)
        return self.breached(level) and measured < level.interval[0]


def read_window(spec: Spec, windows: Sequence[Window], index: int) -> Reading:
    """Read the window at an index (0 is the newest), with the one before it as base of a change.

    Reasons: insufficient_samples, no_value, insufficient_base, base_zero.
    """
    window = windows[index]
    reason = _why_not(spec, window)
    if not spec.is_change:
        return Reading(window.value, window.n, None, reason)
    base = windows[index + 1] if index + 1 < len(windows) else None
    if not reason and (base is None or _why_not(spec, base)):
        reason = "insufficient_base"
    before = None if base is None else base.value
    if not reason and before == 0:
        reason = "base_zero"
    return Reading(window.value, window.n, before, reason)


def _why_not(spec: Spec, window: Window) -> str:
    if window.n < spec.min_samples:
        return "insufficient_samples"
    return "no_value" if window.value is None else ""
