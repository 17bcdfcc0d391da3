"""What a rule says: read from its configuration, refused with the fix, kept as plain JSON.

Source of every check: docs of configuration as code, "What a rule means, exactly".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerts.logic.comparisons import (
    WINDOW_BEFORE,
    Versus,
    check_comparison,
    parse_spread,
    parse_versus,
    versus_to_json,
)
from alerts.logic.durations import (
    check_window,
    format_duration,
    format_window,
    parse_pause,
    parse_window,
)
from alerts.logic.edges import edge_after, edge_at_or_before, edge_step, edges_between
from alerts.logic.entries import (
    parse_by,
    parse_expected,
    parse_measure,
    parse_metric,
    parse_whole,
    parse_word,
    required,
)
from alerts.logic.frames import DAY, Frame, frame_of
from alerts.logic.levels import (
    Level,
    check_order,
    check_praise,
    drift_level,
    level_to_json,
    parse_certain,
    parse_level,
)
from alerts.logic.ranges import check_certain, check_reachable
from alerts.logic.refusals import SpecError
from alerts.logic.verify import VerifySpec, check_guardrails, parse_verify, verify_to_json
from cx_loop.logic.bins import Scale
from cx_loop.logic.ranges import allowed
from cx_loop.logic.scores import Aggregate

__all__ = [
    "Level",
    "Spec",
    "SpecError",
    "VerifySpec",
    "edge_after",
    "edge_at_or_before",
    "edge_step",
    "edges_between",
    "parse_spec",
    "spec_from_json",
    "spec_to_json",
]

LEVELS = ("warning", "critical", "praise")
NO_DATA = ("keep", "alert", "ok")
COUNTS = ("count", "sum")
MOST_WINDOWS = 100
MOST_GROUPS = 500
DRIFTS = ("down", "up", "both")
NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Spec:
    """What a rule means, without what it watches.

    `window`: its length; with `period` (day, week, month) the calendar says how long it is.
    `min_samples` counts answers, for a rate its exposure. `for_windows` adjacent windows must
    all breach. At least one of `warning`, `critical` and `praise` is there. `expected_every`
    None stands for the window's own length. `spread`: the dimension whose parts are compared.
    `keep_firing_for`: how long it must be healthy before it clears. `cooldown`: how long after
    clearing a breach is the same alert again. `max_groups`: how many `by` may make. `drift`:
    down, up or both; the value is then the EWMA of `drift.py` and the line its limit.
    """

    metric: str
    aggregate: Aggregate
    window: timedelta
    min_samples: int = 1
    for_windows: int = 1
    warning: Level | None = None
    critical: Level | None = None
    by: tuple[str, ...] = ()
    no_data: str = "keep"
    expected_every: timedelta | None = None
    cooldown: timedelta = NONE
    verify: VerifySpec = field(default_factory=VerifySpec)
    period: str = ""
    praise: Level | None = None
    versus: Versus = WINDOW_BEFORE
    spread: str = ""
    keep_firing_for: timedelta = NONE
    max_groups: int = MOST_GROUPS
    drift: str = ""

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels that raise alerts, the more severe first; empty where there is only praise."""
        return tuple(level for level in (self.critical, self.warning) if level is not None)

    @property
    def every_level(self) -> tuple[Level, ...]:
        """The levels that are set, praise last; never empty."""
        return (*self.levels, *([self.praise] if self.praise else []))

    @property
    def is_change(self) -> bool:
        return self.every_level[0].is_change

    @property
    def counts(self) -> bool:
        """Whether an empty window has the value 0 rather than none."""
        return self.aggregate.name in COUNTS

    def frame(self, zone: ZoneInfo) -> Frame:
        """Its windows; `zone` is the organisation's."""
        return frame_of(self.window, self.period, zone, daily=bool(self.drift))


def parse_spec(raw: Mapping[str, Any], scale: Scale | None = None) -> Spec:
    """Read a rule of the configuration and refuse what cannot work.

    Keys that say what is watched, who is told or what to do are left to others. With a scale
    the aggregate must suit the metric and every line must be within reach of its values.
    Raises SpecError, naming the field.
    """
    spec = spec_from_json(raw)
    if scale is not None and (reason := allowed(spec.aggregate, scale)):
        raise SpecError("aggregate", "{reason}", reason=reason)
    if not spec.period:
        check_window(spec.window)
    _check_drift(spec, raw)
    for name in LEVELS:
        level = getattr(spec, name)
        if level is not None and not spec.drift:
            check_reachable(level, name, spec.aggregate, scale, spread=bool(spec.spread))
            check_certain(level, name, spec.aggregate, scale)
    if spec.warning is not None and spec.critical is not None:
        check_order(spec.warning, spec.critical)
    check_praise(spec.praise, spec.levels)
    check_guardrails(spec.verify, spec.metric)
    facts = {"window": spec.window, "period": spec.period}
    check_comparison(spec.versus, spec.spread, is_change=spec.is_change, by=spec.by, facts=facts)
    return spec


