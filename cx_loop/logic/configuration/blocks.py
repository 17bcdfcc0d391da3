"""Mappings with known keys, as tables: what is written here is what the documentation lists."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cx_loop.logic.configuration.many import Either, ListOf
from cx_loop.logic.configuration.shapes import Shape
from cx_loop.logic.configuration.tree import Node, Report, hint
from cx_loop.logic.sentences import sentence


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a mapping. `used` False: accepted and stored, no part of the loop reads it yet."""

    name: str
    shape: Shape
    required: bool = False
    default: str = ""
    used: bool = True


@dataclass(frozen=True, slots=True)
class Block:
    """A mapping with known keys. `what` names one of it in a refusal."""

    what: str
    keys: tuple[Key, ...]

    @property
    def words(self) -> str:
        return sentence("mapping")

    def check(self, node: Node, report: Report) -> None:
        if not isinstance(node.content, dict):
            known = ", ".join(key.name for key in self.keys)
            report.refuse(
                node,
                "A {what} is a mapping. Write some of the keys {known}.",
                what=self.what,
                known=known,
            )
            return
        known_keys = {key.name: key for key in self.keys}
        for name, value in node.content.items():
            if name not in known_keys:
                found = hint(name, list(known_keys))
                report.refuse(
                    value,
                    "Unknown key {name!r} of a {what}. {found}",
                    name=name,
                    what=self.what,
                    found=found,
                )
        for key in self.keys:
            _check_key(self, key, node, report)


def keys_below(shape: Shape, path: str = "", *, used: bool = True) -> Iterator[tuple[str, Key]]:
    """Every key that can be written under a shape, with its dotted path.

    What stands under a key that nobody uses is not used either.
    """
    if isinstance(shape, ListOf):
        yield from keys_below(shape.item, path, used=used)
    elif isinstance(shape, Either):
        yield from keys_below(shape.plain, path, used=used)
        yield from keys_below(shape.long, path, used=used)
    elif isinstance(shape, Block):
        for key in shape.keys:
            below = f"{path}.{key.name}" if path else key.name
            yield below, replace(key, used=used and key.used)
            yield from keys_below(key.shape, below, used=used and key.used)


def _check_key(block: Block, key: Key, node: Node, report: Report) -> None:
    value = node.fields.get(key.name)
    if value is None or value.content is None:
        if key.required:
            report.refuse(
                value or node,
                "This {what} has no {name}. Add {name}: <{words}>.",
                what=block.what,
                name=key.name,
                words=key.shape.words,
            )
        return
    if not key.used:
        report.leave_unused(value.path, value)
    key.shape.check(value, report)
