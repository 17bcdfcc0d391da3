"""A list of special days laid over the calendars of several departments, as a file would say it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from cx_loop.actions.configure import edit
from cx_loop.logic.special_days import Entry, laid_over
from cx_loop.models import Actor, Organization

KIND = "department"


@transaction.atomic
def lay_days(
    *, days: Sequence[Entry], departments: Collection[str], by: Actor, now: datetime
) -> bool:
    """Other days of these calendars stay; one without a calendar gets one, round the clock.

    False where nothing is different. Raises edit.Refused.
    """
    edit.lock_configuration()
    forms = edit.forms_of(KIND)
    entries = []
    for key in sorted(departments):
        entry = edit.entry(KIND, key, forms[key])
        calendar = entry.get("calendar") or {"timezone": Organization.current().timezone}
        calendar["special_days"] = laid_over(calendar.get("special_days", []), days)
        entries.append({**entry, "calendar": calendar})
    first = min(departments)
    return edit.write(
        kind=KIND,
        key=first,
        content={"departments": entries},
        opened=edit.opened_of(forms[first]),
        by=by,
        now=now,
    )
