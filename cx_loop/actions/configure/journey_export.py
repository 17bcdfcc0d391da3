"""Journeys as a file would say them: stages, touchpoints, standards and viewpoints inside."""

from collections import defaultdict
from typing import Any

from cx_loop.actions.configure.journeys import JOURNEY, STAGE, TOUCHPOINT
from cx_loop.actions.configure.kinds import Kind, entry_of
from cx_loop.actions.configure.standards import STANDARD
from cx_loop.actions.configure.viewpoints import VIEWPOINT
from cx_loop.logic.configuration.differences import Form

Entries = dict[str, list[dict[str, Any]]]  # key of what they stand in -> in their order
USUAL = {"front_stage": True, "moment_of_truth": False}  # goes without saying


def journey_entries(key: str | None) -> list[dict[str, Any]]:
    """All in force, or the one of this key: five reads, however many there are."""
    standards = _inside(STANDARD, "touchpoint")
    touchpoints = _inside(TOUCHPOINT, "stage")
    stages, viewpoints = _inside(STAGE, "journey"), _inside(VIEWPOINT, "journey")
    for stops in touchpoints.values():
        for stop in stops:
            _put(stop, "standards", standards[stop["key"]])
    for parts in stages.values():
        for stage in parts:
            _put(stage, "touchpoints", touchpoints[stage["key"]])
    found = []
    for name, form in _in_order(JOURNEY):
        if key in (None, name):
            entry = entry_of(name, form)
            _put(entry, "stages", stages[name])
            _put(entry, "viewpoints", viewpoints[name])
            found.append(entry)
    return found


def _inside(kind: Kind, above: str) -> Entries:
    found: Entries = defaultdict(list)
    for key, form in _in_order(kind):
        said = {name: value for name, value in form.items() if name != above}
        if "expectations" in said:
            said["expectation"] = said.pop("expectations")
        entry = entry_of(key, said)
        found[form[above]].append(
            {name: value for name, value in entry.items() if USUAL.get(name) is not value}
        )
    return found


def _in_order(kind: Kind) -> list[tuple[str, Form]]:
    rows = [row for row in kind.current().items() if not row[1]["retired"]]
    return sorted(rows, key=lambda row: (row[1]["position"], row[0]))


def _put(entry: dict[str, Any], name: str, below: list[dict[str, Any]]) -> None:
    if below:
        entry[name] = below
