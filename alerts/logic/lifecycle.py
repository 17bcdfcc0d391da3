"""The states of an alert, in one table: from where, to where, who may.

A guarded update takes `origins` as its condition: no row changed means another was first.
"""

from dataclasses import dataclass

STATES = ("open", "acknowledged", "resolved", "dismissed")
UNRESOLVED = ("open", "acknowledged")
PEOPLE = ("member", "lead", "admin")
# What a task has done already, after asking its own table who may, reaches its alerts as system.
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: `call` leads from any of `origins` to `target`, for roles in `who`."""

    call: str
    origins: tuple[str, ...]
    target: str
    who: tuple[str, ...]


TRANSITIONS = (
    Transition("acknowledge", ("open",), "acknowledged", (*PEOPLE, SYSTEM)),
    Transition("dismiss", UNRESOLVED, "dismissed", (*PEOPLE, SYSTEM)),
    Transition("resolve", UNRESOLVED, "resolved", (SYSTEM,)),
)
BY_CALL = {transition.call: transition for transition in TRANSITIONS}


class NotAllowed(Exception):
    """The call does not start from this state; `allowed` names the calls that do."""

    def __init__(self, call: str, state: str, allowed: tuple[str, ...]) -> None:
        self.call = call
        self.state = state
        self.allowed = allowed
        super().__init__(f"{call} is not allowed when {state}; allowed: {', '.join(allowed)}")


def allowed(state: str, role: str | None = None) -> tuple[str, ...]:
    """List the calls that start from a state, for one role or for any."""
    return tuple(
        transition.call
        for transition in TRANSITIONS
        if state in transition.origins and (role is None or role in transition.who)
    )


def may(call: str, role: str) -> bool:
    """Say whether a role may make a call at all, whatever the state."""
    return role in BY_CALL[call].who


def transition(call: str, state: str) -> Transition:
    """Give the row of a call from a state. Raises NotAllowed with what people may do instead."""
    row = BY_CALL[call]
    if state not in row.origins:
        people_may = tuple(name for name in allowed(state) if BY_CALL[name].who != (SYSTEM,))
        raise NotAllowed(call, state, people_may)
    return row
