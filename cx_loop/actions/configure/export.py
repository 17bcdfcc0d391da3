"""Configuration in force, as the file that would apply it."""

from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from cx_loop.actions.configure.edit import catalogue
from cx_loop.actions.configure.journey_export import journey_entries
from cx_loop.actions.configure.journeys import JOURNEY
from cx_loop.actions.configure.kinds import Kind
from cx_loop.logic.configuration.differences import Form

LISTS = (
    "person",
    "department",
    "metric",
    "segment",
    "channel",
    "location",
    "journey",
    "playbook",
    "rule",
    "escalation",
    "recovery",
    "word",
)
WHOLE = ("organization", "moments", "routes")  # one object is the whole section


def exported(*kinds: str, key: str | None = None) -> str:
    """YAML of these kinds, all that can be said where none are named; of the object `key` alone.

    Addresses outside are told by their fingerprint (`kept:…`), as they may be secrets.
    """
    wanted = kinds or (*WHOLE, *LISTS)
    content: dict[str, Any] = {}
    for kind in catalogue().kinds:
        if kind.name not in wanted:
            continue
        if kind is JOURNEY:
            entries = journey_entries(key)
        else:
            entries = [kind.entry(name, form) for name, form in _in_force(kind, key)]
        if entries:
            content[kind.section] = entries[0] if kind.name in WHOLE else entries
    return _dumped(content)


def _in_force(kind: Kind, key: str | None) -> list[tuple[str, Form]]:
    """In the order a file has them: of the forms that say a position, by it."""
    rows = [
        (name, form)
        for name, form in kind.current().items()
        if not form.get("retired") and form.get("roles") != [] and key in (None, name)
    ]
    return sorted(rows, key=lambda row: row[1].get("position", 0))


def _dumped(content: dict[str, Any]) -> str:
    out = StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None
    yaml.allow_unicode = True
    yaml.width = 100
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.dump(content, out)
    return out.getvalue()
