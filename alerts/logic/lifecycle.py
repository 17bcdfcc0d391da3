"""The states of an alert, in one table: from where, to where, who may.

A guarded update takes `origins` as its condition: no row changed means another was first.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.logic.silences import LONGEST_SNOOZE

STATES = ("open", "acknowledged", "resolved", "dismissed")
UNRESOLVED = ("open", "acknowledged")
PEOPLE = ("member", "lead", "admin")
# What a task has done already, after asking its own table who may, reaches its alerts as system.
SYSTEM = "system"
# why an alert is dismissed; its task closes with the same word
DISMISS_RESOLUTIONS = ("false_alarm", "wont_fix", "external_cause", "duplicate", "data_error")
NEEDS = {"acknowledge": (), "snooze": ("until",), "dismiss": ("reason", "resolution")}


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
    # it breaches again within the rule's cooldown
    Transition("reopen", ("resolved",), "open", (SYSTEM,)),
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
        raise NotAllowed(call, state, _open_to_people(state))
    return row


def check(call: str, state: str) -> None:
    """Raises NotAllowed unless people may make the call in a state. A reminder leaves the state
    as it is, but there is nothing to be reminded of once the alert is over.
    """
    if call not in NEEDS or (call == "snooze" and state not in UNRESOLVED):
        raise NotAllowed(call, state, _open_to_people(state))
    if call != "snooze":
        transition(call, state)


def refusal(call: str, roles: Collection[str], severity: str) -> str:
    """Why these roles may not make a call, as a stable code; empty when they may.

    A critical alert is dismissed by the lead, as its task would be.
    """
    if not set(roles) & set(PEOPLE):
        return "not_your_department"
    if call == "dismiss" and severity == "critical" and not set(roles) & {"lead", "admin"}:
        return "lead_must_approve"
    return ""


def allowed_calls(state: str, roles: Collection[str], severity: str) -> list[str]:
    """What these roles may do now."""
    return [call for call in _open_to_people(state) if not refusal(call, roles, severity)]


def field_problems(
    call: str, fields: Mapping[str, Any], *, now: datetime
) -> list[tuple[str, str, str]]:
    """(field, code, message) of what is missing or wrong; `until` is an aware datetime."""
    problems = [
        (name, "required", "This field is required.")
        for name in NEEDS[call]
        if fields.get(name) is None or not str(fields[name]).strip()
    ]
    until, resolution = fields.get("until"), fields.get("resolution")
    if call == "snooze" and until is not None and until <= now:
        problems.append(("until", "not_in_future", "The reminder must be in the future."))
    if call == "snooze" and until is not None and until > now + LONGEST_SNOOZE:
        problems.append(("until", "too_long", f"At most {LONGEST_SNOOZE.days} days; then again."))
    if call == "dismiss" and resolution and resolution not in DISMISS_RESOLUTIONS:
        known = ", ".join(DISMISS_RESOLUTIONS)
        problems.append(("resolution", "unknown_choice", f"This is not one of: {known}."))
    return problems


def _open_to_people(state: str) -> tuple[str, ...]:
    """acknowledge, snooze, dismiss: those that start from a state."""
    if state not in UNRESOLVED:
        return ()
    return tuple(call for call in NEEDS if call == "snooze" or state in BY_CALL[call].origins)
