"""Lengths of time as a rule writes them: "5m", "1h", "1d", "2w". A day here is 24 hours.

A window may also be a period of the calendar: "this day", "this week", "this month".
"""

import re
from datetime import timedelta

from alerts.logic.edges import edge_step
from alerts.logic.frames import PERIODS
from alerts.logic.refusals import SpecError

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=90)

UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
WRITTEN = re.compile(r"([0-9]{1,6})([mhdw])")


def parse_duration(raw: object, field: str) -> timedelta:
    """Read "90m" as an hour and a half. Raises SpecError for anything else than count and unit."""
    match = WRITTEN.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if match is None:
        raise SpecError(
            field, "{raw!r} is not a length of time; write one like 5m, 1h, 1d or 2w", raw=raw
        )
    return int(match[1]) * UNITS[match[2]]


def format_duration(length: timedelta) -> str:
    """Write a whole number of minutes in its largest unit up to days: 24 h is "1d"."""
    for unit in ("d", "h", "m"):
        if length % UNITS[unit] == timedelta(0):
            return f"{length // UNITS[unit]}{unit}"
    raise ValueError(f"{length} is not a whole number of minutes")


def parse_pause(raw: object, field: str, default: timedelta) -> timedelta:
    """Like `parse_duration`, where nothing is the default and a plain 0 is no time at all."""
    if raw is None:
        return default
    if raw == 0 and not isinstance(raw, bool):
        return timedelta(0)
    return parse_duration(raw, field)


def parse_window(raw: object) -> tuple[timedelta, str]:
    """Read "1d" as (24 hours, ""), "this month" as (30 days, "month"). Raises SpecError."""
    said, _, period = raw.replace("_", " ").partition(" ") if isinstance(raw, str) else ("", "", "")
    if said == "this" and period in PERIODS:
        return PERIODS[period], period
    if said == "this":
        raise SpecError(
            "window", "a period is this day, this week or this month, not {raw}", raw=raw
        )
    return parse_duration(raw, "window"), ""


def format_window(length: timedelta, period: str) -> str:
    return f"this {period}" if period else format_duration(length)


def check_window(window: timedelta) -> None:
    """Refuse a rolling window that ends between edges, or is too short or too long."""
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
