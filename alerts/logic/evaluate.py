"""What one evaluation of one group decides: the only place that says whether an alert opens.

Live evaluation, the preview in the rule editor and the replay of past data all call `decide`
with windows whose values are computed already. The levels nest: a critical breach is a warning
breach and a healthy warning is a healthy critical (`conditions` refuses rules without this
order), so the highest firing level says all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from math import isfinite
from typing import Any

from alerts.logic import machine
from alerts.logic.conditions import Spec
from alerts.logic.judge import Reading, Window, read_window
from alerts.logic.levels import Level, line_to_json
from alerts.logic.machine import CRITICAL, NOTHING, WARNING, State, advance, lowers, move

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


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of one evaluation, with its reason.

    `verdict`: the word for this window: ok, pending, firing, recovering, insufficient, no_data
    or error. `reason`: a stable code. `params`: plain values for its sentence.
    `opens`: an alert opens. `clears`: nothing fires any more, so an unresolved alert resolves.
    `severity_changed`: the alert's severity becomes `state.level`. `reopens`: it opens within the
    cooldown of what has cleared, so it is the same alert again. `praises`: the good news begins.
    """

    state: State
    verdict: str
    reason: str
    params: dict[str, Any]
    opens: bool = False
    clears: bool = False
    severity_changed: bool = False
    reopens: bool = False
    praises: bool = False


def windows_needed(spec: Spec) -> int:
    """Count the adjacent windows, the newest included, that `decide` looks at."""
    judged = 1 if spec.for_windows == 1 else 3 * spec.for_windows
    return judged + (1 if spec.is_change and spec.versus.is_window_before else 0)


def needs_edge(spec: Spec, state: State, window_holds_data: bool) -> bool:
    """Say whether a passing edge must be evaluated though nothing has arrived."""
    asked = spec.no_data != "keep" or spec.counts
    return window_holds_data or not state.is_settled or asked


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
    if (provisional or not newest.whole) and _falls_short_by_nature(spec, reading):
        return _hold(known, "not_provisional", _params(spec, reading))
    runs = {level: _breached_windows(spec, windows, level) for level in spec.every_level}
    after = advance(spec, known, signs_of(spec, reading, runs), at)
    decision = _explain(spec, reading, runs, known, after)
    if provisional and lowers(known, after):
        return _hold(known, "held_by_provisional", decision.params)
    if provisional:
        after = advance(spec, known, signs_of(spec, reading, runs), at, provisional=True)
        return replace(decision, state=after, praises=False)
    return decision


def signs_of(spec: Spec, reading: Reading, runs: Mapping[Level, int]) -> int:
    """The signs of a window that suffices; `runs`: how many windows in a row breach each level."""
    signs = machine.SUFFICIENT
    for level in spec.levels:
        signs |= machine.BEYOND if reading.beyond(level) else 0
        signs |= machine.BREACHED if reading.breached(level) else 0
    for each, fires, healthy in (
        (spec.warning, machine.FIRES_WARNING, machine.HEALTHY_WARNING),
        (spec.critical, machine.FIRES_CRITICAL, machine.HEALTHY_CRITICAL),
        (spec.praise, machine.FIRES_PRAISE, machine.HEALTHY_PRAISE),
    ):
        if each is None:
            signs |= healthy
        else:
            signs |= fires if runs[each] >= spec.for_windows else 0
            signs |= healthy if reading.healthy(each) else 0
    return signs


def fail(before: State, at: datetime) -> Decision:
    """Note that the evaluation itself failed: what fires keeps firing, an error never resolves."""
    return Decision(move(before, "error", before.level, at), "error", "error", {})


def _explain(
    spec: Spec, reading: Reading, runs: Mapping[Level, int], before: State, after: State
) -> Decision:
    shown = _shown_level(spec, after.level or before.level)
    params = _params(spec, reading, shown, runs[shown])
    return _announce(spec, before, after, _reason(before, after, shown, reading), params)


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


def _reason(before: State, after: State, shown: Level, reading: Reading) -> str:
    if after.level is not None:
        if reading.beyond(shown):
            return "breached"
        return "kept_firing" if after.healthy_since else "between"
    if after.state == "pending":
        return "waiting_for_windows"
    if before.level is not None:
        return "recovered"
    if after.praised:
        return "praised"
    return "not_certain" if reading.beyond(shown) else "not_breached"


def _shown_level(spec: Spec, severity: int | None) -> Level:
    """Choose the level that explains the verdict: the firing one, else the first to fire."""
    firing = {CRITICAL: spec.critical, WARNING: spec.warning}.get(severity or 0)
    return firing or spec.levels[-1] if spec.levels else spec.every_level[0]


def _hear_silence(
    spec: Spec, before: State, reading: Reading, *, provisional: bool, at: datetime
) -> Decision:
    heard = before.last_data_at or before.since
    params = {**_params(spec, reading), "silent_since": heard and heard.isoformat()}
    if provisional:
        return _hold(before, "not_provisional", params)
    after = advance(spec, before, machine.SILENT, at)
    return _announce(spec, before, after, "no_data", params)


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
    downward = spec.every_level[0].operator == "below"
    return downward or any(reading.under_interval(level) for level in spec.levels)


def _hold(
    before: State, reason: str, params: dict[str, Any], verdict: str | None = None
) -> Decision:
    before = machine.succeed(before)
    return Decision(before, verdict or before.state, reason, params)


def _announce(
    spec: Spec, before: State, after: State, reason: str, params: dict[str, Any]
) -> Decision:
    was, fires = before.level is not None, after.level is not None
    opens = fires and not was and not after.muted
    return Decision(
        after,
        after.state,
        reason,
        params,
        opens=opens,
        clears=was and not fires,
        severity_changed=was and fires and before.level != after.level and not after.muted,
        reopens=opens and is_same_again(spec, before, after),
        praises=after.praised and not before.praised,
    )


def is_same_again(spec: Spec, before: State, after: State) -> bool:
    """Whether what breaches is what cleared last: the cooldown counts from clearing to firing."""
    if before.cleared_at is None or after.since is None:
        return False
    return after.since - before.cleared_at <= spec.cooldown != NOTHING


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
    if reading.bounds and not spec.is_change:
        low, high = reading.bounds[min(reading.bounds)]
        # an end that too few values cannot give is no number to keep
        if isfinite(low) and isfinite(high):
            params["interval"] = [low, high]
    if reading.parts is not None:
        params["largest"], params["smallest"] = reading.parts
    if level is not None:
        params |= {
            "operator": level.operator,
            "line": line_to_json(level.bound, percent=level.percent),
            "recover": line_to_json(level.healthy_line, percent=level.percent),
            "k": run,
        }
    return params | dict(reading.facts)


def _check_adjacent(windows: Sequence[Window]) -> None:
    if not windows:
        raise ValueError("an evaluation needs at least the newest window")
    for later, earlier in pairwise(windows):
        if earlier.edge != later.start:
            raise ValueError(f"the window before {later.start} must end there")
