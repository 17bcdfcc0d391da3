"""The chart of individuals with moving ranges, and the four zone rules of Western Electric: which
points of a series are worth a look.

    R_i    = |x_i - x_{i-1}|
    sigma  = mean R / 1.128                                    d2 of two values
    limits = mean x ± 3 sigma  (± 2.66 mean R);  of a range: 3.267 mean R    D4 of two values

Sources: NIST/SEMATECH e-Handbook, 6.3.2.2 (limits) and 6.3.2 (rules); Western Electric,
Statistical Quality Control Handbook, 1956. For display alone: as a warning these rules cry wolf up
to ten times a year and touchpoint, and one to three days of eight weeks meet one by chance
(docs/methods.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

D2, D4 = 1.128, 3.267
LEAST = 20  # points below which limits are mostly chance


@dataclass(frozen=True, slots=True)
class Individuals:
    """Limits of a series, in its own unit; `ranges` are one fewer than its values."""

    center: float
    ranges: list[float]
    mean_range: float
    low: float
    high: float
    range_high: float

    @property
    def sigma(self) -> float:
        return self.mean_range / D2


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """`many` of the last `of` points lie beyond `zone` sigma, all on one side, this one too.

    `number`: as Western Electric count them.
    """

    number: int
    many: int
    of: int
    zone: float


ZONE_RULES = (
    ZoneRule(1, 1, 1, 3),
    ZoneRule(2, 2, 3, 2),
    ZoneRule(3, 4, 5, 1),
    ZoneRule(4, 8, 8, 0),
)


def individuals(values: Sequence[float]) -> Individuals:
    """The chart of at least two values, in order. Raises ValueError for fewer."""
    if len(values) < 2:
        raise ValueError("a moving range needs two values")
    center = sum(values) / len(values)
    ranges = [abs(after - before) for before, after in pairwise(values)]
    mean = sum(ranges) / len(ranges)
    reach = 3 * mean / D2
    return Individuals(center, ranges, mean, center - reach, center + reach, D4 * mean)


def meets(rule: ZoneRule, z: Sequence[float]) -> list[int]:
    """Places (0-based) in z, distances from the center in sigma, where a rule is met.

    Before its window is full a rule says nothing; on the line is not beyond it.
    """
    found = []
    for place in range(rule.of - 1, len(z)):
        side = 1 if z[place] > 0 else -1
        window = z[place - rule.of + 1 : place + 1]
        beyond = [side * each > rule.zone for each in window]
        if beyond[-1] and sum(beyond) >= rule.many:
            found.append(place)
    return found


def worth_a_look(values: Sequence[float]) -> dict[int, ZoneRule]:
    """Place (0-based) -> the first of the rules it meets; nothing of a series too short or without
    any variation."""
    if len(values) < LEAST:
        return {}
    chart = individuals(values)
    if not chart.sigma:
        return {}
    z = [(value - chart.center) / chart.sigma for value in values]
    found: dict[int, ZoneRule] = {}
    for rule in ZONE_RULES:
        for place in meets(rule, z):
            found.setdefault(place, rule)
    return dict(sorted(found.items()))
