"""What one evaluation of one group decides: the only place that says whether an alert opens.

Live evaluation, the preview in the rule editor and the replay of past data all call `decide`
with windows whose values are computed already. The levels nest: a critical breach is a warning
breach and a healthy warning is a healthy critical (`conditions` refuses rules without this
order), so the highest firing level says all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from alerts.logic.conditions import Spec
from alerts.logic.judge import Reading, Window, read_window
from alerts.logic.levels import Level, line_to_json

__all__ = [
    "CRITICAL",
    "WARNING",
    "Decision",
    "State",
    "Window",
    "decide",
    "fail",
    "needs_edge",
    "windows_needed",
]

CRITICAL, WARNING = 1, 2
RANK = {"ok": 0, "error": 0, "pending": 1, "no_data": 2, "recovering": 2, "firing": 3}


@dataclass(frozen=True, slots=True)
class State:
    """Where a group stands.

    `state`: the word shown: ok, pending (breached, too few windows yet), firing, recovering
    (between recover and line), no_data (the silence itself alerts) or error.
    `level`: what fires: None, 2 warning, 1 critical; kept through error and missing samples.
    `since`: when `state` became what it is. `muted`: people closed the group while it breached;
    no alert opens until it has cleared once. `last_data_at`: time of the newest observation;
    callers that know it set it, otherwise it is at most one edge step early.
    """

    state: str = "ok"
    level: int | None = None
    since: datetime | None = None
    muted: bool = False
    last_data_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of one evaluation, with its reason.

    `verdict`: the word for this window: ok, pending, firing, recovering, insufficient, no_data
    or error. `reason`: a stable code. `params`: plain values for its sentence.
    `opens`: an alert opens. `clears`: nothing fires any more, so an unresolved alert resolves.
    `severity_changed`: the alert's severity becomes `state.level`.
    """

    state: State
    verdict: str
    reason: str
    params: dict[str, Any]
    opens: bool = False
    clears: bool = False
    severity_changed: bool = False


def windows_needed(spec: Spec) -> int:
    """Count the adjacent windows, the newest included, that `decide` looks at."""
    judged = 1 if spec.for_windows == 1 else 3 * spec.for_windows
    return judged + (1 if spec.is_change else 0)


def needs_edge(spec: Spec, state: State, window_holds_data: bool) -> bool:
    """Say whether a passing edge must be evaluated though nothing has arrived."""
    unsettled = state.state != "ok" or state.level is not None or state.muted
    return window_holds_data or unsettled or spec.no_data != "keep" or spec.counts


def decide(
    spec: Spec,
    windows: Sequence[Window],
    before: State,
    *,
    provisional: bool = False,
    now: datetime | None = None,
) -> Decision:
    """Decide what the newest window changes.

    `windows`: newest first, adjacent, as many of `windows_needed` as history has; at least one.
    `provisional`: the newest edge has not passed yet: it may fire and raise, never clear or
    lower. `now`: when a provisional evaluation is made; at a passing edge the edge is the time.
    Raises ValueError when the windows are not adjacent.
    """
    _check_adjacent(windows)
    newest = windows[0]
    at = newest.edge if now is None else min(now, newest.edge)
    known = _note_data(before, newest, at)
    reading = read_window(spec, windows, 0)
    if spec.no_data != "keep" and _is_silent(spec, newest, known):
        return _hear_silence(spec, known, reading, provisional=provisional, at=at)
    if not reading.sufficient:
        return _hold(known, reading.reason, _params(spec, reading), verdict="insufficient")
    if provisional and _falls_short_by_nature(spec, reading):
        return _hold(known, "not_provisional", _params(spec, reading))
    decision = _judge(spec, windows, reading, known, at)
    if provisional and _lowers(known, decision.state):
        return _hold(known, "held_by_provisional", decision.params)
    return decision


def fail(before: State, at: datetime) -> Decision:
    """Note that the evaluation itself failed: what fires keeps firing, an error never resolves."""
    return Decision(_move(before, "error", before.level, at), "error", "error", {})


def _judge(
    spec: Spec, windows: Sequence[Window], reading: Reading, before: State, at: datetime
) -> Decision:
    level = _firing_level(spec, windows, reading, before)
    breached = any(reading.breached(each) for each in spec.levels)
    word = _word(level, breached=breached)
    shown = _shown_level(spec, level or before.level)
    healthy = all(reading.healthy(each) for each in spec.levels)
    after = replace(
        _move(before, word, level, at), muted=before.muted and not (level is None and healthy)
    )
    params = _params(spec, reading, shown, _breached_windows(spec, windows, shown))
    return _announce(before, after, word, _reason(before, level, shown, reading), params)


