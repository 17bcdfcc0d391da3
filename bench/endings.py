"""How a simulated fix ends: look after look through the shipped code until something is decided."""

from dataclasses import dataclass

from bench.fixes import Repair
from tasks.logic.effect import Verdict, judge

VOLUMES = (8, 40, 200)
# days from alert to fix that leave a baseline of 7 to 21 whole days
FIXED = (8, 22)


@dataclass(frozen=True, slots=True)
class Ending:
    """How one verification ended: its verdict, `recovered_unproven` or `open` (a person decides),
    the look (0-based), its day after settling, and what it said."""

    name: str
    look: int
    day: int
    said: Verdict


def end_of(repair: Repair) -> Ending:
    """An owner who is asked answers nothing."""
    asked, looks = False, repair.plan.all_looks
    for look, day in enumerate(looks):
        said = judge(
            repair.plan,
            look=look,
            baseline=repair.days,
            after=repair.days,
            history=repair.days,
            controls=repair.controls,
            breaching=repair.breaching(look),
            asked=asked,
        )
        asked = said.reason == "ask_owner"
        if said.verdict == "inconclusive":
            unproven = said.reason == "recovered_unproven"
            return Ending("recovered_unproven" if unproven else "open", look, day, said)
        if said.verdict:
            return Ending(said.verdict, look, day, said)
    return Ending("open", len(looks) - 1, looks[-1], said)
