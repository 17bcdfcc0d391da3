"""A rule tried on stored history before it is saved: by the very steps that live evaluation takes.

Rollups of all groups are read as arrays once, in parts of a few dozen groups, so that progress
can be told and memory stays flat.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

import numpy as np

from alerts.actions.drafts import Draft
from alerts.actions.groups import watched_touchpoints
from alerts.logic.conditions import Spec
from alerts.logic.grouping import GroupName, Groups, StoredSeries, groups_of, parts_by_key
from alerts.logic.history import Past, live_through
from alerts.logic.pasts import Grid, grid_of, past_of
from alerts.logic.trial import MONTH, WouldHave, alerts_of, suggest_line, tasks_of
from alerts.logic.worst import Drawn, drawn
from alerts.models import RuleVersion
from cx_loop.history import timelines_of
from cx_loop.logic.bins import Scale
from cx_loop.models import COARSE, FINE, Organization, Series, Touchpoint, Viewer

LONGEST = timedelta(days=366)
AT_ONCE = 25  # groups read together

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have done from `since` to `until`.

    `windows` were judged, of which `insufficient` could not be. `tasks`: touchpoint -> tasks.
    `suggested`: the line that keeps within the budget asked for, and the alerts it would raise.
    `drawn`: the group that would have raised the most alerts, day by day; None without data.
    """

    since: datetime
    until: datetime
    groups: int
    alerts: list[WouldHave]
    windows: int
    insufficient: int
    tasks: dict[int, int] = field(default_factory=dict)
    suggested: tuple[float, int] | None = None
    drawn: Drawn | None = None

    @property
    def weeks(self) -> float:
        return (self.until - self.since) / timedelta(weeks=1)

    @property
    def longest(self) -> timedelta:
        return max((alert.lasted(self.until) for alert in self.alerts), default=timedelta(0))


def preview(
    draft: Draft,
    *,
    viewer: Viewer,
    since: datetime,
    until: datetime,
    alerts_a_month: float | None = None,
    progress: Progress = lambda done, of: None,
) -> Trial:
    """Try a rule on what the viewer sees of its touchpoints, at every edge e, since < e <= until.

    With `alerts_a_month` also the line that would have kept to it.
    """
    spec, scale = draft.spec, draft.metric.scale
    groups = groups_of(spec, _series(draft, viewer))
    zone = Organization.current().zone
    grid = grid_of(spec, spec.frame(zone), since, until)
    pasts = {}
    alerts: list[WouldHave] = []
    insufficient = 0
    for name, past in _pasts(spec, scale, grid, groups):
        lived = live_through(spec, past)
        alerts += alerts_of(name, past, lived)
        insufficient += lived.insufficient
        pasts[name] = past
        progress(len(pasts), len(groups))
    suggested = None
    if alerts_a_month is not None:
        suggested = _suggested(spec, pasts, alerts_a_month * ((until - since) / MONTH))
    return Trial(
        since=since,
        until=until,
        groups=len(groups),
        alerts=sorted(alerts, key=lambda alert: (alert.since, alert.group.touchpoint)),
        windows=len(groups) * (len(grid.edges) - grid.first),
        insufficient=insufficient,
        tasks=tasks_of(alerts),
        suggested=suggested,
        drawn=drawn(spec, pasts, alerts, zone),
    )


def _series(draft: Draft, viewer: Viewer) -> Iterator[StoredSeries]:
    watched = watched_touchpoints(RuleVersion(watches=draft.watches))
    seen = Touchpoint.objects.filter(pk__in=watched).visible_to(viewer).order_by()
    rows = Series.objects.filter(metric=draft.metric, touchpoint__in=seen).order_by("pk")
    for row in rows.values_list("pk", "touchpoint", "segment", "channel", "location"):
        yield StoredSeries(*row)


def _pasts(
    spec: Spec, scale: Scale, grid: Grid, groups: Groups
) -> Iterator[tuple[GroupName, Past]]:
    if not grid.edges:
        return
    first, last = (datetime.fromtimestamp(at, UTC) for at in grid.needs)
    grain = _grain(grid)
    for names in _batches(groups, AT_ONCE):
        part = {name: groups[name] for name in names}
        timelines = timelines_of(parts_by_key(part), first, last, grain)
        for name, series in part.items():
            yield name, past_of(spec, scale, grid, {each: timelines[name, each] for each in series})


def _grain(grid: Grid) -> int:
    """Hours, unless an edge lies between: of short windows, or midnight in some zones."""
    ends = [grid.since, grid.until, grid.week_since, grid.week_until, grid.learned]
    whole = not np.any(np.concatenate(ends) % (60 * COARSE))
    return COARSE if whole else FINE


def _batches(names: Iterable[GroupName], size: int) -> Iterator[list[GroupName]]:
    rest = iter(names)
    while batch := list(islice(rest, size)):
        yield batch


def _suggested(
    spec: Spec, pasts: dict[GroupName, Past], allowed: float
) -> tuple[float, int] | None:
    values = [past.values[past.n >= spec.min_samples] for past in pasts.values()]

    def count(tried: Spec) -> int:
        return sum(
            len(alerts_of(name, past, live_through(tried, past))) for name, past in pasts.items()
        )

    return suggest_line(spec, np.concatenate([np.zeros(0), *values]), allowed, count)
