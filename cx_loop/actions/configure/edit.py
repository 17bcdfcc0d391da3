"""One object changed in a page: checked, compared, written and told of as if a file had said so.

An edit is not what was applied from a file, so the next apply sees it and does not write over it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction

from cx_loop.actions.configure import KINDS
from cx_loop.actions.configure.kinds import Draft, Kind
from cx_loop.events import Slot
from cx_loop.logic.configuration.blocks import Block
from cx_loop.logic.configuration.differences import Change, Form, compare, digest
from cx_loop.logic.configuration.planted import planted
from cx_loop.logic.configuration.tree import Report
from cx_loop.logic.sections import SECTIONS
from cx_loop.models import Actor, record

LOCK = 0x43584C  # "CXL": one configuration is applied at a time


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every kind of configured object, in the order of writing, and what a file may say."""

    kinds: tuple[Kind, ...]
    format: Block


# () -> all packages' kinds: the packages above this one have some too
catalogue: Slot[Catalogue] = Slot(lambda: Catalogue(KINDS, Block("configuration", SECTIONS)))


@dataclass(frozen=True, slots=True)
class Refusal:
    """`place`: where in the content, as "departments.0.calendar.hours"; the English sentence."""

    place: str
    sentence: str


class Refused(Exception):
    """Nothing was written."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__("; ".join(each.sentence for each in refusals))
        self.refusals = refusals


class Taken(Exception):
    """A new object of a key that is there already, in force or retired."""


class Stale(Exception):
    """Somebody changed it since it was opened. `form`: as it is now."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.form = form


class Needed(Exception):
    """It cannot be retired: `by` are the (kind, key) that refer to it."""

    def __init__(self, by: list[tuple[str, str]]) -> None:
        super().__init__(", ".join(f"{kind} {key}" for kind, key in by))
        self.by = by


def lock_configuration() -> None:
    """Until the transaction ends nobody else changes configuration, by file or page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def forms_of(kind: str) -> dict[str, Form]:
    """What is in force or retired of a kind, by key."""
    return _kind(kind).current()


def opened_of(form: Form | None) -> str:
    """What tells later whether it was changed since; "" of what is not there yet."""
    return digest(form) if form else ""


def entry(kind: str, key: str, form: Form) -> Any:
    """A form as a file would say it."""
    return _kind(kind).entry(key, form)


@transaction.atomic
def write(
    *, kind: str, key: str, content: dict[str, Any], opened: str, by: Actor, now: datetime
) -> bool:
    """Write the sections of `content`, of which the object `key` is the one that was edited.

    Of a kind that stands inside others only what is of this kind.

    `opened`: what `opened_of` gave when the page was opened. False where nothing is different.
    Raises Refused, Taken, Stale.
    """
    lock_configuration()
    draft = _read(content)
    before, wanted = draft.current[kind].get(key), draft.wanted[kind][key]
    inside = _kind(kind).stands_inside
    changes = [row for row in _changes(draft) if not inside or row[0].name == kind]
    if not changes:
        return False
    if opened != opened_of(before) and (before is None or compare(before, wanted.form)):
        raise Stale(before or {}) if opened else Taken(key)
    for of, change in changes:
        saved = of.save(wanted=draft.wanted[of.name][change.key], by=by, now=now)
        leave_trail(of, change, saved, by=by, now=now)
    return True


@transaction.atomic
def retire(*, kind: str, key: str, by: Actor, now: datetime) -> None:
    """Take it out of force; it stays, with its history. Raises Needed."""
    lock_configuration()
    needed = [
        (other.name, name)
        for other in catalogue().kinds
        for name, form in other.current().items()
        if not form.get("retired") and (kind, key) in set(other.depends_on(form))
    ]
    if needed:
        raise Needed(needed)
    of = _kind(kind)
    assert of.retire is not None
    leave_trail(of, Change("-", kind, key), of.retire(key=key, by=by, now=now), by=by, now=now)


def leave_trail(
    kind: Kind, change: Change, saved: models.Model, *, by: Actor, now: datetime
) -> None:
    """One row in the trail for what its action leaves untold."""
    if kind.keeps_trail:
        return
    verbs = {"+": "created", "~": "changed", "-": "retired"}
    fields = {path: list(pair) for path, pair in change.fields.items()}
    params = {"change": verbs[change.sign], "key": change.key, "fields": fields}
    record(verb="configured", subject=kind.name, subject_id=saved.pk, by=by, now=now, params=params)


def to_save(draft: Draft, kinds: Iterable[Kind]) -> Iterable[tuple[Kind, Change]]:
    """What of the draft is not so already, in the order of writing."""
    for kind in kinds:
        for key, wanted in draft.wanted[kind.name].items():
            before = draft.current[kind.name].get(key)
            if before is None:
                yield kind, Change("+", kind.name, key)
            elif fields := compare(before, wanted.form):
                yield kind, Change("~", kind.name, key, fields)


def _changes(draft: Draft) -> Iterable[tuple[Kind, Change]]:
    return to_save(draft, catalogue().kinds)


def read_draft(tree: Any, report: Report, kinds: tuple[Kind, ...]) -> Draft:
    """What a tree wants, beside what is in force; what is wrong with it is in the report."""
    languages = tuple(code for code, _ in settings.LANGUAGES)
    draft = Draft(report, {kind.name: kind.current() for kind in kinds}, languages)
    for kind in kinds:
        wanted = draft.wanted.setdefault(kind.name, {})
        for found in kind.read(draft, tree):
            wanted[found.key] = found
    draft.check_references()
    return draft


def _read(content: dict[str, Any]) -> Draft:
    tree, places = planted(content)
    report, known = Report(), catalogue()
    known.format.check(tree, report)
    draft = read_draft(tree, report, known.kinds)
    if report.refused:
        raise Refused([Refusal(places[line], sentence) for line, sentence in report.refused])
    return draft


def _kind(name: str) -> Kind:
    return next(kind for kind in catalogue().kinds if kind.name == name)
