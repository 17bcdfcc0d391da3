"""What of a metric is added up day by day, and the daily sums themselves.

Early warning asks them how much the days of a series differ and verification what a fix has
changed; both must mean the same thing by a day's sums, otherwise one would warn of what the other
cannot see.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from cx_loop.logic.bins import Scale, value_of
from cx_loop.logic.scores import PERCENTILES, Aggregate, value
from cx_loop.logic.totals import Totals

MeasureKind = Literal["share", "nps", "mean", "rate", "count"]

_PROMOTER, _DETRACTOR = 9, 6  # NPS: 9-10 promote, 0-6 detract
_PERCENT = frozenset({"share", "nps", "rate"})


@dataclass(frozen=True)
class Measure:
    """What is estimated in both arms.

    kind   share (percent of values beyond `line`), nps (points), mean (units of the metric),
           rate (percent of the exposure), count (events a day)
    line   only for a share: values strictly above it count, or strictly below it
    at_line  share at which the rule's percentile sits exactly on `line`, in percent; else None
    sums   a count adds up the values (aggregate `sum`) instead of counting observations
    span   from the lowest to the highest score, for the mean of a bounded scale
    """

    kind: MeasureKind
    line: float | None = None
    above: bool = True
    at_line: float | None = None
    sums: bool = False
    span: float | None = None

    @property
    def factor(self) -> float:
        """From the raw ratio to the unit people read: percent and points are times 100."""
        return 100.0 if self.kind in _PERCENT else 1.0

    def rises_when_better(self, higher_is_better: bool) -> bool:
        """Whether more of it is good news: a share below a line runs against its metric."""
        return higher_is_better if self.above else not higher_is_better

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Day:
    """One local day of one arm, in raw units, so that days add up.

    n        answers; exposure for a rate; 1 (the day itself) for a count
    total    answers beyond the line; promoters minus detractors; sum of values; events
    squares  sum of squares of what is added up in `total` (events themselves for rate and count)

    A day without answers is a Day with n = 0 (a count: n = 1, total = 0), not an absent one.
    """

    date: date
    n: float
    total: float
    squares: float


def measure_of(aggregate: Aggregate, scale: Scale, line: float | None = None) -> Measure | None:
    """The sums an aggregate is made of; None for what has no usable sampling error.

    A percentile does not add up over days: it is followed as the share of values above `line`,
    which the caller chooses; without one it has no measure. `sd`, `min`, `max` and the sum of
    anything but a count have none.
    """
    name = aggregate.name
    if name in ("share_above", "share_below"):
        return Measure("share", line=aggregate.line, above=name == "share_above")
    if name == "top_box":
        return Measure("share", line=round(scale.ends[1] - 2 * scale.step, 9))
    if name == "nps":
        return Measure("nps")
    if name == "mean":
        return Measure("mean", span=scale.ends[1] - scale.ends[0] if scale.bounded else None)
    if name == "rate":
        return Measure("rate")
    if name == "count" or (name == "sum" and scale.kind == "count"):
        return Measure("count", sums=name == "sum")
    if name in PERCENTILES and line is not None:
        return Measure("share", line=line, at_line=100.0 - PERCENTILES[name])
    return None


def day_of(date: date, totals: Totals, measure: Measure, scale: Scale) -> Day:
    """One day's stored totals as the measure needs them."""
    if measure.kind == "mean":
        return Day(date, totals.n, totals.total, totals.squares)
    if measure.kind == "rate":
        return Day(date, totals.exposure, totals.total, totals.total)
    if measure.kind == "count":
        events = totals.total if measure.sums else float(totals.n)
        return Day(date, 1, events, events)
    if measure.kind == "nps":
        promoters = _answers(totals, lambda score: score >= _PROMOTER, scale)
        detractors = _answers(totals, lambda score: score <= _DETRACTOR, scale)
        return Day(date, totals.n, promoters - detractors, promoters + detractors)
    share = value(totals, _share(measure), scale) or 0.0
    beyond = float(round(share * totals.n / 100))
    return Day(date, totals.n, beyond, beyond)


def _share(measure: Measure) -> Aggregate:
    return Aggregate("share_above" if measure.above else "share_below", measure.line)


def _answers(totals: Totals, wanted: Callable[[float], bool], scale: Scale) -> int:
    return sum(n for bin, n in totals.bins.items() if wanted(value_of(bin, scale)))


def pool(arms: Iterable[Sequence[Day]]) -> list[Day]:
    """Several touchpoints as one, day by day: the controls of a comparison.

    A pooled count is per touchpoint and day, because each touchpoint's day counts one.
    """
    sums: dict[date, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for days in arms:
        for day in days:
            for place, part in enumerate((day.n, day.total, day.squares)):
                sums[day.date][place] += part
    return [Day(on, *sums[on]) for on in sorted(sums)]
