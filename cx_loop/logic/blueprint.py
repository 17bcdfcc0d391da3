"""The lanes of a service blueprint, and what two states of a journey map differ in.

Lanes as in Bitner, Ostrom & Morgan 2008 (California Management Review 50(3)): what the customer
does, what staff do in view, behind the line of visibility, what supports them, and what is seen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LANES = ("customer", "front_stage", "back_stage", "support", "evidence")
BELOW_THE_LINE = "back_stage"  # the first lane that customers do not see

Form = Mapping[str, Any]
PARTS = ("stage", "touchpoint", "viewpoint")


@dataclass(frozen=True, slots=True)
class MapChange:
    """One difference. `what`: added, removed or changed; `part`: journey, stage, touchpoint or
    viewpoint; `name`: names per language; `field` of what changed, with `before` and `after`."""

    what: str
    part: str
    key: str
    name: Mapping[str, str]
    field: str = ""
    before: Any = None
    after: Any = None


def changes_between(before: Form, after: Form) -> list[MapChange]:
    """What happened to a map from one version to the next, the journey itself first.

    A form is {"journey": {…}, "stage": {key: {…}}, "touchpoint": {key: {…}}, "viewpoint": …}.
    """
    own = _fields_changed("journey", "", before.get("journey", {}), after.get("journey", {}))
    return [*own, *(change for part in PARTS for change in _of_part(part, before, after))]


def _of_part(part: str, before: Form, after: Form) -> Iterator[MapChange]:
    old, new = before.get(part, {}), after.get(part, {})
    for key in dict.fromkeys([*old, *new]):
        if key not in new:
            yield MapChange("removed", part, key, old[key]["name"])
        elif key not in old:
            yield MapChange("added", part, key, new[key]["name"])
        else:
            yield from _fields_changed(part, key, old[key], new[key])


def _fields_changed(part: str, key: str, old: Form, new: Form) -> Iterator[MapChange]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            names = new.get("name", {})
            yield MapChange("changed", part, key, names, name, old.get(name), new.get(name))
