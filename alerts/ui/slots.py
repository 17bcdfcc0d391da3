"""What the pages of alerts ask of the package above; `config/wiring.py` says who answers."""

from dataclasses import dataclass, field
from datetime import date

from cx_loop.events import Slot


@dataclass(frozen=True, slots=True)
class WorkLink:
    """A task about an alert, as far as this package needs to know it."""

    number: int
    url: str
    state: str


@dataclass(frozen=True, slots=True)
class OpenWork:
    """A task that is open at a touchpoint."""

    number: int
    url: str
    title: str
    severity: int
    state: str
    clock: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class PastFix:
    """A fix that was tried at a touchpoint. `metric`: primary key, None for no one metric;
    `verdict`: '' while it is watched."""

    number: int
    url: str
    day: date
    metric: int | None
    what: str
    state: str
    verdict: str


@dataclass(frozen=True, slots=True)
class WorkHere:
    """`more`: how many open tasks are not in the list; `all_url`: where all of them are."""

    tasks: list[OpenWork] = field(default_factory=list)
    more: int = 0
    all_url: str = ""
    fixes: list[PastFix] = field(default_factory=list)


# (touchpoint, viewer, since: a local day): what is done about it now, and fixes since then
work_here: Slot[WorkHere] = Slot(lambda touchpoint, viewer, since: WorkHere())

# (touchpoint key): where a task is opened there by hand; '' when nobody answers
task_by_hand: Slot[str] = Slot(lambda key: "")

# (alert ids, viewer): the tasks about each alert that the viewer may see
work_of_alerts: Slot[dict[int, list[WorkLink]]] = Slot(lambda alerts, viewer: {})