def spec_from_json(raw: Mapping[str, Any]) -> Spec:
    """Read a stored version back, without the checks that were made when it was saved.

    Otherwise a check added later would make the history of older versions unreadable.
    """
    aggregate = parse_measure(required(raw, "aggregate"))
    drift = parse_word(raw.get("drift"), "drift", DRIFTS, "")
    levels = _parse_levels(raw, drift)
    window, period = parse_window(required(raw, "window"))
    return Spec(
        metric=parse_metric(required(raw, "metric")),
        aggregate=aggregate,
        window=window,
        period=period,
        min_samples=parse_whole(
            raw, "min_samples", default=0 if aggregate.name in COUNTS else 1, least=0
        ),
        for_windows=parse_whole(raw, "for", default=1, least=1, most=MOST_WINDOWS),
        **levels,
        by=parse_by(raw.get("by")),
        max_groups=parse_whole(raw, "max_groups", default=MOST_GROUPS, least=1),
        versus=parse_versus(raw.get("versus")),
        spread=parse_spread(raw.get("spread")),
        drift=drift,
        no_data=parse_word(raw.get("no_data"), "no_data", NO_DATA, "keep"),
        expected_every=parse_expected(raw.get("expected_every")),
        keep_firing_for=parse_pause(raw.get("keep_firing_for"), "keep_firing_for", NONE),
        cooldown=parse_pause(raw.get("cooldown"), "cooldown", NONE),
        verify=parse_verify(raw.get("verify")),
    )


def spec_to_json(spec: Spec) -> dict[str, Any]:
    """Write a rule in the words of its configuration, every default spelled out.

    Two ways of writing the same rule give the same JSON, otherwise applying an unchanged file
    would make a new version.
    """
    aggregate = spec.aggregate
    levels = {"warning": spec.warning, "critical": spec.critical}
    written = {
        "metric": spec.metric,
        "aggregate": aggregate.name if aggregate.line is None else {aggregate.name: aggregate.line},
        "window": format_window(spec.window, spec.period),
        "min_samples": spec.min_samples,
        "for": spec.for_windows,
        **{name: level and level_to_json(level) for name, level in levels.items()},
        "by": list(spec.by),
        "no_data": spec.no_data,
        "expected_every": spec.expected_every and format_duration(spec.expected_every),
        "cooldown": format_duration(spec.cooldown),
        "verify": verify_to_json(spec.verify),
    }
    return written | _seldom(spec)


def _seldom(spec: Spec) -> dict[str, Any]:
    """What only some rules say, and only where they say it; otherwise every rule stored before
    these keys were known would get a new version."""
    said = {
        "praise": spec.praise and level_to_json(spec.praise),
        "versus": spec.versus != WINDOW_BEFORE and versus_to_json(spec.versus),
        "spread": spec.spread,
        "keep_firing_for": spec.keep_firing_for and format_duration(spec.keep_firing_for),
        "max_groups": spec.max_groups != MOST_GROUPS and spec.max_groups,
        "drift": spec.drift,
    }
    if spec.drift:
        said |= {"warning": None}  # it is made of `drift` again
    return {name: word for name, word in said.items() if word or name == "warning"}


def _parse_levels(raw: Mapping[str, Any], drift: str) -> dict[str, Level | None]:
    certain = parse_certain(raw.get("certain"), "certain")
    levels = {
        name: None if raw.get(name) is None else parse_level(raw[name], name, certain)
        for name in LEVELS
    }
    set_ones = any(level is not None for level in levels.values())
    if drift and set_ones:
        raise SpecError("drift", "has a limit of its own; leave warning, critical and praise out")
    if drift:
        return {**levels, "warning": drift_level(drift)}
    if not set_ones:
        raise SpecError("warning", "a rule needs a warning, a critical or a praise level, or drift")
    return levels


def _check_drift(spec: Spec, raw: Mapping[str, Any]) -> None:
    if not spec.drift:
        return
    if spec.window != DAY:
        raise SpecError("window", "a drift is judged a local day at a time; write 1d")
    for name in ("for", "certain", "versus", "spread"):
        if raw.get(name) not in (None, 1, "point", "before"):
            raise SpecError(name, "a drift has a limit of its own; leave {name} out", name=name)
