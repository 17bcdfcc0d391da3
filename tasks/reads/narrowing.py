"""What a queue is narrowed to and sorted by, and the place where its next page begins."""

import base64
import binascii
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from cx_loop.models import Department, Viewer, department_ids_of, once
from tasks.models import Task
from tasks.reads.keyset import DUE, NEWEST, URGENT, Order
from tasks.reads.search import number_in, spoken_of

SORTS: dict[str, Order] = {"": URGENT, "due": DUE, "newest": NEWEST}
NOBODY = "-"  # as an assignee: nobody has it yet

_AT = "task.touchpoint_id = (SELECT id FROM cx_loop_touchpoint WHERE key = %(touchpoint)s::text)"
_WITH = "task.assignee_id = (SELECT id FROM cx_loop_user WHERE email = %(assignee)s::text)"


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """What the queue is narrowed to; '' leaves a filter out. `sort`: a key of SORTS.

    `department` has those below with it, `assignee` is an e-mail address or NOBODY, `escalated`
    is '1' for what was pushed up.
    """

    state: str = ""
    severity: str = ""
    touchpoint: str = ""
    search: str = ""
    department: str = ""
    assignee: str = ""
    escalated: str = ""
    sort: str = ""

    @property
    def narrows(self) -> bool:
        return replace(self, sort="") != QueueFilters()

    @property
    def order(self) -> Order:
        return SORTS[self.sort]

    @property
    def conditions(self) -> list[str]:
        """What is asked of each `task`; the severity and the department are where it stands."""
        found = []
        if self.state:
            found.append("task.state = %(state)s::text")
        if self.touchpoint:
            found.append(_AT)
        if self.assignee:
            found.append("task.assignee_id IS NULL" if self.assignee == NOBODY else _WITH)
        if self.escalated:
            found.append("task.escalation_level > 0")
        if self.search and number_in(self.search) is not None:
            found.append("task.number = %(number)s::bigint")
        elif self.search:
            found.append(spoken_of(closed=self.state == Task.State.CLOSED))
        return found

    @property
    def values(self) -> dict[str, str]:
        return {
            "state": self.state,
            "severity": self.severity,
            "touchpoint": self.touchpoint,
            "assignee": self.assignee,
            "words": self.search,
            "number": str(number_in(self.search) or 0),
        }


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of a page, and the moment its lateness was judged at.

    The next page judges at the same moment, otherwise a task that turned late in between would
    be shown twice or not at all. `first`: it stands in the first of the two lanes.
    """

    at: datetime
    first: bool
    severity: int
    due_at: datetime
    number: int

    def __str__(self) -> str:
        parts = [self.at.isoformat(), int(self.first), self.severity, self.due_at.isoformat()]
        return base64.urlsafe_b64encode(json.dumps([*parts, self.number]).encode()).decode()

    @classmethod
    def parse(cls, raw: str) -> Self | None:
        """None for what is no place: the reader then starts on top."""
        try:
            at, first, severity, due_at, number = json.loads(base64.urlsafe_b64decode(raw))
            moments = datetime.fromisoformat(at), datetime.fromisoformat(due_at)
        except (ValueError, TypeError, binascii.Error):
            return None
        if any(moment.tzinfo is None for moment in moments):
            return None
        if not (isinstance(severity, int) and isinstance(number, int) and number < 2**63):
            return None
        return cls(moments[0], bool(first), severity, moments[1], number)


def below(key: str) -> set[int]:
    """Primary keys of a department and of all below it; none for a key nobody has."""
    tree = Department.objects.order_by("pk").values_list("pk", "parent_id", "key")
    rows = once("tree of departments", lambda: list(tree))
    found = {pk for pk, _parent, name in rows if name == key}
    grew = bool(found)
    while grew:
        more = {pk for pk, parent, _name in rows if parent in found} - found
        found |= more
        grew = bool(more)
    return found


def seen_below(viewer: Viewer, key: str) -> tuple[int, ...]:
    """The same, of those that the viewer sees."""
    seen, found = department_ids_of(viewer), below(key)
    return tuple(sorted(found if seen is None else found & set(seen)))
