"""What an answer to "is it made permanent?" must say."""

from collections.abc import Mapping
from dataclasses import dataclass

from tasks.logic.lifecycle import Problem

ANSWERS = ("made", "not_needed")
PLACES = ("standard", "playbook", "blueprint")  # where a measure is kept
LONGEST = 2000


@dataclass(frozen=True)
class Sister:
    """Where a measure may work too: another touchpoint, or another location of the same."""

    touchpoint: str  # key
    name: str
    location: str = ""

    @property
    def place(self) -> tuple[str, str]:
        return self.touchpoint, self.location


def problems_of(said: Mapping[str, str], *, answered: bool, over: bool) -> list[Problem]:
    """What is wrong with an answer; empty when all is well.

    said: answer, reason and one text for each of `PLACES`, stripped. over: the task came back.
    """
    if over:
        return [Problem("answer", "came_back", "The task is open again: nothing is to be kept.")]
    if answered:
        return [Problem("answer", "already_answered", "Somebody has answered it already.")]
    problems = [
        Problem(name, "too_long", f"At most {LONGEST} characters.")
        for name in (*PLACES, "reason")
        if len(said[name]) > LONGEST
    ]
    problems += [
        Problem(name, "text_has_nul", "The text has a NUL character.")
        for name in (*PLACES, "reason")
        if "\x00" in said[name]
    ]
    if said["answer"] not in ANSWERS:
        known = ", ".join(ANSWERS)
        problems.append(Problem("answer", "unknown_choice", f"One of: {known}."))
    if said["answer"] == "not_needed" and not said["reason"]:
        problems.append(Problem("reason", "required", "Say why nothing has to change."))
    if said["answer"] == "made" and not any(said[name] for name in PLACES):
        message = "Say what was changed: standard, playbook or blueprint."
        problems.append(Problem("standard", "required", message))
    return problems
