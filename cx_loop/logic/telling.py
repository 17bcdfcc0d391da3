"""Which mails a person wants, and when one may arrive."""

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


def kind_of(code: str) -> str:
    return next((kind for kind, codes in KINDS.items() if code in codes), "progress")


def wants_mail(code: str, muted: Collection[str]) -> bool:
    return kind_of(code) not in muted


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
