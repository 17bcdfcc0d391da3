"""A line that nobody can cross is refused."""

from math import inf

from alerts.logic.levels import Level
from alerts.logic.refusals import SpecError
from cx_loop.logic.bins import Scale
from cx_loop.logic.ranges import possible_range
from cx_loop.logic.scores import Aggregate


def check_reachable(
    level: Level, field: str, aggregate: Aggregate, scale: Scale | None, *, spread: bool = False
) -> None:
    """Refuse a line that no window can cross, and a `recover` that no window can reach."""
    low, high = possible_range(aggregate, scale)
    if spread:
        low, high = 0.0, high - low
    if level.is_change:
        low, high = _change_range(low, high, percent=level.percent)
    if not _crosses(level, low, high):
        raise SpecError(
            f"{field}.{level.operator}",
            "{line} can never breach: the values of {aggregate} lie between {low:g} and {high:g}",
            line=level.bound,
            aggregate=aggregate.name,
            low=low,
            high=high,
        )
    if level.recover is not None and not _reaches(level, low, high):
        raise SpecError(
            f"{field}.recover",
            "{line} can never be reached: the values of {aggregate} lie between "
            "{low:g} and {high:g}",
            line=level.recover,
            aggregate=aggregate.name,
            low=low,
            high=high,
        )


def check_certain(level: Level, field: str, aggregate: Aggregate, scale: Scale | None) -> None:
    """Refuse certainty where there is no interval to be had."""
    kind = scale.kind if scale is not None else "count"
    without = aggregate.name in {"sd", "min", "max"} or (
        aggregate.name == "sum" and kind != "count"
    )
    if level.certain is not None and without:
        raise SpecError(
            f"{field}.certain",
            "there is no interval for {aggregate}; leave certain out",
            aggregate=aggregate.name,
        )


def _change_range(low: float, high: float, *, percent: bool) -> tuple[float, float]:
    if not percent:
        return low - high, high - low
    if low < 0:
        return -inf, inf
    greatest = (high - low) / low * 100 if low > 0 else inf
    least = (low - high) / high * 100 if high < inf else -100.0
    return least, greatest


def _crosses(level: Level, low: float, high: float) -> bool:
    line_low, line_high = level.interval
    return low < line_low or line_high < high


def _reaches(level: Level, low: float, high: float) -> bool:
    healthy_low, healthy_high = level.healthy_interval
    return healthy_low <= high and low <= healthy_high
