"""When a message that did not arrive is tried again."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
# waits after the first, second … failed attempt; after the last of them a message is dead
WAITS: Mapping[str, tuple[timedelta, ...]] = {
    "email": (*(30 * SECOND * (1 << doubled) for doubled in range(7)),),
    # Standard Webhooks 1.0, "Retry schedule": a receiver may be away for a long weekend
    "webhook": (
        *(5 * SECOND, 5 * MINUTE, 30 * MINUTE),
        *(hours * HOUR for hours in (2, 5, 10, 14, 20, 24)),
    ),
    # answers of a survey tool: they are still there tomorrow
    "ask": (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR),
    # what a chat was not told within some hours is found in the queue
    "chat": (5 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR),
}
LONGEST_ASKED = 24 * HOUR  # a Retry-After beyond is not believed
SPREAD = 0.2  # of a wait, so that what failed together does not come back together


def wait_after(channel: str, attempts: int, key: str) -> timedelta | None:
    """How long to wait after so many failed attempts (from 1); None: no more attempts.

    Spread by up to a fifth more, the same for the same `key` and attempt.
    """
    waits = WAITS.get(channel, ())
    if attempts > len(waits):
        return None
    digest = sha256(f"{key} {attempts}".encode()).digest()
    return waits[attempts - 1] * (1 + SPREAD * int.from_bytes(digest[:4]) / 2**32)


def asked_wait(retry_after: str, now: datetime) -> timedelta | None:
    """What a `Retry-After` header asks for (RFC 9110, 10.2.3): seconds or a date; at most a day.

    None for nothing, and for what is neither.
    """
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return min(timedelta(seconds=min(int(text[:9]), 10**8)), LONGEST_ASKED)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta(0)), LONGEST_ASKED)
