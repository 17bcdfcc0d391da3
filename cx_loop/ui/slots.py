"""What the pages ask of packages above this one; `config/wiring.py` says who answers."""

from dataclasses import dataclass

from cx_loop.events import Slot


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the loading of the demo company is: `done` of `total` steps, and a stable code."""

    done: int
    total: int
    code: str = ""

    @property
    def is_over(self) -> bool:
        return self.done >= self.total


@dataclass(frozen=True, slots=True)
class WorkAt:
    """What is open at a touchpoint, as far as its reader may see it, and where it is shown.

    `severity`: of the worst alert, 1 critical, 2 warning, 0 none.
    """

    alerts: int
    severity: int
    alerts_url: str
    tasks: int
    tasks_url: str
    page_url: str


# (touchpoints, viewer): primary key -> what is open there, for each of them
work_at: Slot[dict[int, WorkAt]] = Slot(lambda touchpoints, viewer: {})

# (journey) -> (label, address) of what else an admin sets up about it
pages_of_journey: Slot[list[tuple[str, str]]] = Slot(lambda journey: [])

# () -> Progress while the demo company is being loaded, else None
demo_progress: Slot[Progress | None] = Slot(lambda: None)

# (user) -> where somebody is led who comes in with nowhere to go; "" for the usual page
first_steps: Slot[str] = Slot(lambda user: "")
