"""What the pages of alerts ask of the package above; `config/wiring.py` says who answers."""

from dataclasses import dataclass

from cx_loop.events import Slot


@dataclass(frozen=True, slots=True)
class WorkLink:
    """A task about an alert, as far as this package needs to know it."""

    number: int
    url: str
    state: str


# (touchpoint key): where a task is opened there by hand; '' when nobody answers
task_by_hand: Slot[str] = Slot(lambda key: "")

# (alert ids, viewer): the tasks about each alert that the viewer may see
work_of_alerts: Slot[dict[int, list[WorkLink]]] = Slot(lambda alerts, viewer: {})
