"""What this package tells or asks of the ones above it, without knowing them.

A signal is a nudge: it runs after commit and may be lost without harm, because the sweep finds
the same rows by asking for what is due. A slot is a question that `config/wiring.py` gives
somebody to answer.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.dispatch import Signal

Answer = TypeVar("Answer")

observations_stored = Signal()  # series_ids: list[int], now: datetime
message_queued = Signal()
delivery_received = Signal()  # after it is committed
file_due = Signal()  # a file is to be read, tried or counted


class Slot(Generic[Answer]):
    """A question with at most one provider; without one, the given default is the answer."""

    def __init__(self, default: Callable[..., Answer]) -> None:
        self._provider = self._default = default

    def provide(self, provider: Callable[..., Answer]) -> None:
        self._provider = provider

    def clear(self) -> None:
        self._provider = self._default

    def __call__(self, *args: Any, **kwargs: Any) -> Answer:
        return self._provider(*args, **kwargs)


# departments -> primary keys of touchpoints seen through the tasks these departments have or had
touchpoints_seen_through_work: Slot[list[int]] = Slot(lambda departments: [])
# user, by, now -> how many of their tasks went back to the queue of a department they left
tasks_return: Slot[int] = Slot(lambda **said: 0)
# user -> how many unclosed tasks they have
tasks_in_hand: Slot[int] = Slot(lambda user: 0)
# departments (primary keys), now -> how many tasks have earlier deadlines by the new calendar
calendars_changed: Slot[int] = Slot(lambda **said: 0)
# touchpoint, to, by, now -> how many of its open tasks were handed to the new owner
work_moves: Slot[int] = Slot(lambda **said: 0)
# now -> None: touchpoints came, went or moved, so rules over stages and journeys watch others
touchpoints_changed: Slot[None] = Slot(lambda now: None)
# customer (keyed hash) -> how many rows of theirs were deleted: they are being erased
customer_erased: Slot[int] = Slot(lambda customer: 0)
# customer (keyed hash) -> what else is kept of them, by what it is
customer_kept: Slot[dict[str, list[dict[str, object]]]] = Slot(lambda customer: {})
