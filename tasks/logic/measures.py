"""What the verdict on a fix is judged on.

A rule may warn on any aggregate; not every aggregate can be tested. Percentiles are judged on the
share of values beyond the rule's line (the interval of a p90 is five times as wide as that of a
median, and neither adds up over days), sums and counts on events per day, and what has no usable
sampling error (sd, min, max) is not tested at all: recovery only, never a proof.
"""

from cx_loop.logic.bins import Scale
from cx_loop.logic.measures import Day as Day
from cx_loop.logic.measures import Measure as Measure
from cx_loop.logic.measures import day_of as day_of
from cx_loop.logic.measures import measure_of
from cx_loop.logic.measures import pool as pool
from cx_loop.logic.scores import PERCENTILES, Aggregate

# what a metric is judged by where no rule says how
_USUAL = {"csat": "top_box", "ces": "top_box", "nps": "nps", "rate": "rate", "count": "sum"}


def usual_measure(scale: Scale) -> Measure | None:
    """What a metric without a rule is judged on: satisfied, promoters, events; else its mean."""
    return measure_of(Aggregate(_USUAL.get(scale.kind, "mean")), scale)


def measure_for(
    aggregate: Aggregate, operator: str, bound: float | tuple[float, float] | None, scale: Scale
) -> Measure | None:
    """What a rule of this aggregate and level is judged on; None: on recovery only.

    operator, bound: of the level that opened the task (`above` | `below` | `outside` | …).
    """
    if aggregate.name not in PERCENTILES:
        return measure_of(aggregate, scale)
    if not isinstance(bound, int | float):
        return None
    return _share_beyond(PERCENTILES[aggregate.name], operator, float(bound))


def _share_beyond(percentile: int, operator: str, bound: float) -> Measure | None:
    if operator == "above":
        return Measure("share", line=bound, above=True, at_line=100.0 - percentile)
    if operator == "below":
        return Measure("share", line=bound, above=False, at_line=float(percentile))
    return None
