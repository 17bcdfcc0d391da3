"""Which figures a metric has, and between which values each of them can lie at all."""

import math

from cx_loop.logic.bins import Scale
from cx_loop.logic.scores import SHARES, Aggregate, needs_line
from cx_loop.logic.sentences import sentence

FIXED = {
    "rate": (0.0, 100.0),
    "top_box": (0.0, 100.0),
    "share_above": (0.0, 100.0),
    "share_below": (0.0, 100.0),
    "nps": (-100.0, 100.0),
    "count": (0.0, math.inf),
}


def allowed(aggregate: Aggregate, scale: Scale) -> str | None:
    """None, or why this aggregate makes no sense for the metric."""
    name, kind = aggregate.name, scale.kind
    if (name == "rate") != (kind == "rate"):
        return sentence(
            "A {kind} metric has no {name}: rate is the one aggregate of a rate, and only of it.",
            kind=kind,
            name=name,
        )
    if name == "nps" and kind != "nps":
        return sentence(
            "nps is promoters minus detractors of an nps metric, not of a {kind} one.", kind=kind
        )
    if name == "top_box" and not scale.bounded:
        return sentence(
            "top_box is the two highest scores of a scale; a {kind} metric has no scale.", kind=kind
        )
    if name == "top_box" and scale.top_bin < 2:
        return sentence("top_box would always be 100 %: the scale has only two scores.")
    return _why_no_line(aggregate, scale) if name in SHARES else None


def ends_of(scale: Scale) -> tuple[float, float]:
    """Between which values single ones lie; what has no scale is never below 0."""
    return scale.ends if scale.bounded else (0.0, math.inf)


def possible_range(aggregate: Aggregate, scale: Scale | None) -> tuple[float, float]:
    """Give the least and the greatest value of an aggregate; infinite where nothing bounds it.

    The standard deviation of values between low and high is at most (high - low) / sqrt(2):
    two answers, one at each end, with the divisor n - 1.
    """
    if aggregate.name in FIXED:
        return FIXED[aggregate.name]
    low, high = (-math.inf, math.inf) if scale is None else ends_of(scale)
    if aggregate.name == "sd":
        return 0.0, (high - low) / math.sqrt(2)
    if aggregate.name == "sum":
        return (0.0 if low >= 0 else -math.inf), (0.0 if high <= 0 else math.inf)
    return low, high


def say_range(low: float, high: float) -> str:
    """To stand behind "values lie"."""
    if math.isfinite(high):
        return sentence("between {low:g} and {high:g}", low=low, high=high)
    return sentence("from {low:g} up", low=low)


def _why_no_line(aggregate: Aggregate, scale: Scale) -> str | None:
    line, name = aggregate.line, aggregate.name
    if line is None:
        return needs_line(name)
    low, high = ends_of(scale)
    if name == "share_above" and not low <= line < high:
        return sentence(
            "No share can be asked above {line:g}: values lie {range}.",
            line=line,
            range=say_range(low, high),
        )
    if name == "share_below" and not low < line <= high:
        return sentence(
            "No share can be asked below {line:g}: values lie {range}.",
            line=line,
            range=say_range(low, high),
        )
    return None
