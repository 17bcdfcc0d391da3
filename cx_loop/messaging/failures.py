"""How sending one message can fail, and what follows from it."""

from datetime import timedelta


class Failed(Exception):
    """It was not taken.

    `wait`: when the receiver asked to be tried again, instead of the schedule. `everybody`: the
    receiver as a whole is away or busy, so all that waits for it waits. `gone`: it wants no more.
    """

    def __init__(
        self,
        reason: str,
        *,
        wait: timedelta | None = None,
        everybody: bool = False,
        gone: bool = False,
    ) -> None:
        super().__init__(reason)
        self.wait = wait
        self.everybody = everybody
        self.gone = gone
