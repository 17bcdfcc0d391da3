"""Routes changed one at a time. A route is known by what it says, wherever it has been moved to.

So two admins who change different routes do not get into each other's way; who changes one that
somebody else has changed, or taken out, is told.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from cx_loop.actions.configure import edit
from cx_loop.logic.configuration.differences import digest
from cx_loop.models import Actor

KIND, TABLE = "routes", ""
Entry = dict[str, Any]
MOST = 200  # routes: each is looked at whenever a task opens


class TooMany(Exception):
    """There are `MOST` routes already."""


def routes_now() -> list[Entry]:
    """The routes in force, in order: {"when": {…}, "to": key, "role": …}."""
    form = edit.forms_of(KIND).get(TABLE)
    return list(form["routes"]) if form else []


def mark_of(route: Entry) -> str:
    """What a page hands back to say which route it means."""
    return digest(route)


def put_route(*, route: Entry, was: str, by: Actor, now: datetime) -> bool:
    """In place of the route marked `was`; as the last one where that is "".

    Raises edit.Refused, edit.Stale, TooMany.
    """

    def put(routes: list[Entry]) -> list[Entry]:
        if not was:
            return [*routes, route]
        at = _place(routes, was)
        return [*routes[:at], route, *routes[at + 1 :]]

    return _change(put, by, now)


def move_route(*, was: str, to: int, by: Actor, now: datetime) -> bool:
    """To the position `to`, from 0 on; further than the ends is at the ends. Raises edit.Stale."""

    def move(routes: list[Entry]) -> list[Entry]:
        route = routes.pop(_place(routes, was))
        to_place = min(max(to, 0), len(routes))
        return [*routes[:to_place], route, *routes[to_place:]]

    return _change(move, by, now)


def remove_route(*, was: str, by: Actor, now: datetime) -> bool:
    """Tasks that came by it keep the table they came by. Raises edit.Stale."""

    def remove(routes: list[Entry]) -> list[Entry]:
        del routes[_place(routes, was)]
        return routes

    return _change(remove, by, now)


@transaction.atomic
def _change(change: Callable[[list[Entry]], list[Entry]], by: Actor, now: datetime) -> bool:
    edit.lock_configuration()
    form = edit.forms_of(KIND).get(TABLE)
    wanted = change(list(form["routes"]) if form else [])
    if len(wanted) > MOST:
        raise TooMany
    content = {"routes": edit.entry(KIND, TABLE, {"routes": wanted})}
    opened = edit.opened_of(form)
    return edit.write(kind=KIND, key=TABLE, content=content, opened=opened, by=by, now=now)


def _place(routes: list[Entry], was: str) -> int:
    for at, route in enumerate(routes):
        if mark_of(route) == was:
            return at
    raise edit.Stale({})
