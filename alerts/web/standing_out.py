"""Days of a chart that are worth a look, and what is said of them; never an alert."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from cx_loop.logic.individuals import ZoneRule, individuals, worth_a_look
from cx_loop.ui.charts import Point
from cx_loop.ui.words import say_short_day, say_value


@dataclass(frozen=True, slots=True)
class StandingOut:
    """`days` stand out; `rows`: (from when to when, why), the newest first; `usual`: between which
    values the days of this series usually lie."""

    days: frozenset[date]
    rows: list[tuple[str, str]]
    usual: str


def standing_out(
    points: Sequence[Point], *, unit: str, bounds: tuple[float, float] | None
) -> StandingOut | None:
    """Of whole days in order, those without answers left out; None where nothing stands out.

    `bounds`: the ends of the scale, beyond which no day is usual.
    """
    known = [(point.day, point.value) for point in points if point.value is not None]
    values = [value for _day, value in known]
    found = worth_a_look(values)
    if not found:
        return None
    chart = individuals(values)
    lowest, highest = bounds or (0.0 if min(values) >= 0 else chart.low, chart.high)
    low, high = max(chart.low, lowest), min(chart.high, highest)
    ends = {"low": say_value(low, unit), "high": say_value(high, unit)}
    return StandingOut(
        days=frozenset(known[place][0] for place in found),
        rows=[(_between(known, *run), _why(rule)) for run, rule in _runs(found)][::-1],
        usual=_("%(low)s to %(high)s") % ends,
    )


def _runs(found: Mapping[int, ZoneRule]) -> Iterator[tuple[tuple[int, int], ZoneRule]]:
    """Neighbours for the same reason are one entry: ((first, last), rule)."""
    places = iter(found.items())
    first, rule = next(places)
    last = first
    for place, its in places:
        if place != last + 1 or its != rule:
            yield (first, last), rule
            first, rule = place, its
        last = place
    yield (first, last), rule


def _between(known: Sequence[tuple[date, float]], first: int, last: int) -> str:
    began, ended = (say_short_day(known[place][0]) for place in (first, last))
    return began if first == last else f"{began} – {ended}"


def _why(rule: ZoneRule) -> str:
    return {
        1: _("outside of what is usual"),
        2: _("two of three days far on one side"),
        3: _("four of five days well on one side"),
        4: _("eight days or more in a row on one side of the middle"),
    }[rule.number]
