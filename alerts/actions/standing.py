"""Where groups stand, locked, with the series each is made of and what its rule means."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from alerts.actions import statements
from alerts.logic.conditions import Spec, spec_from_json
from alerts.logic.evaluate import State
from alerts.models import RuleVersion
from cx_loop.logic.bins import Scale
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
    last_data_at: datetime | None
    last_edge: datetime | None
    next_edge: datetime | None

    def columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def judged(self) -> State:
        return State(self.state, self.level, self.since, self.muted, self.last_data_at)

    def keep(self, state: State) -> None:
        self.state, self.level, self.since = state.state, state.level, state.since
        self.muted, self.last_data_at = state.muted, state.last_data_at


@dataclass(frozen=True, slots=True)
class Locked:
    """A group under lock: `touched` is when its oldest mark was left, if it has one."""

    standing: Standing
    touched: datetime | None
    series: list[int]
    spec: Spec
    scale: Scale
    version: RuleVersion  # with its metric


def lock_touched(series: Collection[int], touched: Iterable[datetime]) -> list[Locked]:
    """The groups that watch these series. They are waited for, otherwise a mark would be lost."""
    asked = {"series": array(series), "touched": moments(touched)}
    return locked_of(ask(statements.LOCK_TOUCHED, asked))


def lock_due(now: datetime, besides: Iterable[int]) -> list[Locked]:
    """The groups whose edge has passed, except those that somebody else holds."""
    return locked_of(ask(statements.LOCK_DUE, {"now": now, "besides": array(besides)}))


def locked_of(rows: list[tuple[Any, ...]]) -> list[Locked]:
    """Rows of (token of the catalog, columns of a state, touched, series)."""
    if not rows:
        return []
    meanings = _meanings(rows[0][0], {row[2] for row in rows})
    return [Locked(Standing(*row[1:10]), row[10], row[11], *meanings[row[2]]) for row in rows]


Meaning: TypeAlias = tuple[Spec, Scale, RuleVersion]

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
        read = {row.pk: (spec_from_json(row.spec), row.metric.scale, row) for row in found}
        # never changed in place: another thread may be reading it
        known = {**(known if len(known) < _MOST_MEANINGS else {}), **read}
    _kept = (token, known)
    return known
