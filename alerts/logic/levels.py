"""One level of a rule: a line, the side on which it breaches, and where it has recovered.

A value on the line never breaches; a value on `recover` is healthy. Two values closer than
one part in a thousand million are the same value, otherwise a mean of 4.4 against 4.0 would
be a change of 10.000000000000009 %.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose, isfinite
from typing import Any

from alerts.logic.refusals import SpecError

CERTAIN = {"95%": 0.95, "99%": 0.99}
DRIFT_LIMIT = 3.5
OPERATORS = ("above", "below", "outside", "change_above", "change_below")
Line = float | tuple[float, float]


@dataclass(frozen=True, slots=True)
class Level:
    """A threshold.

    `operator`: above, below, outside, change_above or change_below.
    `bound`: the line in the unit of the aggregate; for outside the pair (a, b).
    `percent`: change operators only; the line is in percent of the window before.
    `recover`: where it counts as healthy again, same shape as `bound`; None: the line itself.
    `certain`: 0.95 or 0.99: it breaches only where the whole interval of that confidence lies
    beyond the line; None: the value alone decides. `recover` always looks at the value alone.
    """

    operator: str
    bound: Line
    percent: bool = False
    recover: Line | None = None
    certain: float | None = None

    @property
    def is_change(self) -> bool:
        return self.operator.startswith("change_")

    @property
    def healthy_line(self) -> Line:
        return self.bound if self.recover is None else self.recover

    @property
    def interval(self) -> tuple[float, float]:
        """The closed interval of values that do not breach."""
        return _interval(self.operator, self.bound)

    @property
    def healthy_interval(self) -> tuple[float, float]:
        """The closed interval of values that count as healthy."""
        return _interval(self.operator, self.healthy_line)

    def measured(self, value: float, before: float | None = None) -> float:
        """Give what is compared with the line: the value, or its signed change.

        A change is value - before, or 100 (value - before) / |before| when in percent, so that
        a rise of a negative NPS stays a rise. Raises ValueError when the base is missing, or 0
        where a percentage of it is asked.
        """
        if not self.is_change:
            return value
        if before is None or (before == 0 and self.percent):
            raise ValueError("a change needs a base, in percent one that is not 0")
        return (value - before) * 100 / abs(before) if self.percent else value - before

    def breached(self, value: float, before: float | None = None) -> bool:
        """Say whether the value lies beyond the line; a value on the line does not."""
        return _beyond(self.measured(value, before), self.interval)

    def surely_breached(self, low: float, high: float) -> bool:
        """Say whether both ends of an interval, of what is measured, lie beyond the line on one
        side."""
        least, most = self.interval
        beyond = _beyond(low, self.interval) and _beyond(high, self.interval)
        return beyond and (low > most or high < least)

    def healthy(self, value: float, before: float | None = None) -> bool:
        """Say whether the value lies on the healthy side of `recover`, or on it."""
        return not _beyond(self.measured(value, before), self.healthy_interval)


def operator_of(written: Mapping[str, Any]) -> str:
    """The operator of a level as JSON says it; empty for no level."""
    return next((name for name in OPERATORS if name in written), "")


def parse_level(raw: object, field: str, certain: float | None = None) -> Level:
    """Read `{above: 30, recover: 25}`. Raises SpecError with the path of what is wrong.

    `certain`: what the rule says for all its levels; a level may say otherwise.
    """
    if not isinstance(raw, Mapping):
        raise SpecError(field, "write a line such as {{above: 30}}, not {raw!r}", raw=raw)
    named = [key for key in raw if key in OPERATORS]
    if len(named) != 1:
        raise SpecError(field, "give exactly one of {operators}", operators=", ".join(OPERATORS))
    operator = named[0]
    bound, percent = _parse_line(operator, raw[operator], f"{field}.{operator}")
    recover = None
    if raw.get("recover") is not None:
        recover, same = _parse_line(operator, raw["recover"], f"{field}.recover")
        if same != percent:
            raise SpecError(
                f"{field}.recover", "write recover like the line: both in percent or neither"
            )
    if raw.get("certain") is not None:
        certain = parse_certain(raw["certain"], f"{field}.certain")
    level = Level(operator, bound, percent, recover, certain)
    _check_level(level, field)
    return level


def level_to_json(level: Level) -> dict[str, Any]:
    """Write a level back in the words of the configuration; `parse_level` reads it."""
    written = {level.operator: line_to_json(level.bound, percent=level.percent)}
    if level.recover is not None:
        written["recover"] = line_to_json(level.recover, percent=level.percent)
    if level.certain is not None:
        written["certain"] = f"{round(level.certain * 100)}%"
    return written


def parse_certain(raw: object, field: str) -> float | None:
    """Read `95%`, `99%`, or `point`: the value alone decides."""
    if raw is None or raw == "point":
        return None
    if raw not in CERTAIN:
        known = ", ".join([*CERTAIN, "point"])
        raise SpecError(field, "{raw!r} is not one of {known}", raw=raw, known=known)
    return CERTAIN[str(raw)]


def drift_level(toward: str) -> Level:
    """The limits of a drift rule, in standard errors of the EWMA (L 3.5, healthy at half)."""
    limit, half = DRIFT_LIMIT, DRIFT_LIMIT / 2
    if toward == "both":
        return Level("outside", (-limit, limit), recover=(-half, half))
    if toward == "up":
        return Level("above", limit, recover=half)
    return Level("below", -limit, recover=-half)


def line_to_json(line: Line, *, percent: bool = False) -> float | str | list[float]:
    if isinstance(line, tuple):
        return list(line)
    return f"{line!r}%" if percent else line


def check_order(warning: Level, critical: Level) -> None:
    """Refuse a critical level that is easier to breach, or recovers later, than the warning.

    With this order a critical breach is a warning breach, and a healthy warning is a healthy
    critical; otherwise one severity could not stand for both levels.
    """
    if (warning.operator, warning.percent) != (critical.operator, critical.percent):
        raise SpecError(
            "critical",
            "use the operator of the warning ({operator}), with or without % alike",
            operator=warning.operator,
        )
    if not _contains(critical.interval, warning.interval):
        raise SpecError(
            f"critical.{critical.operator}",
            "{critical} is easier to breach than the warning's {warning}; move it beyond",
            critical=critical.bound,
            warning=warning.bound,
        )
    if not _contains(critical.healthy_interval, warning.healthy_interval):
        raise SpecError(
            "critical.recover",
            "{critical} is healthier than where the warning recovers ({warning}); "
            "critical must recover first",
            critical=critical.healthy_line,
            warning=warning.healthy_line,
        )


def check_praise(praise: Level | None, levels: tuple[Level, ...]) -> None:
    """Refuse praise for what also raises an alert, or that measures something else."""
    if praise is None or not levels:
        return
    if praise.is_change != levels[0].is_change or praise.percent != levels[0].percent:
        raise SpecError("praise", "measure it as the warning does: a value, or a change")
    mildest = levels[-1]
    if _overlap(praise, mildest):
        raise SpecError(
            f"praise.{praise.operator}",
            "{praise} would praise what also raises an alert at {line}; move it to the good side",
            praise=praise.bound,
            line=mildest.bound,
        )


def _overlap(praise: Level, alarm: Level) -> bool:
    """Whether some value lies beyond both lines."""
    (low, high), (least, most) = praise.interval, alarm.interval
    infinite = float("inf")
    upward = high < infinite and most < infinite
    downward = low > -infinite and least > -infinite
    crossed = (high < infinite and least > high) or (low > -infinite and most < low)
    return upward or downward or crossed


def _check_level(level: Level, field: str) -> None:
    if not _contains(level.interval, level.healthy_interval):
        raise SpecError(
            f"{field}.recover",
            "{recover} lies on the breaching side of {line}; recover must be on the healthy side",
            recover=level.recover,
            line=level.bound,
        )
    low, high = level.interval
    if level.is_change and not low <= 0 <= high:
        raise SpecError(
            f"{field}.{level.operator}",
            "no change at all would breach {line}; a fall is written with a minus, as -20%",
            line=level.bound,
        )


def _parse_line(operator: str, raw: object, field: str) -> tuple[Line, bool]:
    if operator == "outside":
        if not isinstance(raw, list | tuple) or len(raw) != 2:
            raise SpecError(field, "write the healthy interval as [a, b]")
        low, high = (_parse_number(end, field) for end in raw)
        if low > high:
            raise SpecError(field, "the lower end comes first: [{high}, {low}]", low=low, high=high)
        return (low, high), False
    if isinstance(raw, str) and raw.strip().endswith("%"):
        if not operator.startswith("change_"):
            raise SpecError(
                field, "only a change is written with %; shares and rates are in percent already"
            )
        return _parse_number(raw.strip()[:-1], field), True
    if isinstance(raw, str):
        raise SpecError(field, "{raw!r} is not a number", raw=raw)
    return _parse_number(raw, field), False


def _parse_number(raw: object, field: str) -> float:
    try:
        number = float(raw) if isinstance(raw, int | float | str) else float("nan")
    except (ValueError, OverflowError):
        number = float("nan")
    if isinstance(raw, bool) or not isfinite(number):
        raise SpecError(field, "{raw!r} is not a number", raw=raw)
    return number


def _interval(operator: str, line: Line) -> tuple[float, float]:
    """Give the values that do not lie beyond a line, as a closed interval."""
    if isinstance(line, tuple):
        return line
    if operator.endswith("above"):
        return float("-inf"), line
    return line, float("inf")


def _contains(outer: tuple[float, float], inner: tuple[float, float]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _beyond(value: float, interval: tuple[float, float]) -> bool:
    low, high = interval
    on_an_end = any(isclose(value, end, rel_tol=1e-9, abs_tol=1e-9) for end in interval)
    return not (low <= value <= high or on_an_end)
