"""Lengths of time as a rule writes them: "5m", "1h", "1d", "2w". A day here is 24 hours."""

import re
from datetime import timedelta

from alerts.logic.refusals import SpecError

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
