"""What a page sends, as the tree a file is read into: so both are checked by the same shapes."""

from typing import Any

from cx_loop.logic.configuration.tree import Node

Places = dict[int, str]


def planted(content: Any) -> tuple[Node, Places]:
    """The tree of plain dicts, lists and scalars, and where each of its lines is.

    No two nodes share a line, so what is refused by line can be said by place:
    {7: "escalation.0.steps.1.after"}.
    """
    places: Places = {}
    return _planted(content, "", "", places), places


def _planted(content: Any, path: str, place: str, places: Places) -> Node:
    line = len(places) + 1
    places[line] = place
    if isinstance(content, dict):
        fields = {
            str(key): _planted(below, _joined(path, key), _joined(place, key), places)
            for key, below in content.items()
        }
        return Node(fields, line, path)
    if isinstance(content, list | tuple):
        items = [
            _planted(below, path, _joined(place, at), places) for at, below in enumerate(content)
        ]
        return Node(items, line, path)
    return Node(content, line, path)


def _joined(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)
