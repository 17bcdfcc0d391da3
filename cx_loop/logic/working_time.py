"""Deadlines in the working time of a department: its hours, time zone and public holidays.

A shift belongs to the local date it starts on, also when it ends after midnight. A public holiday
takes out the shifts that start on it; a make-up working day (China's Sundays before a long
holiday) is worked with Monday's hours. Wall-clock times are read as the zone's clocks show them:
one that a spring change skips is the moment of the change, one that comes twice is the first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from cx_loop.logic.public_holidays import holidays_of
from cx_loop.logic.sentences import sentence
from cx_loop.logic.wall_clock import instant_of, wall_of

Shift = tuple[time, time]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MADE_UP = None  # among the special days: worked with Monday's hours
_MONDAY = 0
_DAY = timedelta(days=1)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = timedelta(days=3660)


@dataclass(frozen=True)
class Span:
    """A length of time as written: `4h`, `14d`. In working time a `d` is a working day and a `w`
    as many of them as the department works in a week."""

    amount: int
    unit: str

    @property
    def plain(self) -> timedelta:
        """The length on an ordinary clock: a day is 24 hours, a week seven of them."""
        return timedelta(**{_UNITS[self.unit]: self.amount})


@dataclass(frozen=True)
class WorkingHours:
    """When a department works.

    `hours` maps a weekday (Monday 0) to its shifts in local time, in order; a shift whose end is
    not after its start ends on the next day. None is round the clock. `holidays` is a country
    ("CN") or a part of one ("DE-BY"); "" keeps none. `special`: what is worked on single dates
    instead, over both; MADE_UP is a day worked with Monday's hours. Raises ValueError with a
    sentence.
    """

    timezone: str = "UTC"
    hours: Mapping[int, tuple[Shift, ...]] | None = None
    holidays: str = ""
    special: Mapping[date, tuple[Shift, ...] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            raise ValueError(
                sentence(
                    "{timezone!r} is not a time zone such as Europe/Berlin.", timezone=self.timezone
                )
            ) from None
        if self.hours is not None and not any(self.hours.values()):
            raise ValueError(sentence("Working hours need at least one shift a week."))
        if self.holidays:
            holidays_of(self.holidays, 2024)

    @property
    def is_plain(self) -> bool:
        """Round the clock and without holidays: working time is time."""
        return self.hours is None and not self.holidays and not self.special

    @property
    def days_a_week(self) -> int:
        return 7 if self.hours is None else sum(1 for shifts in self.hours.values() if shifts)

    @property
    def day(self) -> timedelta:
        """How long a working day is, on the average of a week."""
        if self.hours is None:
            return _DAY
        worked = [length_of(shift) for shifts in self.hours.values() for shift in shifts]
        return sum(worked, timedelta()) / self.days_a_week


def parse_span(raw: str) -> Span:
    """`30m`, `4h`, `14d` or `1w`. Raises ValueError with a sentence."""
    text = raw.strip() if isinstance(raw, str) else ""
    amount, unit = text[:-1], text[-1:]
    if unit not in _UNITS or not (amount.isascii() and amount.isdigit()) or len(amount) > 9:
        raise ValueError(
            sentence("{raw!r} is not a length of time such as 30m, 4h, 14d or 1w.", raw=raw)
        )
    span = Span(int(amount), unit)
    if span.plain > _LONGEST:
        raise ValueError(sentence("{raw!r} is longer than ten years.", raw=raw))
    return span


def parse_hours(raw: Mapping[str, str]) -> dict[int, tuple[Shift, ...]]:
    """Shifts per weekday from `{"mon-fri": "09:00-18:00", "sat": "10:00-12:00,13:00-15:00"}`.

    `22:00-06:00` ends on the next day, `00:00-24:00` is the whole day, `fri-mon` runs over the
    week-end. Raises ValueError with a sentence.
    """
    hours: dict[int, tuple[Shift, ...]] = {}
    for days, shifts in raw.items():
        for weekday in _parse_days(days):
            if weekday in hours:
                raise ValueError(
                    sentence(
                        "{weekdays} is given twice in the working hours.",
                        weekdays=WEEKDAYS[weekday],
                    )
                )
            hours[weekday] = parse_shifts(shifts)
    if not hours:
        raise ValueError(sentence("Working hours need at least one shift a week."))
    return hours


def add_working(start: datetime, span: Span, hours: WorkingHours) -> datetime:
    """The moment (UTC) when that much working time has passed since an aware `start`.

    Minutes and hours are counted inside shifts. N working days lead to the same local time on the
    N-th working day after: a start outside hours first moves to the next shift; a time before,
    between or after that day's shifts moves to the next shift's start or, past the last, its end.
    Round the clock without holidays a day is 24 hours.
    """
    start = start.astimezone(UTC)
    if hours.is_plain or not span.amount:
        return start + span.plain
    if span.unit == "w":
        return _add_days(start, span.amount * hours.days_a_week, hours)
    if span.unit == "d":
        return _add_days(start, span.amount, hours)
    return advance(start, span.plain, hours)


def advance(start: datetime, worked: timedelta, hours: WorkingHours) -> datetime:
    """The moment (UTC) when exactly that much working time has passed since an aware `start`.

    Nothing to pass: the start itself, also outside hours.
    """
    start = start.astimezone(UTC)
    if hours.is_plain or not worked:
        return start + worked
    left = worked
    for _, begin, end in _shifts_from(start, hours):
        begin = max(begin, start)
        if left <= end - begin:
            return begin + left
        left -= end - begin
    raise AssertionError("the calendar has no end")


def working_between(a: datetime, b: datetime, hours: WorkingHours) -> timedelta:
    """Working time from one aware moment to another; negative when `b` is the earlier."""
    if b < a:
        return -working_between(b, a, hours)
    a, b = a.astimezone(UTC), b.astimezone(UTC)
    if hours.is_plain:
        return b - a
    worked = timedelta()
    for _, begin, end in _shifts_from(a, hours):
        if begin >= b:
            break
        worked += min(end, b) - max(begin, a)
    return worked


def _add_days(start: datetime, days: int, hours: WorkingHours) -> datetime:
    shifts = _shifts_from(start, hours)
    first, begin, _ = next(shifts)
    zone = ZoneInfo(hours.timezone)
    since_midnight = wall_of(max(begin, start), zone) - datetime.combine(first, time())
    day, passed = first, 0
    goal = end = start
    for shift_day, begin, end_of_shift in shifts:
        if shift_day != day:
            if passed == days:
                return end
            day, passed = shift_day, passed + 1
            goal = instant_of(datetime.combine(day, time()) + since_midnight, zone)
        end = end_of_shift
        if passed == days and goal <= end:
            return max(goal, begin)
    raise AssertionError("the calendar has no end")


def _shifts_from(
    moment: datetime, hours: WorkingHours
) -> Iterator[tuple[date, datetime, datetime]]:
    """Shifts (date, begin, end) in UTC that end at or after the moment, never overlapping."""
    zone = ZoneInfo(hours.timezone)
    # two days back, so that a night shift is cut by the one before it wherever the count begins
    day = moment.astimezone(zone).date() - 2 * _DAY
    last_end = datetime.min.replace(tzinfo=UTC)
    while True:
        for opens, closes in shifts_on(day, hours):
            closing_day = day if closes > opens else day + _DAY
            begin = max(instant_of(datetime.combine(day, opens), zone), last_end)
            end = instant_of(datetime.combine(closing_day, closes), zone)
            if begin < end:
                last_end = end
                if end >= moment:
                    yield day, begin, end
        day += _DAY


def shifts_on(day: date, hours: WorkingHours) -> tuple[Shift, ...]:
    """The shifts that start on a local date, as the clocks show them."""
    weekday = day.weekday()
    if day in hours.special:
        shifts = hours.special[day]
        if shifts is not MADE_UP:
            return shifts
        weekday = _MONDAY
    elif hours.holidays:
        off, make_up = holidays_of(hours.holidays, day.year)
        if day in off:
            return ()
        if day in make_up:
            weekday = _MONDAY
    if hours.hours is None:
        return ((time(), time()),)
    return hours.hours.get(weekday) or hours.hours.get(day.weekday(), ())


def length_of(shift: Shift) -> timedelta:
    """On the clock; one whose end is not after its start ends on the next day."""
    begin, end = (datetime.combine(date.min, each) for each in shift)
    return end - begin if end > begin else end + _DAY - begin


def _parse_days(raw: str) -> list[int]:
    found: list[int] = []
    for part in str(raw).lower().split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            raise ValueError(
                sentence("{raw!r} names no weekdays; write mon, mon-fri or sat,sun.", raw=raw)
            )
        begin = WEEKDAYS.index(first)
        length = (WEEKDAYS.index(last) - begin) % 7 if dash else 0
        found += [(begin + step) % 7 for step in range(length + 1)]
    return found


def parse_shifts(raw: str) -> tuple[Shift, ...]:
    """The shifts of one day, in order: `09:00-12:00,13:00-17:30`. Raises ValueError."""
    shifts = sorted(_parse_shift(part.strip()) for part in str(raw).split(","))
    for (begin, end), (next_begin, _) in pairwise(shifts):
        if end <= begin or next_begin < end:
            raise ValueError(sentence("The shifts of {raw!r} overlap.", raw=raw))
    return tuple(shifts)


def _parse_shift(raw: str) -> Shift:
    begin_text, _, end_text = raw.partition("-")
    begin = _parse_time(begin_text.strip(), raw)
    whole_day_end = end_text.strip() == "24:00"
    end = time() if whole_day_end else _parse_time(end_text.strip(), raw)
    if begin == end and not whole_day_end:
        raise ValueError(
            sentence(
                "{raw!r} begins and ends at the same time; a whole day is 00:00-24:00.", raw=raw
            )
        )
    return begin, end


def _parse_time(text: str, shift: str) -> time:
    hour, _, minute = text.partition(":")
    digits = hour.isdecimal() and minute.isdecimal() and len(minute) == 2
    if not digits or len(hour) > 2 or int(hour) > 23 or int(minute) > 59:
        raise ValueError(sentence("{shift!r} is not a shift such as 09:00-18:00.", shift=shift))
    return time(int(hour), int(minute))
