"""From timelines to what `history.live_through` reads: every window of a group, as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from alerts.logic.bounds import Bounds, Windows
from alerts.logic.certain import bounds_through, spread_of, wanted
from alerts.logic.conditions import Spec
from alerts.logic.drift import Standing
from alerts.logic.drifting import learned_from, past_of_drift
from alerts.logic.evaluate import windows_needed
from alerts.logic.frames import MOMENT, Frame
from alerts.logic.history import Flags, Floats, Past, Places
from alerts.logic.measure import BASE, OWN, Part
from alerts.logic.noise import daily_of, days_before, days_between, local_span, noise_over, week_of
from cx_loop.logic.bins import Scale
from cx_loop.logic.timelines import Timeline


@dataclass(frozen=True, slots=True)
class Grid:
    """The edges of a rule over a stretch of time, the same for all its groups.

    `since`, `until`: both ends of each window in seconds since 1970; `week_since`, `week_until`:
    of the same window a week earlier, where the rule compares with it. `learned`: bounds of the
    days that what is normal is learned from, where the rule asks for it. The rest as in `Past`.
    """

    edges: list[datetime]
    starts: list[datetime]
    since: Floats
    until: Floats
    before: Places
    whole: Flags
    first: int
    week_since: Floats
    week_until: Floats
    zone: ZoneInfo
    learned: Floats

    @property
    def needs(self) -> tuple[float, float]:
        """From when to when observations matter, in seconds since 1970."""
        firsts = [ends.min() for ends in (self.since, self.week_since, self.learned) if len(ends)]
        return min(firsts, default=0.0), max(self.until, default=0.0)


def grid_of(spec: Spec, frame: Frame, since: datetime, until: datetime) -> Grid:
    """The edges e with since < e <= until, and those before that the first looks back at."""
    opening = frame.edge_after(since)
    looked_back = frame.spans(opening, windows_needed(spec))[-1][1]
    edges = list(frame.edges_between(looked_back - MOMENT, until))
    spans = [frame.spans(edge, 1)[0] for edge in edges]
    places = {edge: place for place, edge in enumerate(edges)}
    weeks = [frame.week_before(span) for span in spans] if spec.versus.is_other_time else []
    return Grid(
        edges=edges,
        starts=[start for start, _ in spans],
        since=_seconds([start for start, _ in spans]),
        until=_seconds(edges),
        before=np.array([places.get(start, -1) for start, _ in spans], dtype=np.int64),
        whole=np.array([frame.is_over(edge) for edge in edges], dtype=np.bool_),
        first=places.get(opening, len(edges)),
        week_since=_seconds([start for start, _ in weeks]),
        week_until=_seconds([end for _, end in weeks]),
        zone=frame.zone,
        learned=_learned(spec, [start for start, _ in spans], frame.zone),
    )


def _learned(spec: Spec, starts: list[datetime], zone: ZoneInfo) -> Floats:
    if not starts or not (spec.drift or wanted(spec)):
        return _seconds([])
    if spec.drift:
        since = starts[0].astimezone(zone).date()
        days = days_between(learned_from(Standing(), since), since)
        return _seconds([local_span(day, zone)[0] for day in days])
    weeks = sorted({week_of(start, zone) for start in starts})
    return _seconds([local_span(day, zone)[0] for day in days_before(weeks[0])])


def past_of(spec: Spec, scale: Scale, grid: Grid, parts: Mapping[Part, Timeline]) -> Past:
    """Every window of one group; the same figures as `measure` gives one by one."""
    if spec.drift:
        return _drifting(spec, scale, grid, parts)
    base = None
    bounds: Mapping[float, Bounds] = {}
    noise = _noise(spec, scale, grid, parts)
    if spec.spread:
        values, n = _spread(spec, scale, grid, parts)
        if wanted(spec):
            bounds = _spread_bounds(spec, scale, grid, parts, values, noise)
    else:
        own, base = Windows(parts[OWN, ""], grid.since, grid.until), _base(spec, grid, parts)
        values, n = own.values(spec.aggregate, scale)
        bounds = bounds_through(spec, own, base or _before(spec, grid, own), scale, noise)
    base_values, base_n = base.values(spec.aggregate, scale) if base else (None, None)
    return Past(
        edges=grid.edges,
        starts=grid.starts,
        before=grid.before,
        values=values,
        n=n,
        base=base_values,
        base_n=base_n,
        whole=grid.whole,
        bounds=bounds,
        first=grid.first,
    )


def _drifting(spec: Spec, scale: Scale, grid: Grid, parts: Mapping[Part, Timeline]) -> Past:
    since, last = (grid.starts[place].astimezone(grid.zone).date() for place in (0, -1))
    days = days_between(learned_from(Standing(), since), last)
    daily = daily_of(parts.values(), days, grid.zone)
    return past_of_drift(spec, scale, grid.zone, daily, since=since)


def _noise(spec: Spec, scale: Scale, grid: Grid, parts: Mapping[Part, Timeline]) -> Floats:
    """The overdispersion of every window, of the group as a whole."""
    if not wanted(spec):
        return np.ones(len(grid.edges))
    own = [timeline for (role, _), timeline in parts.items() if role == OWN]
    return noise_over(spec, scale, own, grid.starts, grid.zone)


def _base(spec: Spec, grid: Grid, parts: Mapping[Part, Timeline]) -> Windows | None:
    """What each window is compared with, where that is not the window before."""
    if spec.versus.is_other_time:
        return Windows(parts[OWN, ""], grid.week_since, grid.week_until)
    if spec.versus.is_other_part:
        return Windows(parts[BASE, ""], grid.since, grid.until)
    return None


def _before(spec: Spec, grid: Grid, own: Windows) -> Windows | None:
    """The windows before, empty where history does not reach."""
    if not spec.is_change:
        return None
    there = grid.before >= 0
    starts = np.where(there, grid.since[grid.before], 0)
    return Windows(own.timeline, starts, np.where(there, grid.until[grid.before], 0))


def _spread(
    spec: Spec, scale: Scale, grid: Grid, parts: Mapping[Part, Timeline]
) -> tuple[Floats, Floats]:
    """Largest minus smallest of the parts that suffice; fewer than two have no spread."""
    length = len(grid.edges)
    largest, smallest = np.full(length, -np.inf), np.full(length, np.inf)
    n, suffices = np.zeros(length), np.zeros(length, dtype=np.int64)
    for timeline in parts.values():
        values, samples = timeline.values(grid.since, grid.until, spec.aggregate, scale)
        enough = (samples >= spec.min_samples) & ~np.isnan(values)
        largest = np.where(enough, np.maximum(largest, values), largest)
        smallest = np.where(enough, np.minimum(smallest, values), smallest)
        suffices += enough
        n += samples
    with np.errstate(invalid="ignore"):
        return np.where(suffices > 1, largest - smallest, np.nan), n


def _spread_bounds(
    spec: Spec,
    scale: Scale,
    grid: Grid,
    parts: Mapping[Part, Timeline],
    values: Floats,
    noise: Floats,
) -> dict[float, Bounds]:
    """Of the windows beyond a line only: each is measured alone, and no other can breach."""
    found = {
        each: (np.full(len(values), np.nan), np.full(len(values), np.nan)) for each in wanted(spec)
    }
    beyond = np.zeros(len(values), dtype=np.bool_)
    for level in spec.every_level:
        low, high = level.interval
        with np.errstate(invalid="ignore"):
            beyond |= (values < low) | (values > high)
    for place in np.flatnonzero(beyond).tolist():
        totals = [each.totals(grid.since[place], grid.until[place]) for each in parts.values()]
        enough = [each for each in totals if each.samples(scale.kind) >= spec.min_samples]
        for certainty, ends in spread_of(spec, enough, scale, float(noise[place])).items():
            for side, end in zip(found[certainty], ends, strict=True):
                side[place] = end
    return found


def _seconds(moments: list[datetime]) -> Floats:
    return np.array([moment.timestamp() for moment in moments], dtype=np.float64)
