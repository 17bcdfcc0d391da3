"""Shapes that hold others: one of two, a list, a mapping with keys of the author's choosing."""

from collections.abc import Callable
from dataclasses import dataclass

from cx_loop.logic.configuration.shapes import Shape
from cx_loop.logic.configuration.tree import Node, Report
from cx_loop.logic.sentences import sentence


@dataclass(frozen=True, slots=True)
class Either:
    """A plain form or a longer one, told apart by whether a mapping or list is written."""

    plain: Shape
    long: Shape
    is_long: Callable[[Node], bool]

    @property
    def words(self) -> str:
        if isinstance(self.long, ListOf) and self.long.item == self.plain:
            return sentence("{words}; or a list of these", words=self.plain.words)
        return sentence("{words}, or {others}", words=self.plain.words, others=self.long.words)

    def check(self, node: Node, report: Report) -> None:
        (self.long if self.is_long(node) else self.plain).check(node, report)


@dataclass(frozen=True, slots=True)
class ListOf:
    item: Shape
    unique: bool = True

    @property
    def words(self) -> str:
        return sentence("list: {words}", words=self.item.words)

    def check(self, node: Node, report: Report) -> None:
        if not isinstance(node.content, list):
            report.refuse(
                node,
                "{path} is not a list. Write [ … ] or lines with '- '.",
                path=node.path,
            )
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
                    "{shown!r} stands twice in {path}, first on line {line}. Take one out.",
                    shown=shown,
                    path=node.path,
                    line=seen[shown],
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
        return sentence("mapping; each value {words}", words=self.item.words)

    def check(self, node: Node, report: Report) -> None:
        if not isinstance(node.content, dict):
            report.refuse(node, "{path} is not a mapping. Write {{key: value}}.", path=node.path)
            return
        for key, item in node.content.items():
            if self.key is not None:
                self.key.check(Node(key, item.line, node.path), report)
            self.item.check(item, report)
