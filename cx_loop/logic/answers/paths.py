"""Any JSON as flat fields: the path of each leaf, and its value.

`data.fields[key=q1].value` rather than `data.fields[3].value`: an answer keeps its path when a
question before it is taken out, as long as the tool names its questions.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from cx_loop.logic.answers.response import Field

# what a list of answers names its members by, the surest first
NAMES = ("key", "ref", "id", "question_id", "questionId", "code", "name", "question", "label")
TITLES = ("title", "label", "question", "heading", "text", "name")
DEEPEST = 12


def fields_of(document: Any, most: int = 500) -> list[Field]:
    """Every leaf of a document, at most so many. A list of plain values is one leaf."""
    found: list[Field] = []
    for each in _leaves(document, "", "", 0):
        found.append(each)
        if len(found) >= most:
            break
    return found


def at(document: Any, path: str) -> Any:
    """What stands under a path of member names joined by dots; None where there is nothing."""
    here = document
    for part in path.split(".") if path else ():
        if isinstance(here, dict):
            here = here.get(part)
        elif isinstance(here, list) and part.isdecimal() and int(part) < len(here):
            here = here[int(part)]
        else:
            return None
    return here


def _leaves(node: Any, path: str, title: str, depth: int) -> Iterator[Field]:
    if depth > DEEPEST:
        return
    if isinstance(node, dict):
        own = next((node[name] for name in TITLES if _is_text(node.get(name))), title)
        for name, value in node.items():
            below = f"{path}.{name}" if path else str(name)
            yield from _leaves(value, below, own if path else "", depth + 1)
    elif isinstance(node, list):
        yield from _of_list(node, path, title, depth)
    else:
        yield Field(path, node, title)


def _of_list(node: list[Any], path: str, title: str, depth: int) -> Iterator[Field]:
    if all(not isinstance(each, dict | list) for each in node):
        yield Field(path, [str(each) for each in node if each is not None], title)
        return
    name = _name_of(node)
    for place, each in enumerate(node):
        mark = f"{name}={each[name]}" if name else str(place)
        # what names it stands in its path already
        rest = {key: value for key, value in each.items() if key != name} if name else each
        own = str(each[name]) if name in TITLES else title
        yield from _leaves(rest, f"{path}[{mark}]", own, depth + 1)


def _name_of(members: Sequence[Any]) -> str:
    """The member that tells all of a list apart; "" where none does."""
    if not all(isinstance(each, dict) for each in members):
        return ""
    for name in NAMES:
        values = [each.get(name) for each in members]
        plain = all(isinstance(v, str | int) and not isinstance(v, bool) for v in values)
        if plain and len(set(values)) == len(values) and all(len(str(v)) < 120 for v in values):
            return name
    return ""


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 300
