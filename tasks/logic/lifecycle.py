"""The states of an improvement task as one table: which call leads where, and who may make it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from alerts.logic import lifecycle as alert_lifecycle
from alerts.logic import playbooks

STATES = ("open", "accepted", "in_progress", "on_hold", "verifying", "closed")
WORKABLE = ("open", "accepted", "in_progress", "on_hold")
PAIN_CATEGORIES = playbooks.PAIN_CATEGORIES
ROOT_CAUSES = (
    "people",
    "process",
    "system",
    "standard",
    "product",
    "supplier",
    "environment",
    "external",
)
DISMISS_RESOLUTIONS = alert_lifecycle.DISMISS_RESOLUTIONS
RESOLUTIONS = (
    "effective",
    "partially_effective",
    "recovered_unproven",
    "inconclusive",
    *DISMISS_RESOLUTIONS,
    "self_recovered",
)
VERDICTS = (
    "effective",
    "partially_effective",
    "no_effect",
    "worse",
    "inconclusive",
    "relapsed",
)
ROLES = ("member", "lead", "director", "admin", "second_person", "system")

_LEADS = frozenset({"lead", "director", "admin"})
_ANYONE = frozenset({"member"}) | _LEADS
_ALSO_SYSTEM = _ANYONE | {"system"}  # a hold that ends starts by itself, a relapse reopens


@dataclass(frozen=True)
class Transition:
    """One row of the table.

    targets  states the call may lead to; none: the state stays as it is
    needs    fields that must be given
    who      roles that may call it; a lead or director is always a member too
    """

    call: str
    origins: tuple[str, ...]
    targets: tuple[str, ...]
    needs: tuple[str, ...] = ()
    who: frozenset[str] = _ANYONE
    new_episode: bool = False

    @property
    def target(self) -> str | None:
        """The one state it leads to; None when it stays or the caller chooses among targets."""
        return self.targets[0] if len(self.targets) == 1 else None


_SUBMITTED = ("pain_category", "root_cause", "countermeasure", "note", "fixed_at")
_UNCLOSED = (*WORKABLE, "verifying")

TABLE: dict[str, Transition] = {
    row.call: row
    for row in (
        Transition("accept", ("open",), ("accepted",)),
        Transition("start", ("open", "accepted", "on_hold"), ("in_progress",), who=_ALSO_SYSTEM),
        Transition("submit", ("accepted", "in_progress"), ("verifying",), _SUBMITTED),
        Transition("assign", _UNCLOSED, (), ("assignee",)),
        Transition("hold", ("accepted", "in_progress"), ("on_hold",), ("reason", "until")),
        Transition("hand_over", WORKABLE, ("open",), ("reason", "department")),
        Transition("withdraw", ("verifying",), ("in_progress",), ("reason",)),
        Transition("send_back", ("verifying",), ("in_progress",), ("reason",), _LEADS),
        Transition("dismiss", WORKABLE, ("closed",), ("resolution", "reason")),
        Transition(
            "decide",
            ("verifying",),
            ("closed", "open"),
            ("outcome", "reason"),
            frozenset({"second_person"}),
        ),
        Transition("reopen", ("closed", "verifying"), ("open",), ("reason",), _ALSO_SYSTEM, True),
        Transition(
            "verdict", ("verifying",), ("closed", "open"), ("verdict",), frozenset({"system"})
        ),
    )
}
OUTCOMES = ("effective", "partially_effective", "recovered_unproven", "inconclusive", "reopen")
_PRIMARY = {
    "open": "accept",
    "accepted": "start",
    "in_progress": "submit",
    "on_hold": "start",
    "closed": "reopen",
}


class NotAllowed(Exception):
    """The state does not allow the call (409); `allowed` says which calls it does allow."""

    def __init__(self, call: str, state: str, allowed: list[str]) -> None:
        super().__init__(f"{call} is not possible while {state}; possible: {', '.join(allowed)}")
        self.call, self.state, self.allowed = call, state, allowed


class NotPermitted(Exception):
    """The person may not make this call (403); `code` is stable.

    `lead_must_approve` `lead_only` `second_person_only` `system_only` `not_your_department`
    """

    def __init__(self, call: str, code: str) -> None:
        super().__init__(f"{call}: {code}")
        self.call, self.code = call, code


class Problem(NamedTuple):
    """What is wrong with one field; the code is stable, the message is for readers of English."""

    field: str
    code: str
    message: str


def check(call: str, state: str) -> Transition:
    """The row of the table for a call in a state. Raises NotAllowed, also for an unknown call."""
    row = TABLE.get(call)
    if row is None or state not in row.origins:
        raise NotAllowed(call, state, possible_calls(state))
    return row


def possible_calls(state: str) -> list[str]:
    """The calls people may make from a state, whoever they are, in the order of the table."""
    return [r.call for r in TABLE.values() if state in r.origins and r.who != {"system"}]


def permit(call: str, roles: Collection[str], severity: str = "warning") -> None:
    """Raises NotPermitted unless one of the roles may make the call.

    roles: as the person stands to this task; `second_person` is given by the caller to whoever
    may decide here and neither submitted the fix nor is its assignee. A critical task is
    dismissed by its lead: staff are told so instead of closing it.
    """
    row = TABLE[call]
    if call == "dismiss" and severity == "critical" and "member" in roles and not _leads(roles):
        raise NotPermitted(call, "lead_must_approve")
    if row.who.isdisjoint(roles):
        raise NotPermitted(call, _refusal(row, roles))


def allowed_calls(
    state: str,
    roles: Collection[str],
    severity: str = "warning",
    *,
    waiting_for_person: bool = False,
) -> list[str]:
    """What these roles may do now, in the order of the table.

    `decide` only while the verification waits for a person.
    """
    return [
        row.call
        for row in TABLE.values()
        if state in row.origins
        and _may(row.call, roles, severity)
        and (row.call != "decide" or waiting_for_person)
    ]


def primary_call(state: str, *, waiting_for_person: bool = False) -> str | None:
    """The one next step a page offers first; None while there is nothing to do but wait."""
    if state == "verifying":
        return "decide" if waiting_for_person else None
    return _PRIMARY[state]


def field_problems(
    call: str,
    fields: Mapping[str, Any],
    *,
    now: datetime,
    alert_at: datetime | None = None,
    self_recovered: bool = False,
    unstarted: bool = False,
) -> list[Problem]:
    """What is missing or wrong in the fields of a call; empty when all is well.

    now, alert_at, and the fields `until` and `fixed_at` are aware datetimes. alert_at: when the
    alert (or a task made by hand) was opened. An unstarted task whose alert has recovered by
    itself may be dismissed as `self_recovered`, without a reason: one tap.
    """
    one_tap = call == "dismiss" and fields.get("resolution") == "self_recovered"
    needs = ("resolution",) if one_tap else TABLE[call].needs
    problems = [_missing(name) for name in needs if _is_blank(fields.get(name))]
    problems += _choice_problems(call, fields)
    if one_tap and not (self_recovered and unstarted):
        problems.append(
            Problem(
                "resolution",
                "not_self_recovered",
                "Only an unstarted task whose alert has recovered by itself can be closed so.",
            )
        )
    return problems + _time_problems(call, fields, now, alert_at)


def _leads(roles: Collection[str]) -> bool:
    return not _LEADS.isdisjoint(roles)


def _may(call: str, roles: Collection[str], severity: str) -> bool:
    try:
        permit(call, roles, severity)
    except NotPermitted:
        return False
    return True


def _refusal(row: Transition, roles: Collection[str]) -> str:
    if row.who == {"system"}:
        return "system_only"
    if "member" not in roles and not _leads(roles):
        return "not_your_department"
    return "second_person_only" if row.who == {"second_person"} else "lead_only"


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _missing(field: str) -> Problem:
    return Problem(field, "required", "This field is required.")


def _choice_problems(call: str, fields: Mapping[str, Any]) -> list[Problem]:
    problems = []
    for field, choices in _CHOICES.get(call, {}).items():
        given = fields.get(field)
        if not _is_blank(given) and given not in choices:
            known = ", ".join(choices)
            problems.append(Problem(field, "unknown_choice", f"{given!r} is not one of: {known}."))
    return problems


_CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "submit": {"pain_category": PAIN_CATEGORIES, "root_cause": ROOT_CAUSES},
    "dismiss": {"resolution": (*DISMISS_RESOLUTIONS, "self_recovered")},
    "decide": {"outcome": OUTCOMES},
    "verdict": {"verdict": VERDICTS},
}


def _time_problems(
    call: str, fields: Mapping[str, Any], now: datetime, alert_at: datetime | None
) -> list[Problem]:
    until, fixed_at = fields.get("until"), fields.get("fixed_at")
    if call == "hold" and until is not None and until <= now:
        return [Problem("until", "not_in_future", "The hold must end in the future.")]
    if call != "submit" or fixed_at is None:
        return []
    if fixed_at > now:
        return [Problem("fixed_at", "in_future", "The fix cannot be in the future.")]
    if alert_at is not None and fixed_at < alert_at:
        return [Problem("fixed_at", "before_alert", "The fix cannot be older than the alert.")]
    return []
