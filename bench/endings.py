"""How a simulated fix ends: look after look through the shipped code until something is decided."""

from dataclasses import dataclass

from bench.fixes import Repair
from tasks.logic.effect import Verdict, judge
from tasks.logic.plan import after_days, baseline_days, history_days

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
    asked, plan = False, repair.plan
    looks, last = plan.all_looks, len(plan.all_looks) - 1
    # what each is asked for alone: every look would search all of the days again
    history, baseline = history_days(plan).of(repair.days), baseline_days(plan).of(repair.days)
    after = after_days(plan, last).of(repair.days)
    for look, day in enumerate(looks):
        said = judge(
            plan,
            look=look,
            baseline=baseline,
            after=after,
            history=history,
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
    return Ending("open", last, looks[-1], said)
