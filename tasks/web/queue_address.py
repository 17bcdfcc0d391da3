"""The address of a queue: what is asked for in it, and the addresses of its neighbours."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from cx_loop.models import Department, Membership, User, department_ids_of, in_language
from tasks import reads
from tasks.models import Task

# what an address may say, in the order a view keeps it
SAID = (
    *("tab", "department", "assignee", "state", "severity", "touchpoint"),
    *("escalated", "q", "sort"),
)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that the form has no field for, and the address without it."""

    label: str
    without: str


def filters_of(given: Mapping[str, str]) -> reads.QueueFilters:
    """What was asked for, as far as it makes sense; a wrong filter is left out."""
    state, severity, sort = (given.get(name, "") for name in ("state", "severity", "sort"))
    return reads.QueueFilters(
        state=state if state in Task.State.values else "",
        severity=severity if severity in {"1", "2"} else "",
        touchpoint=_text(given, "touchpoint"),
        search=_text(given, "q").strip(),
        department=_text(given, "department"),
        assignee=_text(given, "assignee"),
        escalated="1" if given.get("escalated") == "1" else "",
        sort=sort if sort in reads.SORTS else "",
    )


def tab_of(given: Mapping[str, str], user: User, reach: reads.Reach) -> str:
    tab = given.get("tab", "")
    return tab if tab in reads.TABS else reads.default_tab(user, reach)


def view_query(given: Mapping[str, str]) -> str:
    """The part of a query string that says which queue it is: no page, no empty filter."""
    said = {name: _text(given, name) for name in SAID}
    return urlencode({name: value for name, value in said.items() if value})


def queue_url(**said: str) -> str:
    """The address of a queue: `queue_url(tab="department", state="open")`."""
    query = view_query(said)
    return f"{reverse('tasks:queue')}{'?' if query else ''}{query}"


def changed(given: QueryDict, **changes: str) -> str:
    """The query string of the page with some of it changed; '' leaves a part out."""
    query = given.copy()
    for name, value in changes.items():
        query[name] = value
        if not value:
            del query[name]
    return f"?{query.urlencode()}"


def chips(user: User, given: QueryDict, filters: reads.QueueFilters) -> list[Chip]:
    found = []
    if filters.department:
        found.append(Chip(_department(filters.department), changed(given, department="")))
    if filters.assignee:
        found.append(Chip(_assignee(user, filters.assignee), changed(given, assignee="")))
    if filters.escalated:
        found.append(Chip(_("Escalated"), changed(given, escalated="")))
    return found


def _department(key: str) -> str:
    found = Department.objects.filter(key=key).first()
    return in_language(found.name) or key if found else key


def _assignee(user: User, email: str) -> str:
    """A name for whom the reader works with; others stay the address that was typed."""
    if email == reads.NOBODY:
        return _("Nobody yet")
    known, seen = User.objects.filter(email=email), department_ids_of(user)
    if seen is not None:
        there = Membership.objects.filter(department__in=seen)
        known = known.filter(pk__in=there.values("user"))
    return str(known.first() or email)


def _text(given: Mapping[str, str], name: str) -> str:
    return given.get(name, "").replace("\x00", "")[:80]
