"""The board: what is open in the departments one leads, with whom it is, and what is stuck."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cx_loop import clock
from cx_loop.models import Department, User, in_language, once, zone_of
from tasks import reads
from tasks.models import Task
from tasks.notices import LEVELS, STATES, segment_names, title_of
from tasks.reads import board as board_reads
from tasks.reads.board import Board, Tally
from tasks.web.queue_address import queue_url
from tasks.web.words import clock_of

UNCLOSED = ("open", "accepted", "in_progress", "on_hold", "verifying")


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that opens its tasks. `is_bad`: it should be none, and `icon` says so."""

    name: str
    count: int
    url: str
    is_bad: bool = False
    icon: str = "late"


@dataclass(frozen=True, slots=True)
class Line:
    """One person or department with its numbers, each a link to its tasks.

    `share`: of the fullest one, in twentieths, the length of its bar.
    """

    name: str
    url: str
    tally: Tally
    late_url: str
    escalated_url: str
    critical_url: str
    states: list[Tile]
    share: int
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Stuck:
    task: Task
    title: str
    url: str
    department: str
    clock: str
    level: str


@login_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    user, now = request.user, once("now", clock.now)
    if not board_reads.may_see_board(user):
        raise PermissionDenied
    departments = board_reads.board_departments(user)
    key = _department(request, departments)
    scope = board_reads.board_scope(user, key)
    found = board_reads.board_of(user, scope, now=now)
    zone, segments = zone_of(user), segment_names()
    page: dict[str, Any] = {
        "now": now,
        "departments": _choices(departments),
        "department": key,
        "tiles": _tiles(found.whole, key, board_reads.count_waiting(user, scope)),
        "states": _states(found.whole, department=key),
        "people": list(_people(found, key)),
        "more_people": max(0, len(found.people) - board_reads.MOST_PEOPLE),
        "lines": list(_departments(found, departments, scope)),
        "late": _stuck(board_reads.late_tasks(user, scope, now=now), now, zone, segments),
        "escalated": _stuck(board_reads.escalated_tasks(user, scope), now, zone, segments),
        "late_url": queue_url(tab="late", department=key),
        "escalated_url": queue_url(tab="department", department=key, escalated="1"),
        "queue_url": queue_url(tab="department", department=key),
        "left": board_reads.count_left(user, scope),
        "has_departments": bool(departments),
    }
    return render(request, "tasks/board.html", page)


def _department(request: HttpRequest, departments: list[Department]) -> str:
    """The key that was asked for; else the one at the top, when everything else is below it."""
    asked = request.GET.get("department")
    if asked is not None:
        return asked if asked in {each.key for each in departments} else ""
    ours = {each.pk for each in departments}
    roots = [each.key for each in departments if each.parent_id not in ours]
    return roots[0] if len(roots) == 1 else ""


def _choices(departments: list[Department]) -> list[tuple[str, str]]:
    return [(each.key, f"{'  ' * depth}{_name(each)}") for each, depth in _tree(departments)]


def _tree(departments: list[Department]) -> Iterator[tuple[Department, int]]:
    """Each with its depth, children after their parent."""
    ours = {each.pk for each in departments}
    below: dict[int | None, list[Department]] = {}
    for each in departments:
        below.setdefault(each.parent_id if each.parent_id in ours else None, []).append(each)

    def walk(parent: int | None, depth: int) -> Iterator[tuple[Department, int]]:
        for each in below.get(parent, []):
            yield each, depth
            yield from walk(each.pk, depth + 1)

    return walk(None, 0)


def _tiles(whole: Tally, key: str, waiting: int) -> list[Tile]:
    here = {"department": key}
    return [
        Tile(_("not closed"), whole.all, queue_url(tab="department", **here)),
        Tile(_("late"), whole.late, queue_url(tab="late", **here), is_bad=True),
        Tile(
            _("escalated"),
            whole.escalated,
            queue_url(tab="department", escalated="1", **here),
            is_bad=True,
            icon="up",
        ),
        Tile(_("critical"), whole.critical, queue_url(tab="department", severity="1", **here)),
        Tile(_("wait for your decision"), waiting, queue_url(tab="waiting", **here)),
    ]


def _states(tally: Tally, **here: str) -> list[Tile]:
    return [
        Tile(
            str(STATES[state]),
            tally.states[state],
            queue_url(tab="department", state=state, **here),
        )
        for state in UNCLOSED
    ]


def _people(found: Board, key: str) -> Iterator[Line]:
    rows = board_reads.people_with(found)
    most = max((tally.all for _person, tally in rows), default=1)
    for person, tally in rows:
        email = person.email if person else reads.NOBODY
        name = str(person) if person else _("Nobody yet")
        yield _line(name, tally, most, department=key, assignee=email)


def _departments(found: Board, departments: list[Department], scope: list[int]) -> Iterator[Line]:
    """Each with what is its own; those below stand below."""
    inside = [each for each in departments if each.pk in set(scope)]
    if len(inside) < 2:
        return
    rows = [(each, depth, found.departments.get(each.pk, Tally())) for each, depth in _tree(inside)]
    most = max((tally.all for _each, _depth, tally in rows), default=1)
    for each, depth, tally in rows:
        yield _line(_name(each), tally, most, depth=depth, department=each.key)


def _line(name: str, tally: Tally, most: int, *, depth: int = 0, **here: str) -> Line:
    return Line(
        name=name,
        url=queue_url(tab="department", **here),
        tally=tally,
        late_url=queue_url(tab="late", **here),
        escalated_url=queue_url(tab="department", escalated="1", **here),
        critical_url=queue_url(tab="department", severity="1", **here),
        states=_states(tally, **here),
        share=round(20 * tally.all / most) if most else 0,
        depth=min(depth, 4),
    )


def _stuck(
    tasks: list[Task], now: datetime, zone: ZoneInfo, segments: dict[str, str]
) -> list[Stuck]:
    levels = [LEVELS["staff"], LEVELS["lead"], LEVELS["director"]]
    return [
        Stuck(
            task=task,
            title=title_of(task, segments),
            url=reverse("tasks:task", args=[task.number]),
            department=_name(task.department),
            clock=clock_of(task, now, zone)[0],
            level=str(levels[min(task.escalation_level, 2)]),
        )
        for task in tasks
    ]


def _name(department: Department) -> str:
    return in_language(department.name) or department.key
