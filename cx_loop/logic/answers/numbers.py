"""The number an answer stands for, and how it is put onto the scale of a metric."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cx_loop.logic.answers.response import Value

# "5 - It's extremely important", "9分", "4 stars", "10 非常满意"
_LEADING = re.compile(
    r"([+-]?\d+(?:[.,]\d+)?)(?:\s*(?:分|星|stars?\b|[-–—:：.、)）]\s).*|\s+\D.*)?"
)
_WIDE = str.maketrans("０１２３４５６７８９．－", "0123456789.-")


@dataclass(frozen=True, slots=True)
class Ends:
    """Lowest and highest answer of a question, and whether the highest is the best one."""

    low: float
    high: float
    higher_is_better: bool

    @property
    def length(self) -> float:
        return self.high - self.low


def number_of(value: Value, values: Mapping[str, float] | None = None) -> float | None:
    """The number of an answer, by the table of its texts where there is one; None where it is none.

    A table is matched without regard to case and outer blanks. True and false are no numbers
    unless the table says so.
    """
    if isinstance(value, list):
        return number_of(value[0], values) if len(value) == 1 else None
    if values:
        found = values.get(said(value))
        if found is not None:
            return found
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e15 else None  # NaN and infinities are no answers
    whole = _LEADING.fullmatch(value.strip().translate(_WIDE))
    return float(whole[1].replace(",", ".")) if whole else None


def said(value: Value) -> str:
    """An answer as tables know it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().casefold()


def onto(number: float, asked: Ends, metric: Ends) -> float | None:
    """An answer on the scale of its metric; None where it lies outside the scale it was asked on.

    Shifted when the question counts from elsewhere (0–4 for 1–5), turned around when its best
    answer is the other end. Both scales are of one length: `fits` says so.
    """
    if not asked.low <= number <= asked.high:
        return None
    if asked.higher_is_better != metric.higher_is_better:
        number = asked.low + asked.high - number
    return number - asked.low + metric.low


def fits(asked: Ends, metric: Ends) -> bool:
    """Whether answers can be put onto the metric's scale without inventing steps between them."""
    return asked.length > 0 and asked.length == metric.length
