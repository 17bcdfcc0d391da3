"""What a value of the file may look like: small shapes that refuse with a sentence and the fix."""

import re
from dataclasses import dataclass
from typing import Protocol

from cx_loop.logic.configuration.tree import Node, Reference, Report, hint
from cx_loop.logic.sentences import sentence

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
    words: str = sentence("text")
    longest: int = 200

    def check(self, node: Node, report: Report) -> None:
        if not isinstance(node.content, str):
            report.refuse(
                node,
                "{there} is not text. Put it in quotes.",
                there=_shown(node),
            )
        elif not node.content.strip():
            report.refuse(
                node,
                "{path} is empty. Write something or leave the key out.",
                path=node.path,
            )
        elif len(node.content) > self.longest:
            report.refuse(
                node,
                "{path} is longer than {longest} characters.",
                path=node.path,
                longest=self.longest,
            )


@dataclass(frozen=True, slots=True)
class Slug:
    """The key of an object."""

    words: str = sentence("key")
    longest: int = 80

    def check(self, node: Node, report: Report) -> None:
        if not isinstance(node.content, str):
            report.refuse(
                node,
                "{there} is not a key. Put it in quotes.",
                there=_shown(node),
            )
        elif not SLUG.fullmatch(node.content) or len(node.content) > self.longest:
            report.refuse(
                node,
                "{content!r} is not a key. Use letters, digits, '-' and '_', {longest} at most.",
                content=node.content,
                longest=self.longest,
            )


@dataclass(frozen=True, slots=True)
class Ref:
    """The key of an object of another section."""

    kind: str

    @property
    def words(self) -> str:
        return sentence("key of a {kind}", kind=self.kind)

    def check(self, node: Node, report: Report) -> None:
        if isinstance(node.content, str):
            report.references.append(Reference(self.kind, node.content, node))
        else:
            report.refuse(
                node,
                "{there} is not the key of a {kind}. Write its key.",
                there=_shown(node),
                kind=self.kind,
            )


@dataclass(frozen=True, slots=True)
class Email:
    words: str = sentence("e-mail address")

    def check(self, node: Node, report: Report) -> None:
        email = node.content
        if not isinstance(email, str) or len(email) > 254 or not EMAIL.fullmatch(email):
            report.refuse(
                node,
                "{there} is not an e-mail address. Write one such as lin@example.com.",
                there=_shown(node),
            )


@dataclass(frozen=True, slots=True)
class Notify:
    words: str = sentence("email, an https:// address, or kept:… as exported")

    def check(self, node: Node, report: Report) -> None:
        said = node.content if isinstance(node.content, str) else ""
        is_address = re.fullmatch(r"https://[^/?#@\s]+([/?#]\S*)?", said) is not None
        if KEPT_ADDRESS.fullmatch(said):
            return
        if said != "email" and not (is_address and len(said) <= LONGEST_ADDRESS):
            report.refuse(
                node,
                "{there} is no way to be told. Write email or an https:// address.",
                there=_shown(node),
            )


@dataclass(frozen=True, slots=True)
class Secret:
    """Text, or `${NAME}` taken from the environment while the file is read."""

    words: str = sentence("text, best `${VARIABLE}`")

    def check(self, node: Node, report: Report) -> None:
        Text(longest=500).check(node, report)


@dataclass(frozen=True, slots=True)
class Name:
    """One text for all languages, or a mapping of a text per language."""

    words: str = sentence("text, or a text per language")

    def check(self, node: Node, report: Report) -> None:
        if not isinstance(node.content, dict):
            Text().check(node, report)
            return
        if not node.content:
            report.refuse(node, "No name is given. Write a text, or {en: …, zh-hans: …}.")
        for language, text in node.content.items():
            if not LANGUAGE.fullmatch(language):
                report.refuse(
                    text,
                    "{language!r} is not a language. Write one such as zh-hans.",
                    language=language,
                )
            Text().check(text, report)


@dataclass(frozen=True, slots=True)
class Number:
    above: float | None = None

    @property
    def words(self) -> str:
        if self.above is None:
            return sentence("number")
        return sentence("number above {above:g}", above=self.above)

    def check(self, node: Node, report: Report) -> None:
        number = node.content
        if isinstance(number, bool) or not isinstance(number, int | float):
            report.refuse(
                node,
                "{there} is not a number. Write a {words}.",
                there=_shown(node),
                words=self.words,
            )
        elif self.above is not None and number <= self.above:
            report.refuse(
                node,
                "{number} is too small. Write a {words}.",
                number=number,
                words=self.words,
            )


@dataclass(frozen=True, slots=True)
class Between:
    """A number from `low` to `high`, both included."""

    low: float
    high: float

    @property
    def words(self) -> str:
        return sentence("number from {low:g} to {high:g}", low=self.low, high=self.high)

    def check(self, node: Node, report: Report) -> None:
        number = node.content
        if isinstance(number, bool) or not isinstance(number, int | float):
            report.refuse(
                node,
                "{there} is not a number. Write a {words}.",
                there=_shown(node),
                words=self.words,
            )
        elif not self.low <= number <= self.high:
            report.refuse(
                node,
                "{number} cannot stand for {path}. Write a {words}.",
                number=number,
                path=node.path,
                words=self.words,
            )


@dataclass(frozen=True, slots=True)
class Flag:
    words: str = sentence("true or false")

    def check(self, node: Node, report: Report) -> None:
        if not isinstance(node.content, bool):
            report.refuse(
                node,
                "{there} is neither true nor false. Write one of them.",
                there=_shown(node),
            )


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[str, ...]

    @property
    def words(self) -> str:
        return ", ".join(self.options)

    def check(self, node: Node, report: Report) -> None:
        if node.content not in self.options:
            found = hint(str(node.content), list(self.options))
            report.refuse(
                node,
                "{there} cannot stand for {path}. {found}",
                there=_shown(node),
                path=node.path,
                found=found,
            )


@dataclass(frozen=True, slots=True)
class Written:
    """What a parser of its own reads later; here it only has to be there."""

    words: str

    def check(self, node: Node, report: Report) -> None:
        """Leave it to the parser."""


def _shown(node: Node) -> str:
    if isinstance(node.content, dict):
        return sentence("The mapping of {path}", path=node.path)
    if isinstance(node.content, list):
        return sentence("The list of {path}", path=node.path)
    return sentence("Nothing") if node.content is None else repr(node.content)
