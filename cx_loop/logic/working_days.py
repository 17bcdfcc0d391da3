"""Working hours as people read and write them: a text for each weekday, and days one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from holidays import list_supported_countries

from cx_loop.logic.public_holidays import holiday_names, holidays_of
from cx_loop.logic.working_time import (
    MADE_UP,
    WEEKDAYS,
    Shift,
    WorkingHours,
    length_of,
    parse_hours,
    shifts_on,
)

DayName = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WorkDay:
    """A local date. `holiday`: the name of the public holiday that is kept, or what the
    calendar calls the day, a text or one per language, else "".

    `is_made_up`: worked with Monday's hours for another day that is off. `is_special`: the calendar
    says it of this date alone. `hours`: of work that starts on it.
    """

    day: date
    shifts: tuple[str, ...]
    hours: float
    holiday: DayName = ""
    is_made_up: bool = False
    is_special: bool = False


def days_from(
    first: date, count: int, hours: WorkingHours, names: Mapping[date, DayName] | None = None
) -> list[WorkDay]:
    """So many days from a local date on, as the deadlines count them. `names`: of special days."""
    return [_day(first + timedelta(days=at), hours, names or {}) for at in range(count)]


def texts_of(hours: Mapping[str, str]) -> dict[str, str]:
    """{"mon": "09:00-18:00", …} of {"mon-fri": "09:00-18:00"}; days without work are left out."""
    if not hours:
        return {}
    return {
        WEEKDAYS[weekday]: ", ".join(_said(shift) for shift in shifts)
        for weekday, shifts in sorted(parse_hours(hours).items())
        if shifts
    }


def hours_written(texts: Mapping[str, str]) -> dict[str, str]:
    """The way back, with neighbours that are alike as one: {"mon-fri": "09:00-18:00"}."""
    found: list[tuple[int, int, str]] = []
    for weekday, name in enumerate(WEEKDAYS):
        text = ",".join(part.strip() for part in texts.get(name, "").split(","))
        if not text:
            continue
        if found and found[-1][1] == weekday - 1 and found[-1][2] == text:
            found[-1] = (found[-1][0], weekday, text)
        else:
            found.append((weekday, weekday, text))
    return {
        WEEKDAYS[first] if first == last else f"{WEEKDAYS[first]}-{WEEKDAYS[last]}": text
        for first, last, text in found
    }


def countries() -> list[str]:
    """Codes of countries whose public holidays are known."""
    return sorted(code for code in list_supported_countries() if len(code) == 2)


def _day(day: date, hours: WorkingHours, names: Mapping[date, DayName]) -> WorkDay:
    shifts = shifts_on(day, hours)
    off, make_up = holidays_of(hours.holidays, day.year) if hours.holidays else ((), ())
    is_special = day in hours.special
    is_kept = day in off and not is_special
    holiday = holiday_names(hours.holidays, day) if is_kept else names.get(day, "")
    return WorkDay(
        day=day,
        shifts=tuple(_said(shift) for shift in shifts),
        hours=sum((length_of(shift) for shift in shifts), timedelta()) / timedelta(hours=1),
        holiday=holiday,
        is_made_up=hours.special[day] is MADE_UP if is_special else day in make_up,
        is_special=is_special,
    )


def _said(shift: Shift) -> str:
    begin, end = shift
    return f"{begin:%H:%M}-{'24:00' if end == time() else format(end, '%H:%M')}"
