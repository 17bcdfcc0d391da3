"""What a value of the file may look like: small shapes that refuse with a sentence and the fix."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cx_loop.logic.configuration.tree import Node, Reference, Report, hint

SLUG = re.compile(r"[A-Za-z0-9_-]{1,80}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+|[^@\s]{1,64}@localhost")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
KEPT = "kept:"  # before the fingerprint of an address that is known already
KEPT_ADDRESS = re.compile(r"kept:[0-9a-f]{8,64}")
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Shape(Protocol):
    """`words` says in the documentation what to write."""

    @property
    def words(self) -> str: ...

    def check(self, node: Node, report: Report) -> None:
        """Refuse what does not fit, and note what it refers to."""


LONGEST_ADDRESS = 2_000  # characters


@dataclass(frozen=True, slots=True)
class Text:
    words: str = "text"
    longest: int = 200

    def check(self, node: Node, report: Report) -> None:
        if not isinstance(node.content, str):
            report.refuse(node, f"{_shown(node)} is not text. Put it in quotes.")
        elif not node.content.strip():
            report.refuse(node, f"{node.path} is empty. Write something or leave the key out.")
        elif len(node.content) > self.longest:
            report.refuse(node, f"{node.path} is longer than {self.longest} characters.")


@dataclass(frozen=True, slots=True)
class Slug:
    """The key of an object."""

    words: str = "key"
    longest: int = 80

    def check(self, node: Node, report: Report) -> None:
        if not isinstance(node.content, str):
            report.refuse(node, f"{_shown(node)} is not a key. Put it in quotes.")
        elif not SLUG.fullmatch(node.content) or len(node.content) > self.longest:
            report.refuse(
                node,
                f"{node.content!r} is not a key. Use letters, digits, '-' and '_', "
                f"{self.longest} at most.",
            )


@dataclass(frozen=True, slots=True)
class Ref:
    """The key of an object of another section."""

    kind: str

    @property
    def words(self) -> str:
        return f"key of a {self.kind}"

    def check(self, node: Node, report: Report) -> None:
        if isinstance(node.content, str):
            report.references.append(Reference(self.kind, node.content, node))
        else:
            report.refuse(node, f"{_shown(node)} is not the key of a {self.kind}. Write its key.")


@dataclass(frozen=True, slots=True)
class Email:
    words: str = "e-mail address"

    def check(self, node: Node, report: Report) -> None:
        email = node.content
        if not isinstance(email, str) or len(email) > 254 or not EMAIL.fullmatch(email):
            report.refuse(
                node, f"{_shown(node)} is not an e-mail address. Write one such as lin@example.com."
            )


@dataclass(frozen=True, slots=True)
class Notify:
    words: str = "email, an https:// address, or kept:… as exported"

    def check(self, node: Node, report: Report) -> None:
        said = node.content if isinstance(node.content, str) else ""
        is_address = re.fullmatch(r"https://[^/?#@\s]+([/?#]\S*)?", said) is not None
        if KEPT_ADDRESS.fullmatch(said):
            return
        if said != "email" and not (is_address and len(said) <= LONGEST_ADDRESS):
            report.refuse(
                node, f"{_shown(node)} is no way to be told. Write email or an https:// address."
            )


@dataclass(frozen=True, slots=True)
class Secret:
    """Text, or `${NAME}` taken from the environment while the file is read."""

    words: str = "text, best `${VARIABLE}`"

    def check(self, node: Node, report: Report) -> None:
        Text(longest=500).check(node, report)


@dataclass(frozen=True, slots=True)
class Name:
    """One text for all languages, or a mapping of a text per language."""

    words: str = "text, or a text per language"

    def check(self, node: Node, report: Report) -> None:
        if not isinstance(node.content, dict):
            Text().check(node, report)
            return
        if not node.content:
            report.refuse(node, "No name is given. Write a text, or {en: …, zh-hans: …}.")
        for language, text in node.content.items():
            if not LANGUAGE.fullmatch(language):
                report.refuse(text, f"{language!r} is not a language. Write one such as zh-hans.")
            Text().check(text, report)


@dataclass(frozen=True, slots=True)
class Number:
    above: float | None = None

    @property
    def words(self) -> str:
        return "number" if self.above is None else f"number above {self.above:g}"

    def check(self, node: Node, report: Report) -> None:
        number = node.content
        if isinstance(number, bool) or not isinstance(number, int | float):
            report.refuse(node, f"{_shown(node)} is not a number. Write a {self.words}.")
        elif self.above is not None and number <= self.above:
            report.refuse(node, f"{number} is too small. Write a {self.words}.")


@dataclass(frozen=True, slots=True)
class Between:
    """A number from `low` to `high`, both included."""

    low: float
    high: float

    @property
    def words(self) -> str:
        return f"number from {self.low:g} to {self.high:g}"

    def check(self, node: Node, report: Report) -> None:
        number = node.content
        if isinstance(number, bool) or not isinstance(number, int | float):
            report.refuse(node, f"{_shown(node)} is not a number. Write a {self.words}.")
        elif not self.low <= number <= self.high:
            report.refuse(node, f"{number} cannot stand for {node.path}. Write a {self.words}.")


@dataclass(frozen=True, slots=True)
class Flag:
    words: str = "true or false"

    def check(self, node: Node, report: Report) -> None:
        if not isinstance(node.content, bool):
            report.refuse(node, f"{_shown(node)} is neither true nor false. Write one of them.")


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[str, ...]

    @property
    def words(self) -> str:
        return ", ".join(self.options)

    def check(self, node: Node, report: Report) -> None:
        if node.content not in self.options:
            found = hint(str(node.content), list(self.options))
            report.refuse(node, f"{_shown(node)} cannot stand for {node.path}. {found}")


@dataclass(frozen=True, slots=True)
class Written:
    """What a parser of its own reads later; here it only has to be there."""

    words: str

    def check(self, node: Node, report: Report) -> None:
        """Leave it to the parser."""


@dataclass(frozen=True, slots=True)
class Either:
    """A plain form or a longer one, told apart by whether a mapping or list is written."""

    plain: Shape
    long: Shape
    is_long: Callable[[Node], bool]

    @property
    def words(self) -> str:
        if isinstance(self.long, ListOf) and self.long.item == self.plain:
            return f"{self.plain.words}; or a list of these"
        return f"{self.plain.words}, or {self.long.words}"

    def check(self, node: Node, report: Report) -> None:
        (self.long if self.is_long(node) else self.plain).check(node, report)


@dataclass(frozen=True, slots=True)
class ListOf:
    item: Shape
    unique: bool = True

    @property
    def words(self) -> str:
        return f"list: {self.item.words}"

    def check(self, node: Node, report: Report) -> None:
        if not isinstance(node.content, list):
            report.refuse(node, f"{node.path} is not a list. Write [ … ] or lines with '- '.")
            return
        seen: dict[str, int] = {}
        for item in node.content:
            self.item.check(item, report)
            shown = str(item.content)
            if not self.unique or isinstance(item.content, dict | list):
                continue
            if shown in seen:
                report.refuse(
                    item,
                    f"{shown!r} stands twice in {node.path}, first on line {seen[shown]}. "
                    "Take one out.",
                )
            seen.setdefault(shown, item.line)


def some(shape: Shape) -> Either:
    """One value or several."""
    return Either(shape, ListOf(shape), lambda node: isinstance(node.content, list))


@dataclass(frozen=True, slots=True)
class TableOf:
    """A mapping whose keys are chosen by the author."""

    item: Shape
    key: Shape | None = None

    @property
    def words(self) -> str:
        return f"mapping; each value {self.item.words}"

    def check(self, node: Node, report: Report) -> None:
        if not isinstance(node.content, dict):
            report.refuse(node, f"{node.path} is not a mapping. Write {{key: value}}.")
            return
        for key, item in node.content.items():
            if self.key is not None:
                self.key.check(Node(key, item.line, node.path), report)
            self.item.check(item, report)


def _shown(node: Node) -> str:
    if isinstance(node.content, dict):
        return f"The mapping of {node.path}"
    if isinstance(node.content, list):
        return f"The list of {node.path}"
    return "Nothing" if node.content is None else repr(node.content)
