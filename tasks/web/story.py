"""What happened to a task, told line by line, with the comments between."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cx_loop.models import Activity, Department, Organization, in_language
from tasks import reads
from tasks.models import Task
from tasks.notices import Reader, reason_of, say_activity

SILENT = {"commented", "watched", "unwatched"}  # said elsewhere on the page
EVENTS = 80  # of one page: a task of months would not fit a phone


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the trail, or a comment."""

    at: datetime
    who: str
    said: str
    reason: str = ""
    note: str = ""


def story_of(task: Task, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Its newest events and comments, how many more there are, and the last activity `seen`."""
    names = {key: in_language(name) for key, name in Department.objects.values_list("key", "name")}
    reader = Reader(now, zone, names)
    trail = reads.trail_of(task)
    told = [_event(each, reader) for each in trail if each.verb not in SILENT]
    notes = [
        Event(note.at, str(note.by or ""), "", note=note.text) for note in reads.notes_of(task)
    ]
    events = sorted([*told, *notes], key=lambda event: event.at, reverse=True)
    return {
        "events": events[:EVENTS],
        "more_events": max(0, len(events) - EVENTS),
        "seen": max((each.pk for each in trail), default=0),
    }


def changes_since(task: Task, seen: int, now: datetime) -> list[Event]:
    """What others did after the page was read: shown with the newer state."""
    reader = Reader(now, Organization.current().zone)
    return [_event(each, reader) for each in reads.trail_of(task) if each.pk > seen]


def _event(each: Activity, reader: Reader) -> Event:
    who = str(each.user or each.key or "")
    return Event(each.at, who, say_activity(each, reader), reason_of(each))
