"""Where groups stand, locked, with the series each is made of and what its rule means."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from alerts.actions import statements
from alerts.actions.parts import Parts, parts_of
from alerts.logic.conditions import Spec, spec_from_json
from alerts.logic.evaluate import State
from alerts.logic.frames import Frame
from alerts.models import RuleVersion
from cx_loop.logic.bins import Scale
from cx_loop.models import Organization
from cx_loop.models.prepared import array, ask, moments

_MOST_MEANINGS = 10_000


@dataclass(slots=True)
class Standing:
    """A locked row of RuleState, as it is to be written back."""

    group_id: int
    version_id: int
    state: str
    level: int | None
    since: datetime | None
    muted: bool
    healthy_since: datetime | None
    cleared_at: datetime | None
    praised: bool
    last_data_at: datetime | None
    last_edge: datetime | None
    next_edge: datetime | None

    def columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def judged(self) -> State:
        return State(**{name: getattr(self, name) for name in State.__slots__})

    def keep(self, state: State) -> None:
        for name in State.__slots__:
            setattr(self, name, getattr(state, name))


@dataclass(frozen=True, slots=True)
class Locked:
    """A group under lock.

    `touched`: when its oldest mark was left, if it has one; `first` and `last`: between when what
    was marked has occurred. `parts`: its series, by what they are to the rule.
    """

    standing: Standing
    touched: datetime | None
    first: datetime | None
    last: datetime | None
    parts: Parts
    spec: Spec
    scale: Scale
    version: RuleVersion  # with its metric
    frame: Frame


def lock_touched(
    series: Collection[int],
    touched: Iterable[datetime],
    first: Iterable[datetime],
    last: Iterable[datetime],
) -> list[Locked]:
    """The groups that watch these series. They are waited for, otherwise a mark would be lost."""
    asked = {
        "series": array(series),
        "touched": moments(touched),
        "first": moments(first),
        "last": moments(last),
    }
    return locked_of(ask(statements.LOCK_TOUCHED, asked))


def lock_due(now: datetime, besides: Iterable[int]) -> list[Locked]:
    """The groups whose edge has passed, except those that somebody else holds."""
    return locked_of(ask(statements.LOCK_DUE, {"now": now, "besides": array(besides)}))


def locked_of(rows: list[tuple[Any, ...]]) -> list[Locked]:
    """Rows of (token of the catalog, columns of a state, touched, series)."""
    if not rows:
        return []
    meanings = _meanings(rows[0][0], {row[2] for row in rows})
    members = {row[1]: row[16] for row in rows}
    parts = parts_of(members, {row[1]: meanings[row[2]][0] for row in rows})
    found = []
    for _, group, version, *columns, touched, first, last, _members in rows:
        standing = Standing(group, version, *columns)
        found.append(Locked(standing, touched, first, last, parts[group], *meanings[version]))
    return found


Meaning: TypeAlias = tuple[Spec, Scale, RuleVersion, Frame]

# what versions of rules say and the scales of their metrics, as of one state of the catalog
_kept: tuple[UUID | None, dict[int, Meaning]] = (None, {})


def _meanings(token: UUID | None, versions: set[int]) -> dict[int, Meaning]:
    """A version never changes. A metric may, and then the catalog has another token: what was
    read under the one before is forgotten, otherwise values would be told by an old scale."""
    global _kept
    known = _kept[1] if token is not None and _kept[0] == token else {}
    missing = [version for version in versions if version not in known]
    if missing:
        found = RuleVersion.objects.filter(pk__in=missing).select_related("metric").order_by("pk")
        zone = Organization.current().zone
        read = {}
        for row in found:
            spec = spec_from_json(row.spec)
            read[row.pk] = (spec, row.metric.scale, row, spec.frame(zone))
        # never changed in place: another thread may be reading it
        known = {**(known if len(known) < _MOST_MEANINGS else {}), **read}
    _kept = (token, known)
    return known
