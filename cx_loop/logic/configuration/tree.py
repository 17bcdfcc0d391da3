"""A configuration file as a tree whose every node knows its line, so that a refusal can point."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from cx_loop.logic.sentences import Sentence, sentence

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One value of the file. `path` names it without positions: `rules.critical.above`."""

    content: "dict[str, Node] | list[Node] | Scalar"
    line: int
    path: str = ""

    @property
    def fields(self) -> "dict[str, Node]":
        return self.content if isinstance(self.content, dict) else {}

    @property
    def items(self) -> "list[Node]":
        return self.content if isinstance(self.content, list) else []

    @property
    def plain(self) -> Any:
        """The value as ordinary dicts, lists and scalars."""
        if isinstance(self.content, dict):
            return {key: node.plain for key, node in self.content.items()}
        if isinstance(self.content, list):
            return [node.plain for node in self.content]
        return self.content

    def value(self, key: str, default: Any = None) -> Any:
        """The plain value under `key`; the default when the key is absent or empty."""
        node = self.fields.get(key)
        return default if node is None or node.content is None else node.plain

    def at(self, path: str) -> "Node":
        """The node under a dotted path, or the nearest one above it that the file has."""
        node = self
        for part in path.split("."):
            if part.isdigit() and int(part) < len(node.items):
                node = node.items[int(part)]
            elif part in node.fields:
                node = node.fields[part]
            else:
                break
        return node

    def walk(self, skip: str = "") -> "Iterator[Node]":
        """This node and all below it; a field called `skip` is left out at the top."""
        yield self
        for key, node in self.fields.items():
            if key != skip:
                yield from node.walk()
        for node in self.items:
            yield from node.walk()


@dataclass(frozen=True, slots=True)
class Reference:
    """A key that names an object of `kind`, in the file or already in force."""

    kind: str
    key: str
    node: Node


@dataclass(slots=True)
class Report:
    """What reading a file brings to light: refusals, references, keys that nobody uses yet."""

    origin: str = "configuration"
    references: list[Reference] = field(default_factory=list)
    unused: dict[str, int] = field(default_factory=dict)
    _refused: list[tuple[int, str]] = field(default_factory=list)
    # the nodes themselves, otherwise a freed one's id could come back as another's
    _broken: dict[int, Node] = field(default_factory=dict)

    def refuse(self, node: Node, template: str, /, **values: object) -> None:
        """What is wrong there: the template of a sentence, or one that is made already."""
        said = template if isinstance(template, Sentence) else sentence(template, **values)
        self._refused.append((node.line, said))
        self._broken[id(node)] = node

    def is_clean(self, node: Node, skip: str = "") -> bool:
        """Whether nothing was refused in this part of the file."""
        return not self._broken or not any(id(part) in self._broken for part in node.walk(skip))

    def leave_unused(self, path: str, node: Node) -> None:
        self.unused.setdefault(path, node.line)

    @property
    def refused(self) -> list[tuple[int, str]]:
        """Line and sentence, in the order of the file, each once."""
        return sorted(dict.fromkeys(self._refused), key=lambda said: said[0])

    @property
    def refusals(self) -> list[str]:
        """`file:line: sentence.`, as `refused`."""
        return [f"{self.origin}:{line}: {sentence}" for line, sentence in self.refused]


def hint(word: str, known: "list[str]") -> str:
    """The end of a refusal: the nearest known word, else all of them."""
    near = get_close_matches(word, known, n=1)
    if near:
        return sentence("Did you mean {near!r}?", near=near[0])
    if not known:
        return sentence("There are none yet.")
    return sentence("Known: {known}.", known=", ".join(known))
