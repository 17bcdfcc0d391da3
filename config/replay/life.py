"""Living through past weeks under a virtual clock: the very code that runs live, in order of time.

What arrives is stored in batches at each passing edge of the finest rule; people and deadlines
act at their own moments in between.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from alerts.actions.evaluate import drain_all
from alerts.logic.conditions import edge_step, spec_from_json
from alerts.models import Rule
from cx_loop import clock
from cx_loop.ingest.accept import Outcome, accept_items
from cx_loop.ingest.fold import fold
from cx_loop.models import Actor, Source
from tasks.actions.change import episode_of
from tasks.actions.sweep import sweep
from tasks.actions.work import perform
from tasks.models import Episode, Task

AT_ONCE = 5000
Row = tuple[datetime, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does to a task, and when."""

    at: datetime
    call: str
    by: Actor
    fields: dict[str, Any] = field(default_factory=dict)


class Staff(Protocol):
    """Who works the tasks: one next act for a task in its round, or none for now."""

    def next_act(self, task: Task, episode: Episode) -> Act | None: ...


@dataclass(slots=True)
class Life:
    """`rows` are (moment, observation) in order of time.

    `step`: how often what arrives is stored and evaluated; None: at each edge of the finest rule.
    A longer step is a service that looks up less often: each edge is still judged, in order.
    """

    rows: Iterator[Row]
    source: Source
    staff: Staff
    on_rejected: Callable[[Outcome], None] = lambda outcome: None
    step: timedelta | None = None
    _next: Row | None = None
    _meant: dict[tuple[int, int], Act | None] = field(default_factory=dict)

    def live(self, start: datetime, until: datetime, tick: Callable[[datetime], None]) -> None:
        """From `start` to `until`; `tick` hears of every edge that has passed."""
        step = self.step or finest_step()
        at = _floor(start, step)
        while at < until:
            before, at = at, min(at + step, until)
            self._act_until(before, at)
            with clock.set_to(at):
                self._receive(at)
                drain_all(now=at)
                fold(now=at)
            tick(at)

    def _receive(self, now: datetime) -> None:
        batch: list[dict[str, Any]] = []
        while (row := self._upcoming()) is not None and row[0] < now:
            batch.append(row[1])
            self._next = None
            if len(batch) == AT_ONCE:
                self._store(batch, now)
                batch = []
        if batch:
            self._store(batch, now)

    def _store(self, batch: list[dict[str, Any]], now: datetime) -> None:
        said = accept_items(batch, source=self.source, now=now)
        for outcome in said.results:
            if outcome.status == "rejected":
                self.on_rejected(outcome)

    def _upcoming(self) -> Row | None:
        if self._next is None:
            self._next = next(self.rows, None)
        return self._next

    def _act_until(self, after: datetime, now: datetime) -> None:
        """People and deadlines between two edges, each at its own moment, in order."""
        while True:
            act, deadline = self._upcoming_work(after, now)
            if act is None and deadline is None:
                return
            if act is None or (deadline is not None and deadline <= act[0]):
                assert deadline is not None
                with clock.set_to(deadline):
                    if not sweep(now=deadline):
                        return
            else:
                moment, number, chosen = act
                with clock.set_to(moment):
                    self._perform(number, chosen, moment)

    def _upcoming_work(
        self, after: datetime, now: datetime
    ) -> tuple[tuple[datetime, int, Act] | None, datetime | None]:
        """The earliest thing somebody means to do, and the earliest deadline, up to `now`.

        What people mean to do changes only with the task, so each version is asked once.
        """
        acts, deadlines = [], []
        unclosed = Task.objects.unclosed().order_by("number")
        for number, version, due in unclosed.values_list("number", "version", "next_due_at"):
            if due is not None and due <= now:
                deadlines.append(max(due, after))
            if (number, version) not in self._meant:
                self._meant[(number, version)] = self._asked(number)
            act = self._meant[(number, version)]
            if act is not None and act.at <= now:
                acts.append((max(act.at, after), number, act))
        return min(acts, key=lambda each: each[:2], default=None), min(deadlines, default=None)

    def _asked(self, number: int) -> Act | None:
        related = Task.objects.select_related("department", "rule_version__rule")
        task = related.get(number=number)
        return self.staff.next_act(task, episode_of(task))

    def _perform(self, number: int, act: Act, now: datetime) -> None:
        fields = dict(act.fields)
        if act.call == "submit":
            fields.setdefault("fixed_at", now)
        perform(act.call, number=number, by=act.by, now=now, fields=fields)


def finest_step() -> timedelta:
    """The smallest distance of edges among the rules in force; an hour without rules."""
    specs = Rule.objects.in_force().values_list("current__spec", flat=True)
    return min(
        (edge_step(spec_from_json(spec).window) for spec in specs), default=timedelta(hours=1)
    )


def _floor(moment: datetime, step: timedelta) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + (moment - epoch) // step * step


def merged(*streams: Iterator[Row]) -> Iterator[Row]:
    """Several streams in order of time as one."""
    return heapq.merge(*streams, key=lambda row: row[0])
