"""What a window of observations amounts to: CSAT, NPS, CES, percentiles, shares and rates.

`Totals` are what adds up; an `Aggregate` is what a rule or a page asks of them, `value` answers,
and `interval` says how sure the answer is.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cx_loop.logic.bins import Scale, bin_of, value_of
from cx_loop.logic.intervals import mean_t, nps_adjusted_wald, percentile_ranks, poisson, wilson
from cx_loop.logic.sentences import sentence
from cx_loop.logic.totals import Totals as Totals

PERCENTILES = {"median": 50, "p90": 90, "p95": 95}
SHARES = frozenset({"share_above", "share_below"})
PLAIN = frozenset({"mean", "sd", "min", "max", "sum", "count", "rate", "nps", "top_box"})

_DEFAULTS = {
    "csat": "top_box",
    "nps": "nps",
    "ces": "mean",
    "score": "mean",
    "duration": "p90",
    "count": "sum",
    "rate": "rate",
}


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What is asked of a window: a name and, for a share, the line."""

    name: str
    line: float | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """Both ends in the unit of the value, and the method:
    wilson, adjusted_wald, t, poisson_exact or order_statistics."""

    low: float
    high: float
    method: str


def parse_aggregate(raw: object) -> Aggregate:
    """An aggregate as configuration writes it: `p90`, or `{share_above: 30}`.

    Raises ValueError with a sentence that names what is known.
    """
    if isinstance(raw, str):
        if raw in PLAIN or raw in PERCENTILES:
            return Aggregate(raw)
        if raw in SHARES:
            raise ValueError(needs_line(raw))
    elif isinstance(raw, Mapping) and len(raw) == 1:
        ((name, line),) = raw.items()
        if name in SHARES:
            if isinstance(line, bool) or not isinstance(line, int | float):
                raise ValueError(
                    sentence(
                        "The line of {name} must be a number, not {line!r}.", name=name, line=line
                    )
                )
            if not math.isfinite(line):
                raise ValueError(sentence("The line of {name} must be a finite number.", name=name))
            return Aggregate(str(name), float(line))
    known = ", ".join(sorted(PLAIN | PERCENTILES.keys()))
    raise ValueError(
        sentence(
            "{raw!r} is not an aggregate; known: {known}, {{share_above: 30}}, {{share_below: 3}}.",
            raw=raw,
            known=known,
        )
    )


def needs_line(share: str) -> str:
    return sentence("{share} needs a line, such as {{{share}: 30}}.", share=share)


def default_aggregate(kind: str) -> Aggregate:
    """What a metric of this kind is usually judged by."""
    return Aggregate(_DEFAULTS[kind])


