"""What a silence matches, whether it may be made, and where it stands in time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

STATES = ("coming", "running", "over")
MATCHERS = (
    "rule",
    "touchpoint",
    "stage",
    "journey",
    "segment",
    "channel",
    "location",
    "metric",
    "severity",
)
LONGEST = timedelta(days=90)
LONGEST_SNOOZE = timedelta(days=7)
MOST_VALUES = 100

Matchers = Mapping[str, Sequence[str]]
Problem = tuple[str, str, str]


def matches(matchers: Matchers, facts: Mapping[str, str]) -> bool:
    """Whether every matcher accepts the fact of its name; a fact that is missing is ''."""
    return all(facts.get(name, "") in accepted for name, accepted in matchers.items())


def state_of(
    now: datetime, *, starts_at: datetime, ends_at: datetime, ended_at: datetime | None
) -> str:
    """coming, running or over: it runs in [starts_at, ends_at), unless somebody ended it."""
    if ended_at is not None or ends_at <= now:
        return "over"
    return "running" if starts_at <= now else "coming"


def problems_of(
    matchers: Matchers, *, starts_at: datetime, ends_at: datetime | None, reason: str, now: datetime
) -> list[Problem]:
    """(field, code, message) of what is missing or wrong; the moments are aware."""
    found: list[Problem] = []
    if not matchers:
        found.append(("matchers", "required", "Say what is to be silent: at least one matcher."))
    for name, values in matchers.items():
        if name not in MATCHERS:
            known = ", ".join(MATCHERS)
            found.append((f"matchers.{name}", "unknown_field", f"Known: {known}."))
        elif not values or len(values) > MOST_VALUES:
            found.append((f"matchers.{name}", "required", f"Give 1 to {MOST_VALUES} words."))
    if not reason.strip():
        found.append(("reason", "required", "Say why: who meets the silence will ask."))
    if "\x00" in reason:
        found.append(("reason", "text_has_nul", "The text has a NUL character."))
    if ends_at is None:
        found.append(("ends_at", "required", "A silence always ends."))
    elif ends_at <= max(starts_at, now):
        found.append(("ends_at", "not_in_future", "It must end after it begins, and after now."))
    elif ends_at - starts_at > LONGEST:
        found.append(("ends_at", "too_long", f"At most {LONGEST.days} days."))
    return found
