"""What every kind of configured object can do: be read from a file, found in force, be written."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db import models

from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.tree import Node, Report, hint
from cx_loop.logic.sentences import sentence
from cx_loop.models import Actor

Saved = models.Model


@dataclass(frozen=True, slots=True)
class Wanted:
    """One object as the file wants it. `secret` never stands in the form, which is compared,
    digested and printed."""

    key: str
    form: Form
    node: Node
    secret: str = ""


class Save(Protocol):
    def __call__(self, *, wanted: Wanted, by: Actor, now: datetime) -> models.Model: ...


class Retire(Protocol):
    def __call__(self, *, key: str, by: Actor, now: datetime) -> models.Model: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """`read` yields what the file wants, `current` what is in force or retired, by key.

    `depends_on` gives the (kind, key) pairs a form refers to. `adopts`: an object that was never
    applied was made by installing: it is taken over without asking, and never pruned.
    `keeps_trail`: its actions write the activity row themselves. `entry` is the way back: what a
    file would say to have a form. `stands_inside`: a file writes it inside other objects; a page
    that writes one says of those only where it stands, and leaves them as they are.
    """

    name: str
    section: str
    read: "Callable[[Draft, Node], Iterator[Wanted]]"
    current: Callable[[], dict[str, Form]]
    save: Save
    retire: Retire | None = None
    depends_on: Callable[[Form], Iterable[tuple[str, str]]] = lambda form: ()
    adopts: bool = False
    keeps_trail: bool = False
    stands_inside: bool = False
    entry: "Callable[[str, Form], Any]" = field(default_factory=lambda: entry_of)


@dataclass(slots=True)
class Draft:
    """The file while it is read: what it wants, and what is in force beside it."""

    report: Report
    current: dict[str, dict[str, Form]]
    languages: tuple[str, ...] = ()
    wanted: dict[str, dict[str, Wanted]] = field(default_factory=dict)
    named: dict[str, dict[str, int]] = field(default_factory=dict)

    def form(self, kind: str, key: str) -> Form | None:
        """The object as it will be after the file is applied; None where there is none."""
        if found := self.wanted.get(kind, {}).get(key):
            return found.form
        return self.current.get(kind, {}).get(key)

    def claim(self, kind: str, node: Node, skip: str = "", key: str = "key") -> str | None:
        """The key of an entry, unless it is broken or its key stands on another line already."""
        name = node.value(key) if isinstance(node.content, dict) else node.content
        if not isinstance(name, str):
            return None
        lines = self.named.setdefault(kind, {})
        if name in lines:
            self.report.refuse(
                node.at(key),
                "{kind} {name} stands twice, first on line {line}. Rename or remove one.",
                kind=kind,
                name=name,
                line=lines[name],
            )
            return None
        lines[name] = node.line
        return name if self.report.is_clean(node, skip) else None

    def known(self, kind: str) -> list[str]:
        """Keys that can be referred to: in the file, or in force beside it."""
        in_force = {
            key for key, form in self.current.get(kind, {}).items() if not form.get("retired")
        }
        return sorted({*self.named.get(kind, {}), *in_force})

    def check_references(self) -> None:
        """Refuse what points at nothing."""
        for found in self.report.references:
            known = self.known(found.kind)
            if found.key in known:
                continue
            if found.key in self.current.get(found.kind, {}):
                fix = sentence(
                    "It is retired: add it to the file to bring it back, or name another."
                )
            else:
                fix = sentence("Add it, or name another. {hint}", hint=hint(found.key, known))
            self.report.refuse(
                found.node,
                "There is no {kind} {key!r}. {fix}",
                kind=found.kind,
                key=found.key,
                fix=fix,
            )


def entry_of(key: str, form: Form) -> dict[str, Any]:
    """A form as a file would say it: the key, and whatever is not left at nothing."""
    said = {name: value for name, value in form.items() if name not in _BESIDE_ENTRY}
    return {"key": key, **{name: value for name, value in said.items() if _says(value)}}


_BESIDE_ENTRY = ("retired", "position")  # of which the file says one by leaving out, one by order


def _says(value: Any) -> bool:
    return value is not None and value not in ("", [], {})


def names_of(node: Node, key: str = "name") -> dict[str, str]:
    """A name per language; one plain text is kept as the English one, which all fall back to."""
    name = node.value(key)
    if isinstance(name, str):
        return {"en": name}
    return dict(name or {})


def keys_of(value: Any) -> list[str]:
    """One key or a list of them, as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def when_of(node: Node) -> dict[str, list[str]]:
    """Every condition under `when` as a list of what it accepts, in one order."""
    given = node.value("when", {})
    return {name: sorted(keys_of(given[name])) for name in sorted(given) if keys_of(given[name])}


def speaks(draft: Draft, node: Node, path: str) -> bool:
    """Whether there are pages in the language under `path`; none given is fine."""
    found = node.at(path)
    if found is node or found.content is None or str(found.content).lower() in draft.languages:
        return True
    fix = hint(str(found.content).lower(), list(draft.languages))
    draft.report.refuse(
        found, "There are no pages in {content!r}. {fix}", content=found.content, fix=fix
    )
    return False


def retired(of: type[models.Model]) -> Retire:
    """How objects with a `retired_at` go: they stay, with their history."""

    def retire(*, key: str, by: Actor, now: datetime) -> models.Model:
        found = of._default_manager.get(key=key)
        found.retired_at = now  # type: ignore[attr-defined]
        found.save(update_fields=["retired_at"])
        return found

    return retire
