"""What a value is held against besides a fixed line: another time, or another part of the same
touchpoint.

`versus: week before` and `versus: {segment: normal}` give a change its base; without `versus`
that is the window before. `spread: channel` makes the value itself a comparison: the largest
minus the smallest of the channels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from alerts.logic.refusals import SpecError

DIMENSIONS = ("segment", "channel", "location")
BEFORE, WEEK_BEFORE = "before", "week before"
NAMED = (BEFORE, WEEK_BEFORE)


@dataclass(frozen=True, slots=True)
class Versus:
    """The base of a change. `when`: before (the window before) or week before; or, with
    `dimension` and `value`, the same window of another part of the touchpoint."""

    when: str = BEFORE
    dimension: str = ""
    value: str = ""

    @property
    def is_window_before(self) -> bool:
        return self.when == BEFORE

    @property
    def is_other_time(self) -> bool:
        return self.when == WEEK_BEFORE

    @property
    def is_other_part(self) -> bool:
        return bool(self.dimension)


WINDOW_BEFORE = Versus()


def parse_versus(raw: object) -> Versus:
    """Read `week before` or `{segment: normal}`. Raises SpecError."""
    if raw is None:
        return WINDOW_BEFORE
    if isinstance(raw, str) and raw.replace("_", " ") in NAMED:
        return Versus(raw.replace("_", " "))
    if isinstance(raw, Mapping) and len(raw) == 1:
        ((dimension, value),) = raw.items()
        if dimension in DIMENSIONS and isinstance(value, str):
            return Versus("", dimension, value)
    raise SpecError(
        "versus", "write before, week before, or one part such as {{segment: normal}}", raw=raw
    )


def versus_to_json(versus: Versus) -> str | dict[str, str]:
    return {versus.dimension: versus.value} if versus.is_other_part else versus.when


def parse_spread(raw: object) -> str:
    """Read the dimension whose parts are compared with each other."""
    if raw is None:
        return ""
    if raw not in DIMENSIONS:
        known = ", ".join(DIMENSIONS)
        raise SpecError("spread", "{raw!r} is not one of {known}", raw=raw, known=known)
    return str(raw)


def check_comparison(
    versus: Versus, spread: str, *, is_change: bool, by: tuple[str, ...], facts: Mapping[str, Any]
) -> None:
    """Refuse comparisons that compare nothing. `facts`: `window` and `period` of the rule."""
    if versus != WINDOW_BEFORE and not is_change:
        raise SpecError("versus", "is for change_above and change_below: it is their base")
    if versus.is_other_part and versus.dimension not in by:
        raise SpecError(
            "versus",
            "add {dimension} to by: each of the others is compared with {value}",
            dimension=versus.dimension,
            value=versus.value,
        )
    too_long = facts["window"] > timedelta(weeks=1) or facts["period"] == "month"
    if versus.is_other_time and too_long:
        raise SpecError("versus", "a window longer than a week would overlap its own week before")
    if spread and is_change:
        raise SpecError("spread", "has a value of its own; write above or below, not a change")
    if spread and spread in by:
        raise SpecError(
            "spread", "take {spread} out of by: a single one has no spread", spread=spread
        )
