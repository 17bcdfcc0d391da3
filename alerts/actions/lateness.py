"""What came late, or was corrected, is looked at where it belongs: in windows that had passed.

Nothing that was told is taken back. Where the passed windows, as they are now, would have raised
an alert that nobody was told of, it opens late, and says so; where it would have cleared since, it
clears at once, and its task tells that the breach is over.
"""

from dataclasses import replace
from datetime import datetime
from itertools import islice

from alerts.actions.cases import Asked, Case, Decided
from alerts.actions.noise import know_noise
from alerts.logic.evaluate import State, decide
from alerts.models import Evaluation
from cx_loop.logic.totals import Totals
from cx_loop.reads import totals_of_windows

MOST_EDGES = 2_500  # a hundred days of hours


def look_again(case: Case, totals: dict[Asked, Totals]) -> None:
    """Judge the touched edges anew; what opens there and was never told goes to `case.late`."""
    decided = _decided(case, case.touched_again, totals, State())
    fired = next((place for place, (_, each, _) in enumerate(decided) if each.opens), None)
    if fired is None or _was_told(case, decided[fired][0]):
        return
    decided = decided[fired:]
    last = decided[-1]
    rest = _rest(case, last[0])
    asked = {ask: case.locked.parts[ask[1]] for edge in rest for ask in case.asked_at(edge)}
    more = totals_of_windows([(ask, series, *ask[2]) for ask, series in asked.items()])
    know_noise([case], rest)
    case.late = decided + _decided(case, rest, more, last[1].state)
    state = case.late[-1][1].state
    # what has arrived since is known better by where the group stands
    case.standing.keep(
        replace(
            state,
            last_data_at=case.standing.last_data_at or state.last_data_at,
            praised=case.standing.praised,
        )
    )


def _decided(
    case: Case, edges: list[datetime], totals: dict[Asked, Totals], state: State
) -> Decided:
    # a silence is over when something arrives, however late: only values are judged again
    spec = replace(case.spec, no_data="keep")
    decided: Decided = []
    for edge in edges:
        decision = decide(spec, case.windows_at(edge, totals), state)
        decided.append((edge, replace(decision, praises=False), False))
        state = decision.state
    return decided


def _rest(case: Case, after: datetime) -> list[datetime]:
    """The passed edges after those that were touched, through which it may have gone on firing."""
    last = case.standing.last_edge
    if last is None:
        return []
    return list(islice(case.frame.edges_between(after, last), MOST_EDGES))


def _was_told(case: Case, edge: datetime) -> bool:
    """Whether something fired at the edge, or at one of those touched with it, when they passed."""
    upto = case.touched_again[-1]
    rows = Evaluation.objects.filter(group=case.group_id, level__isnull=False)
    return rows.filter(until__gte=edge, edge__lte=upto).exists()
