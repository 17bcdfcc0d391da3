"""Working time the slow way: minute by minute over a written calendar, nothing shared with ours."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
A_MINUTE = timedelta(minutes=1)

# the State Council's notice of 12 November 2024 on holidays in 2025: first and last day off
OFF_2025 = [
    ("2025-01-01", "2025-01-01"),
    ("2025-01-28", "2025-02-04"),
    ("2025-04-04", "2025-04-06"),
    ("2025-05-01", "2025-05-05"),
    ("2025-05-31", "2025-06-02"),
    ("2025-10-01", "2025-10-08"),
]
# days of a week-end that are worked instead
MADE_UP_2025 = {"2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"}


def is_worked(moment: datetime) -> bool:
    """Whether China works in the minute that begins then: 9 to 12 and 13 to 18 on working days."""
    local = moment.astimezone(SHANGHAI)
    day = local.date()
    if day.isoformat() in MADE_UP_2025:
        at_work = True
    else:
        off = any(date.fromisoformat(a) <= day <= date.fromisoformat(b) for a, b in OFF_2025)
        at_work = day.weekday() < 5 and not off
    return at_work and (9 <= local.hour < 12 or 13 <= local.hour < 18)


def minutes_from(start: datetime) -> Iterator[datetime]:
    at = start.astimezone(UTC)
    while True:
        yield at
        at += A_MINUTE


def after(start: datetime, minutes: int) -> datetime:
    """When so many minutes have been worked since a whole minute; at least one."""
    for at in minutes_from(start):
        minutes -= is_worked(at)
        if not minutes:
            return at + A_MINUTE
    raise AssertionError


def worked(start: datetime, end: datetime) -> int:
    """Minutes worked in [start, end)."""
    found = 0
    for at in minutes_from(start):
        if at >= end:
            return found
        found += is_worked(at)
    raise AssertionError
