"""Has the fix worked? One verdict at one look, from daily sums and a frozen plan.

An alert fires because a window was extreme, so the weeks after it look better even when nothing
was done: comparing them with the window that fired calls 68 to 91 per cent of pure noise
"effective". The baseline is therefore the days between alert and fix, other touchpoints take out
what moved everywhere, days that differ more than chance widen the interval, and every look has
its share of one five per cent error (`evidence` has the formulas, `spending` the looks).

Two results are never mixed: *recovered* (the metric is back) and *proven* (the change is beyond
chance). A problem that passes by itself between fix and look is credited to the fix; no method
here can tell, so say "improved after", never "because of".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, Literal

from tasks.logic.display import arm_shown, change_shown
from tasks.logic.evidence import Controls, Evidence, gather
from tasks.logic.measures import Day
from tasks.logic.plan import Plan

VerdictName = Literal["effective", "partially_effective", "no_effect", "worse", "inconclusive"]
State = Literal["watching", "person", "decided"]


@dataclass(frozen=True)
class Verdict:
    """What one look says.

    verdict   None: keep watching (state watching) or ask somebody (state person)
    reason    why, as a code: recovered_unproven, not_recovered, ask_owner, needs_data,
              no_baseline, no_control; "" when the verdict says it all
    effect    Delta, positive = better, in the measure's unit; None when it cannot be estimated
    interval  (L, U) at this look's bound; None when nothing may be concluded from it
    method    did_obf_t, obf_t or recovery_only
    change    after minus baseline as shown to people, with its own interval (`display`)
    target    where the metric should be again; remaining: how far it is short of that still
    flags     no_control, no_baseline, short_history: what the verdict had to do without
    """

    verdict: VerdictName | None
    state: State
    reason: str = ""
    recovered: bool | None = None
    proven: bool = False
    effect: float | None = None
    interval: tuple[float, float] | None = None
    method: str = "recovery_only"
    baseline: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    change: dict[str, Any] | None = None
    target: float | None = None
    remaining: float | None = None
    bound: float | None = None
    dispersion: float | None = None
    df: int | None = None
    flags: tuple[str, ...] = ()


def judge(
    plan: Plan,
    *,
    look: int,
    baseline: Sequence[Day],
    after: Sequence[Day],
    history: Sequence[Day] = (),
    controls: Controls | None = None,
    breaching: bool | None = None,
    asked: bool = False,
) -> Verdict:
    """The verdict at a look (0-based, in `plan.all_looks`).

    Days outside the plan's own periods are ignored, so one list may be given for all three; days
    without answers belong in it (see `Day`). breaching: whether the rule still fires; None when
    it cannot say. asked: whether it fired at the look before too, and the owner was asked then: a
    rule on few answers fires by chance now and then, and once is not "still". Raises IndexError
    for a look that was not planned.
    """
    evidence = gather(
        plan,
        look=look,
        baseline=baseline,
        after=after,
        history=history,
        controls=controls,
        breaching=breaching,
    )
    return _decide(replace(evidence, asked=asked))


def _decide(e: Evidence) -> Verdict:
    """The decision table, first row that holds."""
    if e.high < 0:
        return _verdict(e, "worse")
    # others that fared worse make nobody's fix effective
    if e.low > 0 and e.recovered and not e.fell:
        return _verdict(e, "effective")
    if e.breaching and not e.asked and not e.last:
        return _verdict(e, None, "ask_owner", "person")
    if e.breaching or (e.matured and e.comparable):
        back = bool(e.breaching) or e.not_recovered
        if e.low > 0 and e.recovered is False:
            return _verdict(e, "partially_effective", "not_recovered")
        if back and (e.breaching or e.last or e.improves_too_little):
            return _verdict(e, "no_effect", "not_recovered")
    if not e.comparable:
        return _decide_on_recovery(e)
    if not e.last:
        return _verdict(e, None)
    if e.recovered:
        return _verdict(e, "inconclusive", "recovered_unproven")
    return _verdict(e, "inconclusive", "needs_data", "person")


def _decide_on_recovery(e: Evidence) -> Verdict:
    """Without a baseline nothing is ever proven: the metric is back, is not, or cannot be told."""
    no_baseline = "no_baseline" in e.flags
    if no_baseline and e.recovered:
        return _verdict(e, "inconclusive", "recovered_unproven")
    if no_baseline and e.matured and e.not_recovered:
        return _verdict(e, "no_effect", "not_recovered")
    if e.last:
        return _verdict(e, "inconclusive", "needs_data", "person")
    return _verdict(e, None, "no_baseline" if no_baseline else "needs_data")


def _verdict(
    e: Evidence, name: VerdictName | None, reason: str = "", state: State | None = None
) -> Verdict:
    told = e.comparable and e.low > -inf
    controlled = "no_control" not in e.flags
    if not reason and not controlled:
        reason = "no_control"
    return Verdict(
        verdict=name,
        state=state or ("decided" if name else "watching"),
        reason=reason,
        recovered=e.recovered,
        proven=e.low > 0,
        effect=e.effect,
        interval=(e.low, e.high) if told else None,
        method=("did_obf_t" if controlled else "obf_t") if e.comparable else "recovery_only",
        baseline=arm_shown(e.before, e.dispersion or 1.0) if e.before else {},
        after=arm_shown(e.after, e.dispersion or 1.0) if e.after else {},
        change=change_shown(e.before, e.after, e.dispersion or 1.0)
        if e.before and e.after
        else None,
        target=e.plan.reference,
        remaining=e.remaining,
        bound=e.bound,
        dispersion=e.dispersion,
        df=e.df,
        flags=e.flags,
    )
