"""Where a group stands, and the one step that moves it.

A window is told to the machine as one small integer, its *signs*: what it is beyond, where it is
healthy, whether enough windows in a row breach. `advance` is all there is to know about states:
live evaluation takes one step at a time, a preview over months takes the same steps over arrays
(`history.py`). The levels nest: a healthy warning is a healthy critical (`conditions` refuses
rules without this order), so the highest firing level says all.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.logic.conditions import Spec

CRITICAL, WARNING = 1, 2
RANK = {"ok": 0, "error": 0, "pending": 1, "no_data": 2, "recovering": 2, "firing": 3}

# signs of a window; a level that is not set never fires and is always healthy
SUFFICIENT = 1
SILENT = 2  # nothing has arrived for longer than the rule expects
BEYOND = 4  # the value lies beyond a line
BREACHED = 8  # ... for certain, where certainty is wanted
FIRES_WARNING = 16  # and so do the `for` - 1 sufficient windows before
FIRES_CRITICAL = 32
HEALTHY_WARNING = 64
HEALTHY_CRITICAL = 128
FIRES_PRAISE = 256
HEALTHY_PRAISE = 512  # back from the good side
HEALTHY = HEALTHY_WARNING | HEALTHY_CRITICAL
NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class State:
    """Where a group stands.

    `state`: the word shown: ok, pending (breached, too few windows yet), firing, recovering
    (between recover and line, or kept firing), no_data (the silence itself alerts) or error.
    `level`: what fires: None, 2 warning, 1 critical; kept through error and missing samples.
    `since`: when `state` became what it is. `muted`: people closed the group while it breached;
    no alert opens until it has cleared once. `last_data_at`: time of the newest observation;
    callers that know it set it, otherwise it is at most one edge step early.
    `healthy_since`: since when it would clear, were it not for `keep_firing_for`. `cleared_at`:
    the edge at which what was told last has cleared. `praised`: the good news has been told.
    """

    state: str = "ok"
    level: int | None = None
    since: datetime | None = None
    muted: bool = False
    last_data_at: datetime | None = None
    healthy_since: datetime | None = None
    cleared_at: datetime | None = None
    praised: bool = False

    @property
    def is_settled(self) -> bool:
        """Nothing about it is under way."""
        return self.state == "ok" and self.level is None and not self.muted and not self.praised


def advance(
    spec: Spec, before: State, signs: int, at: datetime, *, provisional: bool = False
) -> State:
    """The state after a window with these signs, judged at a moment.

    `provisional`: the window has not passed its edge: it may fire and raise, never clear, lower
    or praise. An insufficient window changes nothing.
    """
    if signs & SILENT:
        return before if provisional else _hear_silence(spec, before, at)
    if not signs & SUFFICIENT:
        return succeed(before)
    after = _judge(spec, before, signs, at)
    if not provisional:
        return after
    if lowers(before, after):
        return succeed(before)
    since = before.healthy_since if after.healthy_since else None
    return replace(after, praised=before.praised, healthy_since=since)


def lowers(before: State, after: State) -> bool:
    """Whether a step makes light of something: no provisional window may."""
    if before.level != after.level:
        return after.level is None or (before.level is not None and after.level > before.level)
    unmuted = before.muted and not after.muted
    return unmuted or RANK[after.state] < RANK[before.state]


def succeed(before: State) -> State:
    """An evaluation that could be made is no error any more."""
    if before.state != "error":
        return before
    return replace(before, state="ok" if before.level is None else "firing")


def move(before: State, word: str, level: int | None, at: datetime) -> State:
    """Another word, and since when; what fired and was told has then cleared at a moment."""
    since = before.since if word == before.state and before.since else at
    cleared = before.level is not None and level is None and not before.muted
    return replace(
        before,
        state=word,
        level=level,
        since=since,
        cleared_at=at if cleared else before.cleared_at,
    )


def lowest(spec: Spec) -> int:
    """The severity of a rule's mildest level."""
    return CRITICAL if spec.warning is None else WARNING


def _judge(spec: Spec, before: State, signs: int, at: datetime) -> State:
    level = _firing_level(before, signs)
    healthy = signs & HEALTHY == HEALTHY
    healthy_since = (before.healthy_since or at) if healthy and before.level is not None else None
    kept = False
    if level is None and healthy_since is not None and at - healthy_since < spec.keep_firing_for:
        level, kept = lowest(spec), True
    if level is not None:
        word = "firing" if signs & BEYOND else "recovering"
    else:
        word = "pending" if signs & BREACHED else "ok"
    praised = bool(signs & FIRES_PRAISE) or (before.praised and not signs & HEALTHY_PRAISE)
    return replace(
        move(before, word, level, at),
        muted=before.muted and not (level is None and healthy),
        healthy_since=healthy_since if kept else None,
        praised=praised,
    )


def _firing_level(before: State, signs: int) -> int | None:
    was = before.level
    if signs & FIRES_CRITICAL or (was == CRITICAL and not signs & HEALTHY_CRITICAL):
        return CRITICAL
    if signs & FIRES_WARNING or (was is not None and not signs & HEALTHY_WARNING):
        return WARNING
    return None


def _hear_silence(spec: Spec, before: State, at: datetime) -> State:
    if spec.no_data == "ok":
        return replace(move(before, "ok", None, at), muted=False, healthy_since=None)
    return replace(move(before, "no_data", before.level or lowest(spec), at), healthy_since=None)