def value(totals: Totals, aggregate: Aggregate, scale: Scale) -> float | None:
    """The aggregate of a window, in the metric's unit; shares, rates and top box in percent.

    An empty window has a `count` and a `sum` of 0; all else is None there, as is `sd` below two
    observations and `rate` without exposure. Percentiles are by nearest rank (the ⌈q·n⌉-th
    smallest; Hyndman & Fan 1996, definition 1), `sd` is the sample standard deviation (n − 1).
    """
    name = aggregate.name
    if name == "count":
        return float(totals.n)
    if name == "sum":
        return totals.total
    if name == "rate":
        return 100 * totals.total / totals.exposure if totals.exposure > 0 else None
    if totals.n <= 0:
        return None
    if name in PERCENTILES:
        rank = -(-totals.n * PERCENTILES[name] // 100)
        return _at_rank(totals, rank, scale)
    if name in SHARES or name == "top_box":
        return 100 * _matching(totals, aggregate, scale) / totals.n
    return _BY_NAME[name](totals, scale)


def interval(
    totals: Totals,
    aggregate: Aggregate,
    scale: Scale,
    confidence: float = 0.95,
    *,
    dispersion: float = 1.0,
    open_ended: bool = False,
) -> Interval | None:
    """The two-sided confidence interval of `value` for the same arguments.

    `dispersion`: how many answers as they come say as much as one independent answer; n and every
    count are divided by it first (the design effect of Kish 1965). `open_ended`: where too few
    values give an end of a percentile it is infinite rather than the interval None.

    None where there is none to give: sd, min, max, the sum of anything but a count, an empty
    window, a mean of one, a percentile of too few values.
    """
    name = aggregate.name
    if name == "count" or (name == "sum" and scale.kind == "count"):
        events = totals.n if name == "count" else totals.total
        return _named(poisson(events / dispersion, confidence), "poisson_exact", dispersion)
    if name == "rate":
        return _of_rate(totals, confidence, dispersion)
    if name == "sum" or totals.n <= 0:
        return None
    n = totals.n / dispersion
    if name in SHARES or name == "top_box":
        matching = _matching(totals, aggregate, scale) / dispersion
        return _named(wilson(matching, n, confidence), "wilson", 100)
    if name == "nps":
        promoters, detractors = _promoters_detractors(totals, scale)
        ends = nps_adjusted_wald(promoters / dispersion, detractors / dispersion, n, confidence)
        return _named(ends, "adjusted_wald", 100)
    if name == "mean":
        return _of_mean(totals, n, scale, confidence)
    if name in PERCENTILES:
        found = _of_percentile(totals, n, PERCENTILES[name] / 100, scale, confidence)
        return found if open_ended or math.isfinite(found.high) else None
    return None


def _at_rank(totals: Totals, rank: int, scale: Scale) -> float:
    """The rank-th smallest value, counted from 1."""
    seen = 0
    ordered = sorted(totals.bins)
    for bin in ordered:
        seen += totals.bins[bin]
        if seen >= rank:
            return value_of(bin, scale)
    return value_of(ordered[-1], scale)


def weigher(aggregate: Aggregate, scale: Scale) -> Callable[[int], int]:
    """What an answer in a bin adds to a share, to the top box (0, 1) or to the nps (−1, 0, 1).

    Top box: the two highest steps of the scale (4 and 5 of 1–5; with steps of 0.5, 4.5 and 5).
    Promoters answered 9–10, detractors 0–6 (Reichheld 2003). Shares are strict: a value on the
    line is on neither side. On an open-ended metric the bin of the line counts as on it, which is
    exact for whole values up to 100 and two decimals below.
    """
    if aggregate.name == "nps":
        return lambda bin: (value_of(bin, scale) >= 9) - (value_of(bin, scale) <= 6)
    if aggregate.name == "top_box":
        return lambda bin: bin >= scale.top_bin - 1
    line = aggregate.line
    assert line is not None
    above = aggregate.name == "share_above"
    if scale.bounded:
        if above:
            return lambda bin: value_of(bin, scale) > line
        return lambda bin: value_of(bin, scale) < line
    on_line = bin_of(line, scale) if line >= 0 else -1
    return lambda bin: bin > on_line if above else bin < on_line


def _matching(totals: Totals, aggregate: Aggregate, scale: Scale) -> int:
    """How many observations a share or the top box counts."""
    adds = weigher(aggregate, scale)
    return sum(count for bin, count in totals.bins.items() if adds(bin))


def _promoters_detractors(totals: Totals, scale: Scale) -> tuple[int, int]:
    """How many answered 9–10, and how many 0–6 (Reichheld 2003)."""
    promoters = _count(totals, lambda bin: value_of(bin, scale) >= 9)
    return promoters, _count(totals, lambda bin: value_of(bin, scale) <= 6)


def _deviation(totals: Totals) -> float | None:
    """Sample standard deviation from the sums; None below two observations."""
    if totals.n < 2:
        return None
    spread = totals.squares - totals.total * totals.total / totals.n
    # what is left of equal values is rounding, otherwise a constant metric would seem to vary
    if spread <= totals.squares * 1e-15 * math.sqrt(totals.n):
        return 0.0
    return math.sqrt(spread / (totals.n - 1))


def _nps(totals: Totals, scale: Scale) -> float:
    promoters, detractors = _promoters_detractors(totals, scale)
    return 100 * (promoters - detractors) / totals.n


_BY_NAME: Mapping[str, Callable[[Totals, Scale], float | None]] = {
    "mean": lambda totals, scale: totals.total / totals.n,
    "sd": lambda totals, scale: _deviation(totals),
    "min": lambda totals, scale: value_of(min(totals.bins), scale),
    "max": lambda totals, scale: value_of(max(totals.bins), scale),
    "nps": _nps,
}


def _count(totals: Totals, wanted: Callable[[int], bool]) -> int:
    return sum(count for bin, count in totals.bins.items() if wanted(bin))


def _of_rate(totals: Totals, confidence: float, dispersion: float) -> Interval | None:
    """Wilson while events are some of the exposed, else events are a Poisson count."""
    total, exposure = totals.total / dispersion, totals.exposure / dispersion
    if exposure <= 0:
        return None
    if total <= exposure:
        return _named(wilson(total, exposure, confidence), "wilson", 100)
    return _named(poisson(total, confidence), "poisson_exact", 100 / exposure)


def _of_mean(totals: Totals, n: float, scale: Scale, confidence: float) -> Interval | None:
    """From `n` independent answers' worth of totals."""
    sd = _deviation(totals)
    if sd is None or n <= 1:
        return None
    mean = totals.total / totals.n
    return _named(mean_t(mean, sd or alike(mean, totals.n, scale), n, confidence), "t")


def alike(mean: float, n: float, scale: Scale) -> float:
    """The standard deviation assumed where n values are all the same: as if one more were a step
    of the scale away, or on an open-ended metric twice as large; otherwise two equal answers
    would be certain of everything."""
    return (scale.step if scale.bounded else abs(mean)) / math.sqrt(n + 1)


def _of_percentile(totals: Totals, n: float, q: float, scale: Scale, confidence: float) -> Interval:
    """Between two order statistics; an end without one is the scale's own end, if it has one.

    Ranks are those of `n` independent values, stretched over the values there are, outwards
    (Woodruff 1952).
    """
    independent = math.floor(n)
    below, above = percentile_ranks(q, independent, confidence) if independent else (0, 1)
    lowest, highest = scale.ends if scale.bounded else (0.0, math.inf)
    low, high = lowest, highest
    if below:
        low = _at_rank(totals, below * totals.n // independent, scale)
    if above <= independent:
        high = _at_rank(totals, -(-above * totals.n // independent), scale)
    return Interval(low, high, "order_statistics")


def _named(ends: tuple[float, float], method: str, factor: float = 1) -> Interval:
    return Interval(ends[0] * factor, ends[1] * factor, method)
