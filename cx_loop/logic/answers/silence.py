"""When a source has been silent for longer than it usually is.

Answers come by day more than by night and less at weekends, so nobody is missed within two days.
Beyond, a source is missed after eight of its usual pauses: with pauses as chance makes them, three
in ten thousand are longer.
"""

from datetime import timedelta

SHORTEST = timedelta(days=2)
PAUSES = 8
LOOKED_AT = timedelta(days=28)  # before the last delivery
FEWEST = 8  # deliveries in that time; of fewer nothing is learnt


def patience(count: int, span: timedelta, expected_every: timedelta | None) -> timedelta | None:
    """How long a source may be silent: what was said of it, else by how many deliveries came in
    LOOKED_AT before the last one, over which `span`. None where neither tells."""
    if expected_every is not None:
        return expected_every
    if count < FEWEST:
        return None
    return max(SHORTEST, PAUSES * span / (count - 1))
