"""Service recovery: whom to contact, by when, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from cx_loop.logic.bins import Scale
from cx_loop.logic.ranges import ends_of, say_range
from cx_loop.logic.sentences import sentence
from cx_loop.logic.working_time import Span, WorkingHours, add_working, parse_span

WITHIN = "1d"  # one working day to contact a customer who complained
# settled and content; settled, still unhappy; not to be reached; does not want it; no need
OUTCOMES = ("content", "unhappy", "unreachable", "declined", "no_need")
SPOKEN_TO = ("content", "unhappy")  # of these it is said what was offered
LEVELS = ("staff", "lead", "director")


@dataclass(frozen=True, slots=True)
class Line:
    """Which single answers complain: `worst_first` ascending (low values are bad) or not."""

    at: float
    low_is_bad: bool
    inclusive: bool

    def complains(self, value: float) -> bool:
        if self.inclusive and value == self.at:
            return True
        return value < self.at if self.low_is_bad else value > self.at


def line_of(
    kind: str, low: float | None, high: float | None, *, higher_is_better: bool
) -> Line | None:
    """The answers that complain on a scale: 0 to 6 of NPS, of others the outer quarter (1 and 2 of
    five); None of what has no scale."""
    if low is None or high is None:
        return None
    if kind == "nps":
        return Line(6, low_is_bad=True, inclusive=True)
    quarter = (high - low) / 4
    at = low + quarter if higher_is_better else high - quarter
    return Line(at, low_is_bad=higher_is_better, inclusive=True)


def why_idle(line: Line, scale: Scale) -> str:
    """Why the line parts no answers from others: all lie beyond it, or none; '' where it does."""
    low, high = ends_of(scale)
    if line.low_is_bad:
        is_of_none, is_of_all = line.at <= low, line.at > high
    else:
        is_of_none, is_of_all = line.at >= high, line.at < low
    values = say_range(low, high)
    if is_of_none:
        return sentence(
            "No answer lies beyond {line:.10g}: values lie {range}.", line=line.at, range=values
        )
    if is_of_all:
        return sentence(
            "Every answer lies beyond {line:.10g}: values lie {range}.", line=line.at, range=values
        )
    return ""


def parse_each(each: dict[str, float]) -> Line:
    """`{below: 3}` or `{above: 60}`; equality never complains. Raises ValueError."""
    if set(each) == {"below"}:
        return Line(float(each["below"]), low_is_bad=True, inclusive=False)
    if set(each) == {"above"}:
        return Line(float(each["above"]), low_is_bad=False, inclusive=False)
    raise ValueError(sentence("Write each: {below: 3} or each: {above: 60}."))


def due_at(complained_at: datetime, within: str, hours: WorkingHours) -> datetime:
    """By when the customer is contacted, in the department's working time."""
    return add_working(complained_at, parse_span(within), hours)


def next_push(level: int, at: datetime, hours: WorkingHours) -> datetime | None:
    """When it is pushed up again after level `level` (0 staff, 1 lead, 2 director) was told at
    `at`: a working day later; None after the director."""
    if level + 1 >= len(LEVELS):
        return None
    return add_working(at, Span(1, "d"), hours)
