"""Which series make which group of a rule, and what each is to it: the same as the stored groups.

For rules that are not saved yet, so that they can be tried on history.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from alerts.logic.conditions import Spec
from alerts.logic.measure import BASE, OWN, Part


@dataclass(frozen=True, slots=True)
class StoredSeries:
    id: int
    touchpoint: int
    segment: str
    channel: str
    location: str


@dataclass(frozen=True, slots=True)
class GroupName:
    """A dimension the rule does not split by stays ''."""

    touchpoint: int
    segment: str = ""
    channel: str = ""
    location: str = ""


Groups: TypeAlias = dict[GroupName, dict[Part, list[int]]]


def groups_of(spec: Spec, series: Iterable[StoredSeries]) -> Groups:
    """Each group with its parts, by name. At most `max_groups`, the first by name."""
    members: dict[GroupName, list[StoredSeries]] = defaultdict(list)
    bases: dict[GroupName, list[int]] = defaultdict(list)
    versus = spec.versus
    for each in series:
        name = _name(spec, each)
        if versus.is_other_part and getattr(each, versus.dimension) == versus.value:
            bases[name].append(each.id)
        else:
            members[name].append(each)
    names = sorted(members, key=_order)[: spec.max_groups if spec.by else None]
    found: Groups = {name: _parts(spec, members[name]) for name in names}
    if versus.is_other_part:
        for name, parts in found.items():
            parts[BASE, ""] = bases[_with(name, versus.dimension, versus.value)]
    return found


def _name(spec: Spec, each: StoredSeries) -> GroupName:
    split = {name: getattr(each, name) for name in spec.by}
    return GroupName(each.touchpoint, **split)


def _with(name: GroupName, dimension: str, value: str) -> GroupName:
    every = {each: getattr(name, each) for each in name.__slots__}
    return GroupName(**{**every, dimension: value})


def _parts(spec: Spec, members: list[StoredSeries]) -> dict[Part, list[int]]:
    parts: dict[Part, list[int]] = defaultdict(list)
    for each in members:
        parts[OWN, getattr(each, spec.spread) if spec.spread else ""].append(each.id)
    return dict(parts)


def _order(name: GroupName) -> tuple[int, str, str, str]:
    return name.touchpoint, name.segment, name.channel, name.location


def parts_by_key(groups: Groups) -> Mapping[tuple[GroupName, Part], list[int]]:
    """Every part of every group on its own, for one read of them all."""
    return {(name, part): ids for name, parts in groups.items() for part, ids in parts.items()}
