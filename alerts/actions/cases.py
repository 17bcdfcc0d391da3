"""A group under evaluation: its edges to judge, and what was decided at each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from alerts.actions.standing import Locked, Standing
from alerts.logic.conditions import Spec
from alerts.logic.evaluate import Decision, windows_needed
from alerts.logic.frames import Frame, Span
from alerts.logic.judge import Window
from alerts.logic.measure import OWN, Part, asks, measure
from alerts.logic.noise import week_of
from alerts.models import RuleVersion
from cx_loop.logic.bins import Scale
from cx_loop.logic.totals import Totals

EDGES_AT_ONCE = 200  # a long downtime is caught up in several drains
EMPTY = Totals()

Decided = list[tuple[datetime, Decision, bool]]
Asked = tuple[int, Part, Span]


@dataclass(slots=True)
class Case:
    """Where a group stands, and under what it is judged."""

    locked: Locked
    before: dict[str, Any]  # where it stood
    passed: list[datetime] = field(default_factory=list)
    coming: datetime | None = None  # edge of a provisional evaluation
    touched_again: list[datetime] = field(default_factory=list)  # passed before, and now changed
    decisions: Decided = field(default_factory=list)
    late: Decided = field(default_factory=list)  # of edges that had passed without an alert
    drifted: dict[datetime, Window] = field(default_factory=dict)  # whole days, by their ends
    wakes_at: datetime | None = None  # the day under way is judged then
    noise: dict[date, float] = field(default_factory=dict)  # of windows by the week they begin in

    @property
    def standing(self) -> Standing:
        return self.locked.standing

    @property
    def spec(self) -> Spec:
        return self.locked.spec

    @property
    def scale(self) -> Scale:
        return self.locked.scale

    @property
    def frame(self) -> Frame:
        return self.locked.frame

    @property
    def version(self) -> RuleVersion:
        return self.locked.version

    @property
    def group_id(self) -> int:
        return self.locked.standing.group_id

    @property
    def touched(self) -> datetime | None:
        return self.locked.touched

    @property
    def series(self) -> list[int]:
        return [series for part in self.locked.parts.values() for series in part]

    @property
    def own_series(self) -> list[int]:
        """Without what it is compared with."""
        return [
            series
            for (role, _), part in self.locked.parts.items()
            if role == OWN
            for series in part
        ]

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
        return any(decision.state.level for _, decision, _ in self.told)

    @property
    def ever_praises(self) -> bool:
        return any(decision.praises for _, decision, _ in self.decisions)

    @property
    def told(self) -> Decided:
        return [*self.late, *self.decisions]

    @property
    def edges(self) -> list[datetime]:
        return [*self.passed, *([self.coming] if self.coming else [])]

    def asked_at(self, edge: datetime) -> Iterator[Asked]:
        """Which totals its windows at an edge are made of; days of a drift are read apart."""
        if self.spec.drift:
            return
        spans = self.frame.spans(edge, windows_needed(self.spec))
        for part, span in asks(self.spec, self.frame, spans, list(self.locked.parts)):
            yield self.group_id, part, span

    def noise_of(self, start: datetime) -> float:
        """The overdispersion of a window that begins then; `know_noise` has looked it up."""
        return self.noise[week_of(start, self.frame.zone)]

    def windows_at(self, edge: datetime, totals: dict[Asked, Totals]) -> list[Window]:
        """The windows at an edge, newest first."""
        if self.spec.drift:
            return [self.drifted[edge]]
        values = [value for _, value in self.locked.parts] if self.spec.spread else ()

        def lookup(part: Part, span: Span) -> Totals:
            return totals.get((self.group_id, part, span), EMPTY)

        return [
            measure(self.spec, self.scale, self.frame, span, lookup, values, self.noise_of)
            for span in self.frame.spans(edge, windows_needed(self.spec))
        ]


def case_of(locked: Locked, now: datetime) -> Case:
    """The edges a group has to be judged at: those it missed, those whose windows have changed
    since they passed, and the coming one when touched."""
    standing, frame = locked.standing, locked.frame
    case = Case(locked, before=standing.columns())
    first = standing.next_edge
    if first is None and locked.touched:
        # edges up to the last one are judged already, when a group that is behind dozed off there
        first = frame.edge_after(max(locked.touched, standing.last_edge or locked.touched))
    if first is not None and first <= now:
        # the edge itself is one of those after the moment before it
        missed = frame.edges_between(first - datetime.resolution, now)
        case.passed = list(islice(missed, EDGES_AT_ONCE))
    if locked.touched and locked.spec.drift:
        case.wakes_at = frame.edge_after(now)
    elif locked.touched and not case.is_behind:
        # another drain with a later clock may have passed this edge already
        passed = frame.edge_after(standing.last_edge) if standing.last_edge else now
        case.coming = max(frame.edge_after(now), passed)
        case.touched_again = list(_touched_again(locked, case.coming))
    return case


def _touched_again(locked: Locked, coming: datetime) -> Iterator[datetime]:
    """Edges that have passed and whose windows hold what came late or was corrected.

    Not where the window that is open now still holds it: it is judged with that one. Nor while
    something fires or is muted: people know already.
    """
    standing, frame = locked.standing, locked.frame
    ((open_since, _),) = frame.spans(coming, 1)
    quiet = standing.level is None and not standing.muted
    if not quiet or locked.first is None or locked.last is None or standing.last_edge is None:
        return
    if locked.first >= open_since:
        return
    after, upto = frame.touched(locked.first, min(locked.last, open_since))
    yield from islice(frame.edges_between(after, min(upto, standing.last_edge)), EDGES_AT_ONCE)
