"""Forms: objects as plain JSON in one canonical shape, so that two of them can be compared."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

Form = Mapping[str, Any]
Fields = dict[str, tuple[Any, Any]]


def digest(form: Form) -> str:
    """64 hexadecimal digits that are equal exactly when two forms are."""
    text = json.dumps(_even(form), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def compare(before: Form, after: Form) -> Fields:
    """What differs, by dotted path: {"critical.above": (45.0, 50.0)}. Lists count as one value."""
    return dict(_compared("", before, after))


def shown(value: Any) -> str:
    """A value as one short line."""
    if isinstance(value, str) and value:
        text = value
    elif value is None or value == "":
        text = "none"
    else:
        text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}…"


@dataclass(frozen=True, slots=True)
class Change:
    """One object that appears ("+"), changes ("~") or is retired ("-")."""

    sign: str
    kind: str
    key: str
    fields: Fields = field(default_factory=dict)

    def __str__(self) -> str:
        said = f"{self.sign} {self.kind} {self.key}".rstrip()
        if self.sign != "~":
            return said
        return f"{said}: {', '.join(said_of(self.fields))}"


def said_of(fields: Fields) -> list[str]:
    return [f"{path} {shown(old)} -> {shown(new)}" for path, (old, new) in fields.items()]


def _even(value: Any) -> Any:
    """Whole floats as integers, otherwise 45 and 45.0 would be an edit."""
    if isinstance(value, Mapping):
        return {key: _even(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_even(below) for below in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _compared(path: str, before: Any, after: Any) -> list[tuple[str, tuple[Any, Any]]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        found = []
        for key in dict.fromkeys([*before, *after]):
            below = f"{path}.{key}" if path else str(key)
            found += _compared(below, before.get(key), after.get(key))
        return found
    return [] if before == after else [(path, (before, after))]
