"""A curve by week for each figure of the headline: which way it goes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from cx_loop.models import Organization, User
from cx_loop.ui.sparks import spark
from cx_loop.ui.words import say_short_day
from tasks.reads.loop import Loop
from tasks.reads.loop_rounds import Timed
from tasks.reads.loop_weeks import Week, weeks_of
from tasks.web.figures import Figure, sayer_of
from tasks.web.periods import Period

MOST_WEEKS = 53
FEWEST = 4  # weeks with something in them: of fewer a curve says nothing
HOUR = timedelta(hours=1)
Value = float | None


def with_curves(
    figures: Sequence[Figure], user: User, period: Period, loop: Loop, *, now: datetime
) -> list[Figure]:
    """The headline, each with its curve; without one where there are fewer than two weeks."""
    zone = Organization.current().zone
    weeks = weeks_of(user, period.stretch, now=now, zone=zone)
    answered, fixed = _by_week(loop.answered, zone), _by_week(loop.fixed, zone)
    mondays = _mondays([*weeks, *answered, *fixed])
    columns: list[list[Value]] = [
        [_hours(answered.get(monday)) for monday in mondays],
        [_hours(fixed.get(monday)) for monday in mondays],
        *(
            [_percent(weeks.get(monday), part, whole) for monday in mondays]
            for part, whole in _SHARES
        ),
    ]
    say = sayer_of(loop.whole)
    says = [*([lambda value: say(value * HOUR)] * 2), *([_say_percent] * len(_SHARES))]
    return [
        _drawn(figure, mondays, values, say)
        for figure, values, say in zip(figures, columns, says, strict=True)
    ]


# in the order of the headline: late, escalated, proven, relapsed
_SHARES: list[tuple[Callable[[Week], int], Callable[[Week], int]]] = [
    (lambda week: week.late, lambda week: week.due),
    (lambda week: week.lead, lambda week: week.opened),
    (lambda week: week.proven, lambda week: week.judged),
    (lambda week: week.relapsed, lambda week: week.worked),
]


def _drawn(
    figure: Figure, mondays: Sequence[date], values: Sequence[Value], say: Callable[[float], str]
) -> Figure:
    said = [
        f"{say_short_day(monday)}: {say(value)}"
        for monday, value in zip(mondays, values, strict=True)
        if value is not None
    ]
    if len(said) < FEWEST:
        return figure
    words = {"values": ", ".join(said)}
    return replace(figure, spark=spark(values), spark_said=_("By week: %(values)s") % words)


def _by_week(timed: Sequence[Timed], zone: ZoneInfo) -> Mapping[date, list[timedelta]]:
    found: dict[date, list[timedelta]] = {}
    for each in timed:
        day = each.opened_at.astimezone(zone).date()
        found.setdefault(day - timedelta(days=day.weekday()), []).append(each.length)
    return found


def _mondays(known: Sequence[date]) -> list[date]:
    """Every week from the first to the last: a gap stays a gap."""
    if not known:
        return []
    first, last = min(known), max(known)
    first = max(first, last - timedelta(weeks=MOST_WEEKS - 1))
    return [first + timedelta(weeks=week) for week in range((last - first).days // 7 + 1)]


def _hours(lengths: Sequence[timedelta] | None) -> Value:
    return median(length / HOUR for length in lengths) if lengths else None


def _percent(week: Week | None, part: Callable[[Week], int], whole: Callable[[Week], int]) -> Value:
    return 100 * part(week) / whole(week) if week and whole(week) else None


def _say_percent(value: float) -> str:
    return f"{value:.0f} %"
