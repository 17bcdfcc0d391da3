"""Between the moments of a time zone and what its clocks show.

A wall-clock time that a spring change skips is the moment of the change; one that comes twice is
the first.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """When (UTC) the clocks of the zone first show this naive time or a later one."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    # only a time that is skipped reads later before the change than after it
    return first if first <= second else _change(second, first, zone)


def wall_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """The latest naive time the clocks of the zone have shown up to now.

    In the hour that comes twice they stand still at its end the second time, otherwise a later
    start could lead to an earlier deadline.
    """
    local = moment.astimezone(zone)
    if not local.fold:
        return local.replace(tzinfo=None)
    first_time = local.replace(fold=0)
    change = _change(first_time.astimezone(UTC), moment, zone)
    return change.replace(tzinfo=None) + (first_time.utcoffset() or timedelta())


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the zone changed its offset, between two moments around the change."""
    old = before.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)
