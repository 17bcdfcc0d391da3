"""Which mails a person wants, when one may arrive, and when they are too many."""

from collections.abc import Collection
from datetime import datetime, time, timedelta, tzinfo

# what a person can do without, each with the codes of its events; the inbox has them all
KINDS: dict[str, frozenset[str]] = {
    "new": frozenset({"opened", "assigned", "handed_over", "severity_raised"}),
    "asked": frozenset({"asked", "sent_back", "hold_ended", "mentioned", "worse"}),
    "escalated": frozenset({"escalated"}),
    "progress": frozenset(),  # whatever else happens to a task
    "praised": frozenset({"praised"}),
}
LONGEST_DIGEST = 24 * 60  # minutes
AT_ONCE = 0  # the urgency of what waits for nothing
MOST_URGENT_FIRST = ("escalated", "asked", "new", "progress", "praised")


def kind_of(code: str) -> str:
    return next((kind for kind, codes in KINDS.items() if code in codes), "progress")


def wants_mail(code: str, muted: Collection[str]) -> bool:
    return kind_of(code) not in muted


def urgency_of(code: str, *, critical: bool) -> int:
    """AT_ONCE for what is critical; else the place in a digest, from 1."""
    return AT_ONCE if critical else 1 + MOST_URGENT_FIRST.index(kind_of(code))


def gathered_until(
    left: Collection[datetime], now: datetime, most: int, within: timedelta
) -> datetime | None:
    """When the mails that follow leave as one, where one more would be too many; None: at once.

    `left`: when mails left to the person lately, a digest counted once. At most `most` of them in
    `(now - within, now]`; 0: as many as there are.
    """
    lately = sum(now - within < at for at in left)
    return now + within if 0 < most <= lately else None


def quiet_until(at: datetime, begins: time, ends: time, zone: tzinfo) -> datetime:
    """`at` itself, or the end of the quiet hours it lies in: `[begins, ends)` of the local clock,
    over midnight when `ends` is not later."""
    local = at.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    over_midnight = ends <= begins
    quiet = clock >= begins or clock < ends if over_midnight else begins <= clock < ends
    if not quiet:
        return at
    day = local.date() + timedelta(days=over_midnight and clock >= begins)
    return datetime.combine(day, ends, tzinfo=zone).astimezone(at.tzinfo)
