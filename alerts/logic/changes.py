"""What differs between two versions of a rule, line by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """`path`: the dotted place in the rule, such as warning.above; None: it was not said."""

    path: str
    before: Any
    after: Any


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Differences of two rules as their JSON says them, in the order of the newer one.

    A key that is left out and one that says null mean the same, otherwise a key added to the
    format later would look like a change that nobody made.
    """
    old, new = dict(_leaves(before)), dict(_leaves(after))
    paths = [*new, *(path for path in old if path not in new)]
    return [
        Change(path, old.get(path), new.get(path))
        for path in paths
        if old.get(path) != new.get(path)
    ]


def _leaves(said: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in said.items():
        path = f"{above}.{name}" if above else name
        # {share_above: 30} is one value: what is computed
        if isinstance(value, Mapping) and name not in {"aggregate", "watches"}:
            yield from _leaves(value, path)
        else:
            yield path, value
