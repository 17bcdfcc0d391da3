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


# () -> Progress while the demo company is being loaded, else None
demo_progress: Slot[Progress | None] = Slot(lambda: None)
