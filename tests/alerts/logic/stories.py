"""Words to tell evaluation stories with: a rule, windows written newest first, a state."""

from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.logic.conditions import Spec, parse_spec
from alerts.logic.evaluate import Decision, State, Window, decide

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
EMPTY = (None, 0)


def rule(**changes: Any) -> Spec:
    """Boarding wait: p90 of a day, warning above 30 (25), critical above 45 (40), n >= 30."""
    raw: dict[str, Any] = {
        "metric": "wait",
        "aggregate": "p90",
        "window": "1d",
        "min_samples": 30,
        "warning": {"above": 30, "recover": 25},
        "critical": {"above": 45, "recover": 40},
    }
    return parse_spec({**raw, **{name.rstrip("_"): value for name, value in changes.items()}})


def days(*values: Any, length: timedelta = DAY, edge: datetime = NOON) -> list[Window]:
    """Give adjacent windows, newest first: a value (n = 30), None (n = 0) or a pair (value, n)."""
    windows = []
    for value in values:
        value, n = value if isinstance(value, tuple) else (value, 0 if value is None else 30)
        windows.append(Window(edge - length, edge, value, n))
        edge -= length
    return windows


def see(spec: Spec, *values: Any, before: State | None = None, **how: Any) -> Decision:
    return decide(spec, days(*values), before or State(since=NOON - 9 * DAY), **how)


def live(spec: Spec, values: list[Any], before: State | None = None) -> list[Decision]:
    """Evaluate every edge of a history given oldest first, as the engine does."""
    decisions: list[Decision] = []
    state = before or State()
    for count in range(1, len(values) + 1):
        edge = NOON + count * DAY
        decisions.append(decide(spec, days(*reversed(values[:count]), edge=edge), state))
        state = decisions[-1].state
    return decisions


FIRING_WARNING = State("firing", 2, NOON - DAY)
FIRING_CRITICAL = State("firing", 1, NOON - DAY)


def is_quiet(decision: Decision) -> bool:
    """Say whether the alert, if there is one, is left as it is."""
    return not (decision.opens or decision.clears or decision.severity_changed)
