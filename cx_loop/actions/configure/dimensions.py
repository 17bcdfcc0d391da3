"""Names of channels and locations: what observations write as a word is shown as people say it."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import models

from cx_loop.actions.configure.kinds import Draft, Kind, Save, Wanted, names_of, retired
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.tree import Node
from cx_loop.models import Actor, Channel, Location

Table = type[Channel] | type[Location]


def _reader(name: str, section: str) -> Callable[[Draft, Node], Iterator[Wanted]]:
    def read(draft: Draft, file: Node) -> Iterator[Wanted]:
        for node in file.at(section).items:
            if key := draft.claim(name, node):
                yield Wanted(key, {"name": names_of(node), "retired": False}, node)

    return read


def _current(table: Table) -> Callable[[], dict[str, Form]]:
    def current() -> dict[str, Form]:
        rows = table.objects.all()
        return {row.key: {"name": row.name, "retired": row.retired_at is not None} for row in rows}

    return current


def _saver(table: Table) -> Save:
    def save(*, wanted: Wanted, by: Actor, now: datetime) -> models.Model:
        named = {"name": wanted.form["name"], "retired_at": None}
        saved, _ = table.objects.update_or_create(key=wanted.key, defaults=named)
        return saved

    return save


def _kind(name: str, section: str, table: Table) -> Kind:
    return Kind(
        name, section, _reader(name, section), _current(table), _saver(table), retired(table)
    )


CHANNEL = _kind("channel", "channels", Channel)
LOCATION = _kind("location", "locations", Location)
