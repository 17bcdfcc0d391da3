"""Which windows a rule looks at: a length that rolls along, or the day, week or month so far.

A rolling window ends on edges of `edges.py`. A calendar window begins at local midnight (weeks
on Monday) and ends at the edge: every full hour counted from midnight, and midnight itself. So
a day of 23 or 25 hours, a month and a year end exactly where people expect it, also in zones
whose offset is no whole hour. The window before is the whole period before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

from alerts.logic import edges

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
MOMENT = timedelta.resolution
EVERYWHERE = ZoneInfo("UTC")
# period -> the length that stands for it where one length is asked for
PERIODS = {"day": DAY, "week": WEEK, "month": timedelta(days=30)}
Span = tuple[datetime, datetime]


class Frame(Protocol):
    """All moments are aware; what comes back is in UTC; spans are half-open [start, end).

    `zone`: of the organisation, whose days a rule's history is told by.
    """

    @property
    def zone(self) -> ZoneInfo: ...

    def edge_at_or_before(self, moment: datetime) -> datetime:
        """The last edge that is not after the moment."""

    def edge_after(self, moment: datetime) -> datetime:
        """The first edge strictly after the moment."""

    def edges_between(self, after: datetime, upto: datetime) -> Iterator[datetime]:
        """The edges e with after < e <= upto, oldest first."""

    def spans(self, edge: datetime, count: int) -> list[Span]:
        """Adjacent windows, newest first; the newest ends at the edge."""

    def week_before(self, span: Span) -> Span:
        """The same window a week earlier."""

    def is_over(self, edge: datetime) -> bool:
        """Whether the window that ends at the edge is whole."""

    def touched(self, since: datetime, until: datetime) -> Span:
        """(after, upto): edges e with after < e <= upto have a newest window that may hold data
        from [since, until]."""


@dataclass(frozen=True, slots=True)
class Rolling:
    """[edge - length, edge)."""

    length: timedelta
    zone: ZoneInfo = EVERYWHERE

    def edge_at_or_before(self, moment: datetime) -> datetime:
        return edges.edge_at_or_before(moment, self.length)

    def edge_after(self, moment: datetime) -> datetime:
        return edges.edge_after(moment, self.length)

    def edges_between(self, after: datetime, upto: datetime) -> Iterator[datetime]:
        return edges.edges_between(after, upto, self.length)

    def spans(self, edge: datetime, count: int) -> list[Span]:
        ends = [edge - back * self.length for back in range(count + 1)]
        return [(start, end) for end, start in pairwise(ends)]

    def week_before(self, span: Span) -> Span:
        return span[0] - WEEK, span[1] - WEEK

    def is_over(self, edge: datetime) -> bool:
        return True

    def touched(self, since: datetime, until: datetime) -> Span:
        return since, until + self.length


@dataclass(frozen=True, slots=True)
class Calendar:
    """[local start of the day, week or month, edge) in the time zone of the organisation."""

    period: str
    zone: ZoneInfo

    def edge_at_or_before(self, moment: datetime) -> datetime:
        begun = self._midnight(_day_of(moment, self.zone))
        return begun + (moment - begun) // HOUR * HOUR

    def edge_after(self, moment: datetime) -> datetime:
        midnight = self._midnight(_day_of(moment, self.zone) + DAY)
        return min(self.edge_at_or_before(moment) + HOUR, midnight)

    def edges_between(self, after: datetime, upto: datetime) -> Iterator[datetime]:
        edge = self.edge_after(after)
        while edge <= upto:
            yield edge
            edge = self.edge_after(edge)

    def spans(self, edge: datetime, count: int) -> list[Span]:
        found = []
        for _ in range(count):
            start = self.start_of(edge)
            found.append((start, edge))
            edge = start
        return found

    def start_of(self, edge: datetime) -> datetime:
        """Where the period began that is under way at the edge, or that ends there."""
        return self._midnight(_first_day(_day_of(edge - MOMENT, self.zone), self.period))

    def week_before(self, span: Span) -> Span:
        """By the local clock: 9:00 is compared with 9:00, also over a clock change."""
        start, end = (self._a_week_earlier(moment) for moment in span)
        return start, max(start, end)

    def is_over(self, edge: datetime) -> bool:
        return self.start_of(edge + MOMENT) == edge

    def touched(self, since: datetime, until: datetime) -> Span:
        first = _first_day(_day_of(until, self.zone), self.period)
        return since, self._midnight(_next_first(first, self.period))

    def _a_week_earlier(self, moment: datetime) -> datetime:
        local = moment.astimezone(self.zone).replace(tzinfo=None) - WEEK
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def _midnight(self, day: date) -> datetime:
        return _midnight(day, self.zone)


@dataclass(frozen=True, slots=True)
class Days(Calendar):
    """Whole local days, judged once each when they are over."""

    def edge_at_or_before(self, moment: datetime) -> datetime:
        return self._midnight(_day_of(moment, self.zone))

    def edge_after(self, moment: datetime) -> datetime:
        return self._midnight(_day_of(moment, self.zone) + DAY)

    def is_over(self, edge: datetime) -> bool:
        return True


def frame_of(window: timedelta, period: str, zone: ZoneInfo, *, daily: bool = False) -> Frame:
    """The frame of a rule; the edges of a rolling one are the same in every zone. `daily`: it is
    judged a whole local day at a time, however long its window."""
    if daily:
        return Days("day", zone)
    return Calendar(period, zone) if period else Rolling(window, zone)


@lru_cache(maxsize=4_096)
def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _day_of(moment: datetime, zone: ZoneInfo) -> date:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone, otherwise its day is a guess")
    return moment.astimezone(zone).date()


def _first_day(day: date, period: str) -> date:
    if period == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if period == "week" else day


def _next_first(first: date, period: str) -> date:
    if period == "month":
        return (first + timedelta(days=31)).replace(day=1)
    return first + PERIODS[period]
