"""A group under evaluation: its edges to judge, and what was decided at each."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from alerts.actions.standing import Locked, Standing
from alerts.logic.conditions import Spec, edge_after, edges_between
from alerts.logic.edges import edge_step
from alerts.logic.evaluate import Decision
from alerts.models import RuleVersion
from cx_loop.logic.bins import Scale

EDGES_AT_ONCE = 200  # a long downtime is caught up in several drains


@dataclass(slots=True)
class Case:
    """Where a group stands, and under what it is judged."""

    standing: Standing
    spec: Spec
    scale: Scale
    version: RuleVersion  # with its metric
    series: list[int]
    touched: datetime | None  # when its oldest mark was left
    before: dict[str, Any]  # where it stood
    passed: list[datetime] = field(default_factory=list)
    coming: datetime | None = None  # edge of a provisional evaluation
    decisions: list[tuple[datetime, Decision, bool]] = field(default_factory=list)

    @property
    def group_id(self) -> int:
        return self.standing.group_id

    @property
    def is_behind(self) -> bool:
        return len(self.passed) == EDGES_AT_ONCE

    @property
    def has_moved(self) -> bool:
        return self.standing.columns() != self.before

    def is_awake_at(self, edge: datetime) -> bool:
        """Whether something had arrived before an edge."""
        return self.touched is not None and self.touched < edge

    @property
    def ever_fires(self) -> bool:
        return any(decision.state.level for _, decision, _ in self.decisions)

    @property
    def edges(self) -> list[datetime]:
        return [*self.passed, *([self.coming] if self.coming else [])]


def case_of(locked: Locked, now: datetime) -> Case:
    """The edges a group has to be judged at: those it missed, and the coming one when touched."""
    standing, spec = locked.standing, locked.spec
    step = edge_step(spec.window)
    case = Case(
        standing,
        spec,
        locked.scale,
        locked.version,
        locked.series,
        locked.touched,
        before=standing.columns(),
    )
    first = standing.next_edge
    if first is None and case.touched:
        first = edge_after(case.touched, spec.window)
    if first is not None and first <= now:
        missed = edges_between(first - step, now, spec.window)
        case.passed = list(islice(missed, EDGES_AT_ONCE))
    if case.touched and not case.is_behind:
        # another drain with a later clock may have passed this edge already
        passed = standing.last_edge + step if standing.last_edge else now
        case.coming = max(edge_after(now, spec.window), passed)
    return case
