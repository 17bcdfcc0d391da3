"""How noisy a series was before a window began: one overdispersion for each week of windows.

A window is held against the 56 local days before the Monday of the week it begins in. They end
before it begins, otherwise the drop a rule waits for would pass for noise; and one figure a week
is known to every evaluation of that week, live or tried on history, and found once.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from alerts.logic.conditions import Spec
from alerts.logic.confidence import overdispersion
from cx_loop.logic.bins import Scale
from cx_loop.logic.dispersion import DEFAULT_DISPERSION, HISTORY_DAYS
from cx_loop.logic.timelines import Floats, Timeline
from cx_loop.logic.totals import Totals

Noise = Callable[[datetime], float]  # of a window, by its beginning


def unlooked(start: datetime) -> float:
    """The noise of a series nobody has looked at."""
    return DEFAULT_DISPERSION


def week_of(start: datetime, zone: ZoneInfo) -> date:
    """The local Monday at or before the beginning of a window."""
    day = start.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def days_before(week: date) -> list[date]:
    """The local days that a week's windows are held against, oldest first."""
    return [week - timedelta(days=back) for back in range(HISTORY_DAYS, 0, -1)]


def days_between(first: date, last: date) -> list[date]:
    """Both included."""
    return [first + timedelta(days=place) for place in range((last - first).days + 1)]


def local_span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """[00:00, 24:00) of a local day, in UTC."""
    ends = (datetime.combine(each, time(), tzinfo=zone) for each in (day, day + timedelta(days=1)))
    start, end = (each.astimezone(UTC) for each in ends)
    return start, end


def noise_of(spec: Spec, scale: Scale, week: date, daily: Mapping[date, Totals]) -> float:
    """The overdispersion of a week's windows. `daily`: totals of the whole group by local day."""
    days = days_before(week)
    totals = [daily[day] for day in days]
    return overdispersion(days[0], totals, spec.aggregate, scale, window=spec.window)


def daily_of(
    timelines: Iterable[Timeline], days: Iterable[date], zone: ZoneInfo
) -> dict[date, Totals]:
    """Totals of local days of several timelines together."""
    timelines, found = list(timelines), {}
    for day in days:
        start, end = (moment.timestamp() for moment in local_span(day, zone))
        found[day] = Totals.combined(each.totals(start, end) for each in timelines)
    return found


def noise_over(
    spec: Spec,
    scale: Scale,
    timelines: Iterable[Timeline],
    starts: Iterable[datetime],
    zone: ZoneInfo,
) -> Floats:
    """The overdispersion of many windows, by their beginnings."""
    weeks = [week_of(start, zone) for start in starts]
    asked = sorted(set(weeks))
    days = sorted({day for week in asked for day in days_before(week)})
    daily = daily_of(timelines, days, zone)
    known = {week: noise_of(spec, scale, week, daily) for week in asked}
    return np.array([known[week] for week in weeks], dtype=np.float64)
