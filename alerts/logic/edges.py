"""When a window may end: edges are multiples of 5 minutes, or of an hour, in UTC.

Windows shorter than a day end on a multiple of 5 minutes, longer ones on a full hour.
The window at edge e is [e - window, e).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def edge_step(window: timedelta) -> timedelta:
    """Give the distance between two edges: 5 minutes under a day, 1 hour from a day on."""
    return timedelta(minutes=5) if window < DAY else timedelta(hours=1)


def edge_at_or_before(moment: datetime, window: timedelta) -> datetime:
    """Give the last edge that is not after the moment, in UTC. Raises ValueError when naive."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone, otherwise its edge is a guess")
    step = edge_step(window)
    return EPOCH + (moment - EPOCH) // step * step


def edge_after(moment: datetime, window: timedelta) -> datetime:
    """Give the first edge strictly after the moment: where a provisional evaluation stands."""
    return edge_at_or_before(moment, window) + edge_step(window)


def edges_between(after: datetime, upto: datetime, window: timedelta) -> Iterator[datetime]:
    """Yield the edges e with after < e <= upto, oldest first: what a downtime has missed."""
    edge = edge_after(after, window)
    while edge <= upto:
        yield edge
        edge += edge_step(window)
