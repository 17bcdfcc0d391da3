"""What to mend first: importance, gap, reach, and what sticks in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

RANGE = 10.0  # from −5 to +5
QUADRANTS = ("fix_first", "keep_up", "watch", "over_served")


@dataclass(frozen=True, slots=True)
class Factors:
    """How much each factor counts: choices of design, not evidence, so all can be set.

    importance, gap, reach   exponents; 0 leaves a factor out, 2 counts its logarithm twice
    peak, end                what being the strongest or last moment adds to a factor of 1

    Raises ValueError for a negative one.
    """

    importance: float = 1.0
    gap: float = 1.0
    reach: float = 1.0
    peak: float = 0.5
    end: float = 0.5

    def __post_init__(self) -> None:
        if min(self.importance, self.gap, self.reach, self.peak, self.end) < 0:
            raise ValueError("The factors of a priority are 0 or more.")


def gap(score: float, goal: float) -> float:
    """How far a score is from its goal, of the whole scale: 0..1, both on −5..+5.

    G = clip((goal − score) / 10, 0, 1)
    """
    return min(max((goal - score) / RANGE, 0.0), 1.0)


def priority(
    *,
    importance: float,
    gap: float,
    reach: float,
    is_peak: bool = False,
    is_end: bool = False,
    factors: Factors | None = None,
) -> float:
    """P = 100 I^a G^b R^c K,  K = 1 + .5 [the peak] + .5 [the end];  a = b = c = 1.

    `importance` as a share of the journey, `gap` and `reach` (share of customers who pass) on
    0..1, otherwise ValueError. 0 where nothing is to be mended. A number to rank by within a
    journey; by itself it means nothing.
    """
    for name, part in (("importance", importance), ("gap", gap), ("reach", reach)):
        if not 0 <= part <= 1:
            raise ValueError(f"The {name} {part:g} is not on 0..1.")
    use = factors or Factors()
    if gap == 0:
        return 0.0
    kept = 1 + use.peak * is_peak + use.end * is_end
    return float(100 * importance**use.importance * gap**use.gap * reach**use.reach * kept)


def quadrant(score: float, goal: float, importance: float, touchpoints: int) -> str:
    """Where a touchpoint stands in the importance–performance matrix (Martilla & James 1977).

    Performance against its goal, importance against an equal share of 1 / `touchpoints` (1 or
    more, otherwise ValueError): fix_first, keep_up, watch or over_served. On a line it counts as
    important, and as good enough.
    """
    if touchpoints < 1:
        raise ValueError("A journey has at least one touchpoint.")
    important, good = importance >= 1 / touchpoints, score >= goal
    if important:
        return "keep_up" if good else "fix_first"
    return "over_served" if good else "watch"


def places(priorities: Sequence[float | None]) -> list[int | None]:
    """The place of each, 1 the highest; equal ones share the better place, None has none."""
    known = [each for each in priorities if each is not None]
    return [
        None if each is None else 1 + sum(other > each for other in known) for each in priorities
    ]