def _firing_level(
    spec: Spec, windows: Sequence[Window], reading: Reading, before: State
) -> int | None:
    for level, severity in ((spec.critical, CRITICAL), (spec.warning, WARNING)):
        if level is None:
            continue
        was_firing = before.level is not None and before.level <= severity
        stays = was_firing and not reading.healthy(level)
        if stays or _breached_windows(spec, windows, level) >= spec.for_windows:
            return severity
    return None


def _breached_windows(spec: Spec, windows: Sequence[Window], level: Level) -> int:
    """Count the unbroken breaches from the newest window back, insufficient windows skipped."""
    run = 0
    for index in range(min(len(windows), 3 * spec.for_windows)):
        reading = read_window(spec, windows, index)
        if not reading.sufficient:
            continue
        if not reading.breached(level):
            break
        run += 1
        if run == spec.for_windows:
            break
    return run


def _word(level: int | None, *, breached: bool) -> str:
    if level is not None:
        return "firing" if breached else "recovering"
    return "pending" if breached else "ok"


def _reason(before: State, level: int | None, shown: Level, reading: Reading) -> str:
    if level is not None:
        return "breached" if reading.breached(shown) else "between"
    if reading.breached(shown):
        return "waiting_for_windows"
    return "not_breached" if before.level is None else "recovered"


def _shown_level(spec: Spec, severity: int | None) -> Level:
    """Choose the level that explains the verdict: the firing one, else the first to fire."""
    firing = {CRITICAL: spec.critical, WARNING: spec.warning}.get(severity or 0)
    return firing or spec.levels[-1]


def _hear_silence(
    spec: Spec, before: State, reading: Reading, *, provisional: bool, at: datetime
) -> Decision:
    heard = before.last_data_at or before.since
    params = {**_params(spec, reading), "silent_since": heard and heard.isoformat()}
    if provisional:
        return _hold(before, "not_provisional", params)
    if spec.no_data == "ok":
        after = replace(_move(before, "ok", None, at), muted=False)
        return _announce(before, after, "ok", "no_data", params)
    lowest = CRITICAL if spec.warning is None else WARNING
    after = _move(before, "no_data", before.level or lowest, at)
    return _announce(before, after, "no_data", "no_data", params)


def _is_silent(spec: Spec, newest: Window, state: State) -> bool:
    if newest.n > 0:
        return False
    if state.last_data_at is None and state.state == "no_data":
        return True
    heard = state.last_data_at or state.since
    patience = spec.expected_every or spec.window
    return heard is not None and heard < newest.edge - patience


def _falls_short_by_nature(spec: Spec, reading: Reading) -> bool:
    """Say whether a count only looks low because its window is not over yet."""
    if not spec.counts:
        return False
    downward = spec.levels[0].operator == "below"
    return downward or any(reading.under_interval(level) for level in spec.levels)


def _lowers(before: State, after: State) -> bool:
    if before.level != after.level:
        return after.level is None or (before.level is not None and after.level > before.level)
    unmuted = before.muted and not after.muted
    return unmuted or RANK[after.state] < RANK[before.state]


def _hold(
    before: State, reason: str, params: dict[str, Any], verdict: str | None = None
) -> Decision:
    """Change nothing, except that an evaluation that succeeds is no error any more."""
    if before.state == "error":
        before = replace(before, state="ok" if before.level is None else "firing")
    return Decision(before, verdict or before.state, reason, params)


def _announce(
    before: State, after: State, verdict: str, reason: str, params: dict[str, Any]
) -> Decision:
    was, fires = before.level is not None, after.level is not None
    return Decision(
        after,
        verdict,
        reason,
        params,
        opens=fires and not was and not after.muted,
        clears=was and not fires,
        severity_changed=was and fires and before.level != after.level and not after.muted,
    )


def _move(before: State, word: str, level: int | None, at: datetime) -> State:
    since = before.since if word == before.state and before.since else at
    return replace(before, state=word, level=level, since=since)


def _note_data(before: State, newest: Window, at: datetime) -> State:
    heard = before.last_data_at
    if newest.n > 0:
        heard = newest.start if heard is None else max(heard, newest.start)
    return replace(before, since=before.since or at, last_data_at=heard)


def _params(
    spec: Spec, reading: Reading, level: Level | None = None, run: int | None = None
) -> dict[str, Any]:
    params: dict[str, Any] = {
        "value": reading.value,
        "n": reading.n,
        "min_samples": spec.min_samples,
        "for": spec.for_windows,
    }
    if spec.is_change:
        params["before"] = reading.before
    if level is not None:
        params |= {
            "operator": level.operator,
            "line": line_to_json(level.bound, percent=level.percent),
            "recover": line_to_json(level.healthy_line, percent=level.percent),
            "k": run,
        }
    return params


def _check_adjacent(windows: Sequence[Window]) -> None:
    if not windows:
        raise ValueError("an evaluation needs at least the newest window")
    for later, earlier in pairwise(windows):
        if earlier.edge != later.start:
            raise ValueError(f"the window before {later.start} must end there")
