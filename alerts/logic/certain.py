"""The bounds a rule's levels ask for: `Window.bounds` of one window, `Past.bounds` of a history.

Of what is compared with the line: the value, its change against a base, or a spread. Nothing is
computed for a rule without certainty. `overdispersion`: of the series' own eight weeks before the
window's week (`alerts.logic.noise`); 1.5 where nobody has looked yet.
"""

from collections.abc import Sequence

from alerts.logic.bounds import Bounds as BoundsOver
from alerts.logic.bounds import Windows, bounds_over, difference_bounds_over
from alerts.logic.conditions import Spec
from alerts.logic.confidence import Ends, bounds, difference_bounds, spread_bounds
from cx_loop.logic.bins import Scale
from cx_loop.logic.dispersion import DEFAULT_DISPERSION
from cx_loop.logic.timelines import Floats
from cx_loop.logic.totals import Totals


def wanted(spec: Spec) -> dict[float, bool]:
    """The certainties a rule's levels ask for, and whether of a change in percent."""
    levels = [level for level in spec.every_level if level.certain is not None]
    return {level.certain: level.percent for level in levels if level.certain is not None}


def bounds_of(
    spec: Spec,
    own: Totals,
    base: Totals | None,
    scale: Scale,
    overdispersion: float = DEFAULT_DISPERSION,
) -> dict[float, Ends]:
    """For `Window.bounds`; `base`: what a change is against (the window or week before, the
    other part), None where history does not reach."""
    found = {}
    for certainty, percent in wanted(spec).items():
        if not spec.is_change:
            ends = bounds(own, spec.aggregate, scale, certainty, overdispersion)
        elif base is None:
            ends = None
        else:
            ends = difference_bounds(
                own, base, spec.aggregate, scale, certainty, overdispersion, percent=percent
            )
        if ends is not None:
            found[certainty] = ends
    return found


def spread_of(
    spec: Spec,
    parts: Sequence[Totals],
    scale: Scale,
    overdispersion: float = DEFAULT_DISPERSION,
) -> dict[float, Ends]:
    """For `Window.bounds` of a spread; `parts`: those with samples enough."""
    found = {}
    for certainty in wanted(spec):
        ends = spread_bounds(parts, spec.aggregate, scale, certainty, overdispersion)
        if ends is not None:
            found[certainty] = ends
    return found


def bounds_through(
    spec: Spec,
    own: Windows,
    base: Windows | None,
    scale: Scale,
    overdispersion: float | Floats = DEFAULT_DISPERSION,
) -> dict[float, BoundsOver]:
    """For `Past.bounds`: an entry an edge, NaN where there are none; not of a spread.

    `base`: for a change, the window each is compared with; an empty one (start = end) where
    history does not reach. `overdispersion`: one for all, or one for each edge.
    """
    found = {}
    for certainty, percent in wanted(spec).items():
        asked = (spec.aggregate, scale, certainty, overdispersion)
        if base is None:
            found[certainty] = bounds_over(own, *asked)
        else:
            found[certainty] = difference_bounds_over(own, base, *asked, percent=percent)
    return found
