"""The checklist of a task: what may be done to a step, and when the fix was in place."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from alerts.logic.playbooks import PLAYBOOK_KINDS, STEP_TYPES
from tasks.logic.lifecycle import WORKABLE, NotAllowed, Problem, possible_calls

STATES = ("open", "done", "not_needed")
# call -> states of the step it begins from
STEP_CALLS: dict[str, tuple[str, ...]] = {
    "edit": STATES,
    "tick": ("open", "not_needed"),
    "untick": ("done", "not_needed"),
    "not_needed": ("open",),
    "move": STATES,
}
ANSWERS = ("stuck", "partly", "not_stuck")
FOLLOW_UP_AFTER = timedelta(days=30)
MOST = 60  # steps or ideas of one task: more is no checklist any more
LONGEST = {"text": 500, "evidence": 4000, "reason": 4000, "note": 4000, "link": 500}


class StepLike(Protocol):
    type: str
    state: str
    done_at: datetime | None


Of = TypeVar("Of", bound=StepLike)


def check_task(call: str, state: str, type: str = "correct") -> None:
    """Raises NotAllowed where the task's state does not let its checklist change.

    While the effect is watched the fix stands, but what contained the harm may still be ended.
    """
    if state in WORKABLE or (state == "verifying" and type == "contain"):
        return
    raise NotAllowed(call, state, possible_calls(state))


def check_step(call: str, state: str) -> None:
    """Raises NotAllowed when a step in that state does not know the call."""
    if state not in STEP_CALLS[call]:
        allowed = [name for name, origins in STEP_CALLS.items() if state in origins]
        raise NotAllowed(call, state, allowed)


def open_corrective(steps: Iterable[Of]) -> list[Of]:
    """What still has to be done before a fix can be submitted."""
    return [step for step in steps if step.type == "correct" and step.state == "open"]


def fixed_at(steps: Iterable[StepLike], since: datetime) -> datetime | None:
    """When the last corrective step of the round was done; None where there is none.

    since: when the round began. What was done in an earlier one did not help, and says nothing.
    """
    done = [
        step.done_at
        for step in steps
        if step.type == "correct" and step.done_at is not None and step.done_at >= since
    ]
    return max(done, default=None)


def moved(order: Sequence[int], step: int, *, up: bool) -> list[int]:
    """The order after a step changed places with its neighbour; the same at either end."""
    places = list(order)
    here = places.index(step)
    there = here - 1 if up else here + 1
    if 0 <= there < len(places):
        places[here], places[there] = places[there], places[here]
    return places


def needs_follow_up(kind: str) -> bool:
    return kind == "training"


def step_problems(
    fields: Mapping[str, Any],
    *,
    needs: Collection[str] = (),
    now: datetime,
    since: datetime,
) -> list[Problem]:
    """What is wrong with what was said of a step, an idea or an answer; empty when all is well.

    since: when the round began; `done_at` lies between it and now, `follow_up_at` and `due_at`
    after now. All are aware datetimes.
    """
    problems = [
        Problem(name, "required", "This field is required.")
        for name in needs
        if not str(fields.get(name) or "").strip()
    ]
    problems += [
        Problem(name, "too_long", f"At most {longest} characters.")
        for name, longest in LONGEST.items()
        if len(fields.get(name) or "") > longest
    ]
    problems += _choice_problems(fields)
    link = fields.get("link")
    if link and not _is_link(link):
        problems.append(Problem("link", "not_a_link", "Give an address such as https://…."))
    return problems + _time_problems(fields, now, since)


def _choice_problems(fields: Mapping[str, Any]) -> list[Problem]:
    choices = {"type": STEP_TYPES, "kind": ("", *PLAYBOOK_KINDS), "answer": ANSWERS}
    return [
        Problem(name, "unknown_choice", f"One of: {', '.join(filter(None, known))}.")
        for name, known in choices.items()
        if fields.get(name) is not None and fields[name] not in known
    ]


def _time_problems(fields: Mapping[str, Any], now: datetime, since: datetime) -> list[Problem]:
    problems = []
    done_at = fields.get("done_at")
    if done_at is not None and done_at > now:
        problems.append(Problem("done_at", "in_future", "The fix cannot be in the future."))
    elif done_at is not None and done_at < since:
        message = "The fix cannot be older than the alert."
        problems.append(Problem("done_at", "before_alert", message))
    for name in ("due_at", "follow_up_at"):
        at = fields.get(name)
        if at is not None and at <= now:
            problems.append(Problem(name, "not_in_future", "It must lie in the future."))
    return problems


def _is_link(raw: str) -> bool:
    """http and https alone: another scheme could run code in the reader's browser."""
    try:
        parts = urlsplit(raw)
    except ValueError:
        return False
    is_plain = raw.isprintable() and " " not in raw
    return parts.scheme in ("http", "https") and bool(parts.netloc) and is_plain
