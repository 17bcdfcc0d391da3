"""Many edges of one group decided in a row: what a rule would have done over stored history.

The signs of all windows are computed on arrays; `machine.advance`, the same step that live
evaluation takes, is made only where they change. 90 days of hours cost a few milliseconds a
group. That both ways agree edge by edge is a test of generated histories.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from alerts.logic import machine
from alerts.logic.conditions import Spec
from alerts.logic.evaluate import is_same_again
from alerts.logic.judge import needs_base
from alerts.logic.levels import Level
from alerts.logic.machine import State, advance

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Past:
    """One group, an entry an edge, oldest first; NaN where a value is undefined.

    `edges`: ends of the windows, aware, shared by all groups of a rule. `starts`: their
    beginnings. `before`: the place in `edges` where the window before ends, -1 where history
    does not reach. `values`, `n`: as in `judge.Window`, and so `base`, `base_n`, `whole` and
    `bounds` (confidence -> both ends), where the rule asks for them. `first`: the place of the
    first edge that is decided; what lies before is only looked back at. `told`: the values as
    people are told them, where they are not the ones that are judged.
    """

    edges: Sequence[datetime]
    starts: Sequence[datetime]
    before: Places
    values: Floats
    n: Floats
    base: Floats | None = None
    base_n: Floats | None = None
    whole: Flags | None = None
    bounds: Mapping[float, tuple[Floats, Floats]] = field(default_factory=dict)
    first: int = 0
    told: Floats | None = None

    @property
    def heard(self) -> list[int]:
        """Places of the decided edges whose windows hold data."""
        places: list[int] = (np.flatnonzero(self.n[self.first :] > 0) + self.first).tolist()
        return places


@dataclass(frozen=True, slots=True)
class Episode:
    """From the place in `edges` where something began to fire to where it cleared (None: it still
    fires). `severity`: the highest; `peak`: the worst value; `reopens`: the same alert again."""

    first: int
    last: int | None
    severity: int
    peak: float | None
    reopens: bool


@dataclass(frozen=True, slots=True)
class Lived:
    """What a history would have told. `praised`: places where good news began; `levels`: what
    fired at each edge, 0 for nothing."""

    episodes: tuple[Episode, ...]
    praised: tuple[int, ...]
    insufficient: int
    levels: NDArray[np.int8]
    state: State


@dataclass(slots=True)
class _Told:
    """What is found on the way."""

    levels: NDArray[np.int8]
    opened: list[tuple[int, bool]] = field(default_factory=list)
    praised: list[int] = field(default_factory=list)

    def note(self, spec: Spec, before: State, after: State, place: int) -> None:
        if before.level is None and after.level is not None and not after.muted:
            self.opened.append((place, is_same_again(spec, before, after)))
        if after.praised and not before.praised:
            self.praised.append(place)


@dataclass(frozen=True, slots=True)
class _Readings:
    """What is compared with the lines, and where it can be."""

    measured: Mapping[Level, Floats]
    sufficient: Flags


def live_through(spec: Spec, past: Past, before: State | None = None) -> Lived:
    """Decide every edge of a history, as passing edges would have been decided live."""
    before = before or State()
    read = _read(spec, past)
    signs = _signs(spec, past, read, before)
    told = _Told(np.zeros(len(past.edges), dtype=np.int8))
    state = _walk(spec, past, signs, before, told)
    return Lived(
        episodes=_episodes(spec, past, read, told),
        praised=tuple(told.praised),
        insufficient=int(np.count_nonzero(~read.sufficient[past.first :])),
        levels=told.levels,
        state=replace(state, last_data_at=_last_heard(past, before)),
    )


def measured_of(spec: Spec, past: Past) -> tuple[Floats, Flags]:
    """What every window is held against the mildest line with, and where it suffices."""
    read = _read(spec, past)
    return read.measured[spec.levels[-1] if spec.levels else spec.every_level[0]], read.sufficient


def _last_heard(past: Past, before: State) -> datetime | None:
    moments = [past.starts[place] for place in past.heard[-1:]]
    return max([*moments, *([before.last_data_at] if before.last_data_at else [])], default=None)


def _walk(spec: Spec, past: Past, signs: Places, state: State, told: _Told) -> State:
    """Step where the signs change; between, a step with the same signs moves nothing.

    Two things move with time alone: what is kept firing, and a silence that nothing has yet
    broken; there every edge is visited.
    """
    changes = (np.flatnonzero(np.diff(signs[past.first :], prepend=-1)) + past.first).tolist()
    unheard = _unheard(spec, past, state)
    for first, beyond in zip(changes, [*changes[1:], len(signs)], strict=True):
        place = first
        while place < beyond:
            edge = past.edges[place]
            sign = int(signs[place])
            if place < unheard:
                sign |= _silence(spec, state, edge)
            after = advance(spec, replace(state, since=state.since or edge), sign, edge)
            told.note(spec, state, after, place)
            moving = place < unheard or after.healthy_since is not None
            until = place + 1 if moving else beyond
            told.levels[place:until] = after.level or 0
            state, place = after, until
    return state


def _unheard(spec: Spec, past: Past, state: State) -> int:
    """How many edges pass before the first observation of a group whose silence would count."""
    if spec.no_data == "keep" or state.last_data_at is not None:
        return 0
    return past.heard[0] if past.heard else len(past.n)


def _silence(spec: Spec, state: State, edge: datetime) -> int:
    since = state.since or edge
    silent = state.state == "no_data" or since < edge - (spec.expected_every or spec.window)
    return machine.SILENT if silent else 0


def _read(spec: Spec, past: Past) -> _Readings:
    sufficient = (past.n >= spec.min_samples) & ~np.isnan(past.values)
    if not spec.is_change:
        return _Readings(dict.fromkeys(spec.every_level, past.values), sufficient)
    base, base_n = past.base, past.base_n
    if base is None or base_n is None:
        base, base_n = _at(past.values, past.before), _at(past.n, past.before, 0.0)
    sufficient = sufficient & (base_n >= spec.min_samples) & ~np.isnan(base)
    if needs_base(spec):
        sufficient &= base != 0
    change = past.values - base
    with np.errstate(divide="ignore", invalid="ignore"):
        percent = change * 100 / np.abs(base)
    return _Readings(
        {level: percent if level.percent else change for level in spec.every_level}, sufficient
    )


def _signs(spec: Spec, past: Past, read: _Readings, before: State) -> Places:
    signs = np.full(len(past.values), machine.SUFFICIENT, dtype=np.int64)
    for level, fires, healthy in (
        (spec.warning, machine.FIRES_WARNING, machine.HEALTHY_WARNING),
        (spec.critical, machine.FIRES_CRITICAL, machine.HEALTHY_CRITICAL),
        (spec.praise, machine.FIRES_PRAISE, machine.HEALTHY_PRAISE),
    ):
        if level is None:
            signs |= healthy
            continue
        breached = _breached(level, past, read)
        signs |= np.where(_fires(spec, past, read.sufficient, breached), fires, 0)
        signs |= np.where(~_beyond(read.measured[level], level.healthy_interval), healthy, 0)
        if level is not spec.praise:
            beyond = _beyond(read.measured[level], level.interval)
            signs |= np.where(beyond, machine.BEYOND, 0) | np.where(breached, machine.BREACHED, 0)
    signs = np.where(read.sufficient & ~_falls_short(spec, past, read), signs, 0)
    return np.where(_silent(spec, past, before), machine.SILENT, signs)


def _fires(spec: Spec, past: Past, sufficient: Flags, breached: Flags) -> Flags:
    """Whether `for` sufficient windows in a row breach, looking back at most 3 x `for`."""
    if spec.for_windows == 1:
        return breached & sufficient
    run = np.zeros(len(breached), dtype=np.int64)
    unbroken = np.ones(len(breached), dtype=np.bool_)
    place = np.arange(len(breached))
    for _ in range(3 * spec.for_windows):
        unbroken &= place >= 0
        counted = unbroken & sufficient[place]
        run += counted & breached[place]
        unbroken &= ~counted | breached[place]
        place = np.where(place >= 0, past.before[place], -1)
    return run >= spec.for_windows


def _breached(level: Level, past: Past, read: _Readings) -> Flags:
    if level.certain is None:
        return _beyond(read.measured[level], level.interval)
    if level.certain not in past.bounds:
        return np.zeros(len(past.values), dtype=np.bool_)
    low, high = past.bounds[level.certain]
    least, most = level.interval
    both = _beyond(low, level.interval) & _beyond(high, level.interval)
    return both & ((low > most) | (high < least))


def _beyond(values: Floats, interval: tuple[float, float]) -> Flags:
    """Like `levels`: a value within one part in a thousand million of an end lies on it."""
    low, high = interval
    with np.errstate(invalid="ignore"):
        beyond: Flags = np.logical_or(values < low, values > high)
        for end in interval:
            if np.isfinite(end):
                slack = np.maximum(1e-9 * np.maximum(np.abs(values), abs(end)), 1e-9)
                beyond = np.logical_and(beyond, np.abs(values - end) > slack)
        return beyond


def _falls_short(spec: Spec, past: Past, read: _Readings) -> Flags:
    """Counts that only look low because their day, week or month still runs."""
    short = np.zeros(len(past.values), dtype=np.bool_)
    if past.whole is None or not spec.counts:
        return short
    if spec.every_level[0].operator == "below":
        return ~past.whole
    for level in spec.levels:
        measured = read.measured[level]
        with np.errstate(invalid="ignore"):
            short |= _beyond(measured, level.interval) & (measured < level.interval[0])
    return short & ~past.whole


def _silent(spec: Spec, past: Past, before: State) -> Flags:
    """Nothing for longer than expected, once something had arrived at all."""
    if spec.no_data == "keep":
        return np.zeros(len(past.n), dtype=np.bool_)
    starts = np.array([start.timestamp() for start in past.starts])
    edges = np.array([edge.timestamp() for edge in past.edges])
    first = before.last_data_at.timestamp() if before.last_data_at else -np.inf
    here = np.arange(len(edges)) >= past.first
    heard = np.maximum.accumulate(np.where(here & (past.n > 0), np.maximum(starts, first), first))
    patience = (spec.expected_every or spec.window).total_seconds()
    silent: Flags = (past.n == 0) & np.isfinite(heard) & (heard < edges - patience)
    return silent


def _episodes(spec: Spec, past: Past, read: _Readings, told: _Told) -> tuple[Episode, ...]:
    found = []
    for first, reopens in told.opened:
        rest = np.flatnonzero(told.levels[first:] == 0)
        last = first + int(rest[0]) if rest.size else None
        span = slice(first, last)
        shown = past.values if past.told is None else past.told
        values = shown[span][read.sufficient[span]]
        upward = not spec.levels or spec.levels[0].operator.endswith("above")
        worst = (values.max() if upward else values.min()) if values.size else None
        severity = int(told.levels[span].min())
        found.append(
            Episode(first, last, severity, None if worst is None else float(worst), reopens)
        )
    return tuple(found)


def _at(values: Floats, places: Places, missing: float = np.nan) -> Floats:
    return np.where(places >= 0, values[places], missing)
