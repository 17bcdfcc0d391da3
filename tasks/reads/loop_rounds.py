"""How long the rounds of a period took, in the working time of the department that had them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Count, F, Func, QuerySet

from cx_loop.logic.working_time import WorkingHours
from cx_loop.models import Viewer
from tasks.logic.pauses import Pause as Span
from tasks.logic.pauses import worked
from tasks.models import Episode, Pause, Task
from tasks.reads.learning import Stretch, within
from tasks.reads.loop_figures import holding_at

MEASURED = 2_000  # rounds whose working time is counted; of more, as many are drawn by lot
# what ends it -> (its deadline, the pauses in which its clock stands still)
ENDS = {
    "responded_at": ("respond_by", ["silence"]),
    "submitted_at": ("due_at", ["silence", "hold"]),
}


class Round(NamedTuple):
    """One round of a task up to its end; `department` had the task then."""

    department: int
    task: int
    opened_at: datetime
    ended_at: datetime
    due_at: datetime | None


class Timed(NamedTuple):
    department: int
    opened_at: datetime
    length: timedelta


@dataclass(frozen=True, slots=True)
class Rounds:
    """`all`: department -> how many rounds ended so, measured or not."""

    measured: list[Round]
    all: dict[int, int]
    pauses: Mapping[int, list[Span]]  # by task

    def timed(self, hours: Mapping[int, WorkingHours]) -> list[Timed]:
        """`hours`: by department."""
        return [
            Timed(each.department, each.opened_at, self._length(each, hours[each.department]))
            for each in self.measured
        ]

    def _length(self, one: Round, hours: WorkingHours) -> timedelta:
        paused = self.pauses.get(one.task, [])
        return worked(one.opened_at, one.ended_at, paused, hours, due=one.due_at)


def rounds_of(viewer: Viewer, stretch: Stretch, end: str) -> Rounds:
    """Three questions: how many rounds ended so, those that are measured, and their pauses.

    `end`: one of ENDS.
    """
    found = ended_rounds(viewer, stretch, end).order_by()
    due_at, kinds = ENDS[end]
    counted = found.values_list("task__holdings__department").annotate(n=Count("pk"))
    # by a hash of the key: the same rounds each time, and none of them more likely than others
    lot = Func(F("pk"), function="hashint8", output_field=BigIntegerField())
    fields = ("task__holdings__department", "task", "opened_at", end, due_at)
    drawn = found.order_by(lot, "pk").values_list(*fields)[:MEASURED]
    measured = [Round(*row) for row in drawn]
    paused = Pause.objects.filter(task__in={each.task for each in measured}, kind__in=kinds)
    return Rounds(measured, dict(counted), _by_task(paused.values_list("task", "since", "until")))


def ended_rounds(viewer: Viewer, stretch: Stretch, end: str) -> "QuerySet[Episode]":
    """Rounds opened in the period that ended so, each with the holding in which they did."""
    seen = Task.objects.all().visible_to(viewer).order_by().values("number")
    ended = Episode.objects.filter(task__in=seen)
    ended = ended.filter(holding_at(end, "task__holdings", stretch))
    found: QuerySet[Episode] = within(ended, "opened_at", stretch)
    return found


def _by_task(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = {}
    for task, since, until in rows:
        found.setdefault(task, []).append(Span(since, until))
    return found
