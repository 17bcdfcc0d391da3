"""What a rule says: read from its configuration, refused with the fix, kept as plain JSON.

Source of every check: docs of configuration as code, "What a rule means, exactly".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

from alerts.logic.durations import format_duration, parse_duration
from alerts.logic.edges import edge_after, edge_at_or_before, edge_step, edges_between
from alerts.logic.levels import Level, check_order, level_to_json, parse_level
from alerts.logic.ranges import check_reachable
from alerts.logic.refusals import SpecError
from cx_loop.logic.bins import Scale
from cx_loop.logic.scores import Aggregate, allowed, parse_aggregate

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

DIMENSIONS = ("segment", "channel", "location")
NO_DATA = ("keep", "alert", "ok")
COUNTS = ("count", "sum")
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=90)
MOST_WINDOWS = 100
NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class VerifySpec:
    """How a fix is judged: looks and extension count from the end of the settle period."""

    settle: timedelta = timedelta(days=3)
    looks: tuple[timedelta, ...] = tuple(timedelta(days=day) for day in (7, 14, 21, 28))
    extend_to: timedelta = timedelta(days=56)
    tolerance: float = 1.0


@dataclass(frozen=True, slots=True)
class Spec:
    """What a rule means, without what it watches.

    `min_samples` counts answers, for a rate its exposure. `for_windows` adjacent windows must
    all breach. At least one of `warning` and `critical` is there. `expected_every` None stands
    for the window's own length.
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

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels that are set, the more severe first; never empty."""
        return tuple(level for level in (self.critical, self.warning) if level is not None)

    @property
    def is_change(self) -> bool:
        return self.levels[0].is_change

    @property
    def counts(self) -> bool:
        """Whether an empty window has the value 0 rather than none."""
        return self.aggregate.name in COUNTS


def parse_spec(raw: Mapping[str, Any], scale: Scale | None = None) -> Spec:
    """Read a rule of the configuration and refuse what cannot work.

    Keys that say what is watched, who is told or what to do are left to others. With a scale
    the aggregate must suit the metric and every line must be within reach of its values.
    Raises SpecError, naming the field.
    """
    spec = spec_from_json(raw)
    if scale is not None and (reason := allowed(spec.aggregate, scale)):
        raise SpecError("aggregate", "{reason}", reason=reason)
    _check_window(spec.window)
    for name, level in (("warning", spec.warning), ("critical", spec.critical)):
        if level is not None:
            check_reachable(level, name, spec.aggregate, scale)
    if spec.warning is not None and spec.critical is not None:
        check_order(spec.warning, spec.critical)
    return spec


def spec_from_json(raw: Mapping[str, Any]) -> Spec:
    """Read a stored version back, without the checks that were made when it was saved.

    Otherwise a check added later would make the history of older versions unreadable.
    """
    aggregate = _parse_aggregate(_required(raw, "aggregate"))
    warning, critical = (
        None if raw.get(name) is None else parse_level(raw[name], name)
        for name in ("warning", "critical")
    )
    if warning is None and critical is None:
        raise SpecError("warning", "a rule needs a warning or a critical level")
    return Spec(
        metric=_parse_metric(_required(raw, "metric")),
        aggregate=aggregate,
        window=parse_duration(_required(raw, "window"), "window"),
        min_samples=_parse_whole(
            raw, "min_samples", default=0 if aggregate.name in COUNTS else 1, least=0
        ),
        for_windows=_parse_whole(raw, "for", default=1, least=1, most=MOST_WINDOWS),
        warning=warning,
        critical=critical,
        by=_parse_by(raw.get("by")),
        no_data=_parse_no_data(raw.get("no_data")),
        expected_every=_parse_expected(raw.get("expected_every")),
        cooldown=_parse_pause(raw.get("cooldown"), "cooldown", NONE),
        verify=_parse_verify(raw.get("verify")),
    )


def spec_to_json(spec: Spec) -> dict[str, Any]:
    """Write a rule in the words of its configuration, every default spelled out.

    Two ways of writing the same rule give the same JSON, otherwise applying an unchanged file
    would make a new version.
    """
    aggregate = spec.aggregate
    levels = {"warning": spec.warning, "critical": spec.critical}
    return {
        "metric": spec.metric,
        "aggregate": aggregate.name if aggregate.line is None else {aggregate.name: aggregate.line},
        "window": format_duration(spec.window),
        "min_samples": spec.min_samples,
        "for": spec.for_windows,
        **{name: level and level_to_json(level) for name, level in levels.items()},
        "by": list(spec.by),
        "no_data": spec.no_data,
        "expected_every": spec.expected_every and format_duration(spec.expected_every),
        "cooldown": format_duration(spec.cooldown),
        "verify": {
            "settle": format_duration(spec.verify.settle),
            "looks": [format_duration(look) for look in spec.verify.looks],
            "extend_to": format_duration(spec.verify.extend_to),
            "tolerance": spec.verify.tolerance,
        },
    }


def _check_window(window: timedelta) -> None:
    if not SHORTEST <= window <= LONGEST:
        raise SpecError("window", "a window is between 5m and 90d long")
    step = edge_step(window)
    if window % step:
        raise SpecError(
            "window",
            "{window} is not a multiple of {step}, the distance of its edges",
            window=format_duration(window),
            step=format_duration(step),
        )


def _required(raw: Mapping[str, Any], name: str) -> Any:
    if raw.get(name) is None:
        raise SpecError(name, "a rule needs a {name}", name=name)
    return raw[name]


def _parse_metric(raw: object) -> str:
    if not isinstance(raw, str) or not raw:
        raise SpecError("metric", "write the key of a metric")
    return str(raw)


def _parse_aggregate(raw: object) -> Aggregate:
    try:
        return parse_aggregate(raw)
    except ValueError as refusal:
        raise SpecError("aggregate", "{reason}", reason=str(refusal)) from refusal


def _parse_whole(
    raw: Mapping[str, Any], name: str, *, default: int, least: int, most: int | None = None
) -> int:
    number = raw.get(name)
    if number is None:
        return default
    if isinstance(number, bool) or not isinstance(number, int):
        raise SpecError(name, "{number!r} is not a whole number", number=number)
    if number < least:
        raise SpecError(name, "{number} is less than {least}", number=number, least=least)
    if most is not None and number > most:
        raise SpecError(name, "{number} is more than {most}", number=number, most=most)
    return int(number)


def _parse_by(raw: object) -> tuple[str, ...]:
    named = [raw] if isinstance(raw, str) else raw or []
    if not isinstance(named, list | tuple):
        raise SpecError("by", "write a list of {known}", known=", ".join(DIMENSIONS))
    for name in named:
        if name not in DIMENSIONS:
            raise SpecError(
                "by", "{name!r} is not one of {known}", name=name, known=", ".join(DIMENSIONS)
            )
    return tuple(name for name in DIMENSIONS if name in named)


def _parse_no_data(raw: object) -> str:
    policy = "keep" if raw is None else raw
    if policy not in NO_DATA:
        raise SpecError(
            "no_data", "{policy!r} is not one of {known}", policy=policy, known=", ".join(NO_DATA)
        )
    return str(policy)


def _parse_expected(raw: object) -> timedelta | None:
    if raw is None:
        return None
    every = parse_duration(raw, "expected_every")
    if every == NONE:
        raise SpecError("expected_every", "must be longer than nothing")
    return every


def _parse_pause(raw: object, field: str, default: timedelta) -> timedelta:
    if raw is None:
        return default
    return NONE if raw == 0 and not isinstance(raw, bool) else parse_duration(raw, field)


def _parse_verify(raw: object) -> VerifySpec:
    usual = VerifySpec()
    if raw is None:
        return usual
    if not isinstance(raw, Mapping):
        raise SpecError("verify", "write settings such as {{settle: 3d}}, not {raw!r}", raw=raw)
    looks = _parse_looks(raw.get("looks"), usual.looks)
    extend_to = max(usual.extend_to, looks[-1])
    verify = VerifySpec(
        settle=_parse_pause(raw.get("settle"), "verify.settle", usual.settle),
        looks=looks,
        extend_to=_parse_pause(raw.get("extend_to"), "verify.extend_to", extend_to),
        tolerance=_parse_tolerance(raw.get("tolerance"), usual.tolerance),
    )
    if verify.extend_to < looks[-1]:
        raise SpecError("verify.extend_to", "ends before the last look")
    return verify


def _parse_looks(raw: object, default: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    if raw is None:
        return default
    if not isinstance(raw, list | tuple) or not raw:
        raise SpecError("verify.looks", "write a list such as [7d, 14d]")
    looks = tuple(parse_duration(look, "verify.looks") for look in raw)
    if looks[0] == NONE or any(left >= right for left, right in pairwise(looks)):
        raise SpecError("verify.looks", "each look is later than the one before")
    return looks


def _parse_tolerance(raw: object, default: float) -> float:
    if raw is None:
        return default
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw < float("inf"):
        raise SpecError("verify.tolerance", "{raw!r} is not a number from 0 on", raw=raw)
    return float(raw)
