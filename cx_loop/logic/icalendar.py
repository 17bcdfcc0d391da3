"""Events as an iCalendar file (RFC 5545): the few properties that a feed of due dates has.

Own lines instead of a library: what is written never changes, and nothing is ever read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_LINE = 75  # octets, RFC 5545 section 3.1
_BEFORE = timedelta(minutes=15)  # an entry ends at the due moment: one of no length is not drawn


@dataclass(frozen=True, slots=True)
class Event:
    uid: str
    due_at: datetime
    summary: str
    url: str
    sequence: int
    category: str


def calendar_of(name: str, events: Iterable[Event], now: datetime) -> str:
    """A whole VCALENDAR; lines end in CRLF and are folded."""
    head = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//CX Loop//due dates//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    body = [line for event in events for line in _lines(event, now)]
    return "".join(f"{folded(line)}\r\n" for line in [*head, *body, "END:VCALENDAR"])


def escaped(text: str) -> str:
    """TEXT of section 3.3.11: backslash, semicolon, comma, line ends; control characters go."""
    kept = "".join(each for each in text if each >= " " or each in "\t\n")
    for mark in ("\\", ";", ","):
        kept = kept.replace(mark, f"\\{mark}")
    return kept.replace("\n", "\\n")


def folded(line: str) -> str:
    """At most 75 octets a line, never in the middle of a character."""
    parts, part, used = [], "", 0
    for character in line:
        size = len(character.encode())
        if used + size > _LINE:
            parts.append(part)
            part, used = "", 1  # the blank that a continued line begins with
        part, used = part + character, used + size
    return "\r\n ".join([*parts, part])


def _lines(event: Event, now: datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{_moment(now)}",
        f"DTSTART:{_moment(event.due_at - _BEFORE)}",
        f"DTEND:{_moment(event.due_at)}",
        f"SUMMARY:{escaped(event.summary)}",
        f"URL:{event.url}",
        f"SEQUENCE:{event.sequence}",
        f"CATEGORIES:{escaped(event.category)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
