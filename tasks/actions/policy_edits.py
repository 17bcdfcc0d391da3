"""Escalation policies changed one at a time, in their order: the first that fits is taken."""

from datetime import datetime
from typing import Any

from django.db import transaction

from cx_loop.actions.configure import edit
from cx_loop.models import Actor

KIND = "escalation"


def policies_now() -> dict[str, dict[str, Any]]:
    """Policies in force, by key, in order."""
    found = {key: dict(form) for key, form in edit.forms_of(KIND).items()}
    in_force = [(key, form) for key, form in found.items() if not form["retired"]]
    return dict(sorted(in_force, key=lambda row: (row[1]["position"], row[0])))


@transaction.atomic
def put_policy(*, entry: dict[str, Any], opened: str, by: Actor, now: datetime) -> bool:
    """The policy as a file would have it, in its place, or last where it is new.

    Raises edit.Refused, edit.Taken, edit.Stale.
    """
    edit.lock_configuration()
    entries = _entries()
    key = entry["key"]
    entries[key] = entry
    return _write(entries, key, opened, by, now)


@transaction.atomic
def move_policy(*, key: str, by_places: int, by: Actor, now: datetime) -> bool:
    """One up (-1) or down (1); further than the ends changes nothing."""
    edit.lock_configuration()
    entries = _entries()
    keys = list(entries)
    if key not in keys:
        raise edit.Stale({})
    at = keys.index(key)
    to = min(max(at + by_places, 0), len(keys) - 1)
    keys.insert(to, keys.pop(at))
    opened = edit.opened_of(edit.forms_of(KIND)[key])
    return _write({each: entries[each] for each in keys}, key, opened, by, now)


def _entries() -> dict[str, Any]:
    return {key: edit.entry(KIND, key, form) for key, form in policies_now().items()}


def _write(entries: dict[str, Any], key: str, opened: str, by: Actor, now: datetime) -> bool:
    content = {KIND: list(entries.values())}
    return edit.write(kind=KIND, key=key, content=content, opened=opened, by=by, now=now)
