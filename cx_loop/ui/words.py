"""Times, durations and numbers as people say them, in the reader's language.

Every moment is given aware and said in a zone that is given too; nothing here reads a clock.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from cx_loop.logic.working_time import WEEKDAYS

DAY = timedelta(days=1)
PERCENT = frozenset({"rate", "top_box", "share_above", "share_below"})


def say_duration(length: timedelta) -> str:
    """The two largest units: 2 d 4 h, 3 h 20 min, 25 min; under a minute counts as one."""
    minutes = max(1, round(abs(length).total_seconds() / 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days >= 10 or (days and not hours):
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if days:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    return _say_hours(hours, minutes)


def say_working_time(length: timedelta, day: timedelta = DAY) -> str:
    """9 days round the clock, 4.5 working days of so many hours each, or 3 h 20 min.

    `day`: how long a working day is there. Short of two of them it is said in hours: "1 day 2 h"
    would be 26 hours to one reader and ten to another.
    """
    if day >= DAY:
        return say_duration(length)
    minutes = max(1, round(abs(length) / timedelta(minutes=1)))
    if abs(length) < 2 * day:
        return _say_hours(*divmod(minutes, 60))
    days = length / day
    count = round(days) if days >= 10 else round(2 * days) / 2
    said = {"count": say_number(count)}
    return ngettext("%(count)s working day", "%(count)s working days", int(count)) % said


def _say_hours(hours: int, minutes: int) -> str:
    if hours and minutes:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    if hours:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(minutes)s min") % {"minutes": minutes}


def say_day(day: date) -> str:
    """Fri 21 Nov; 11月21日 周五."""
    words = {"weekday": _weekday(day), "day": day.day, "month": _month(day)}
    # Translators: parts of a date in the order of the language
    return pgettext("day", "%(weekday)s %(day)s %(month)s") % words


def say_short_day(day: date) -> str:
    """21 Nov; 11月21日: a tick of a chart."""
    words = {"day": day.day, "month": _month(day)}
    return pgettext("day", "%(day)s %(month)s") % words


def say_month(day: date) -> str:
    """Nov 2025; 2025年11月."""
    words = {"month": _month(day), "year": day.year}
    return pgettext("month of a year", "%(month)s %(year)s") % words


def say_moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """today 16:20, or Fri 21 Nov 16:20; another year is named."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    words = {"day": say_day(local.date()), "time": f"{local:%H:%M}", "year": local.year}
    if local.date() == today:
        return _("today %(time)s") % words
    if local.date() == today + timedelta(days=1):
        return _("tomorrow %(time)s") % words
    if local.date() == today - timedelta(days=1):
        return _("yesterday %(time)s") % words
    if local.year != today.year:
        return pgettext("moment", "%(day)s %(year)s %(time)s") % words
    return pgettext("moment", "%(day)s %(time)s") % words


def say_deadline(due: datetime, now: datetime) -> str:
    """due in 3 h, or late by 2 h: lateness is said once and in words."""
    length = say_duration(due - now)
    return (_("late by %(length)s") if due < now else _("due in %(length)s")) % {"length": length}


def say_ago(at: datetime, now: datetime) -> str:
    if now - at < timedelta(minutes=1):
        return _("just now")
    return _("%(length)s ago") % {"length": say_duration(now - at)}


def say_number(value: float | None) -> str:
    """4,310 · 42 · 4.3 · 0.08: as many decimals as still mean something."""
    if value is None:
        return "–"
    decimals = 0 if abs(value) >= 100 or value == round(value) else 1 if abs(value) >= 1 else 2
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def say_value(value: float | None, unit: str) -> str:
    """42 min, 38 %; a unit that is a Latin letter stands apart in both languages."""
    return f"{say_number(value)} {say_unit(unit)}".rstrip() if value is not None else "–"


def say_unit(unit: str) -> str:
    """A configured unit in the reader's language, where it is one of the customary ones."""
    known = {
        "min": pgettext("unit", "min"),
        "h": pgettext("unit", "h"),
        "s": pgettext("unit", "s"),
        "d": pgettext("unit", "d"),
    }
    return known.get(unit, unit)


def unit_of(kind: str, unit: str, aggregate: str) -> str:
    """The unit an aggregate of a metric is in: percent, the metric's own, or none."""
    if aggregate in PERCENT:
        return "%"
    if aggregate in {"count", "nps"}:
        return ""
    return unit if kind in {"duration", "score", "count"} else ""


def say_hours(hours: Mapping[str, str]) -> str:
    """{"mon-fri": "09:00-18:00"} as Mon–Fri 09:00-18:00; 周一至周五 09:00-18:00."""
    return ", ".join(
        f"{'/'.join(_say_weekdays(part) for part in days.split(','))} {shifts}"
        for days, shifts in hours.items()
    )


def _say_weekdays(days: str) -> str:
    parts = days.lower().split("-")
    words = [say_weekday(WEEKDAYS.index(day.strip())) for day in parts]
    if len(words) < 2:
        return words[0]
    # Translators: from one weekday to another
    return pgettext("weekdays", "%(first)s–%(last)s") % {"first": words[0], "last": words[1]}


def say_count(n: int, cap: int) -> str:
    """Counting stops at the cap: 1,000+."""
    return f"{cap:,}+" if n > cap else f"{n:,}"


# lazy, and said one at a time: a list of the queue says a hundred of them
_WEEKDAYS = [
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
]
_MONTHS = [
    pgettext_lazy("month", "Jan"),
    pgettext_lazy("month", "Feb"),
    pgettext_lazy("month", "Mar"),
    pgettext_lazy("month", "Apr"),
    pgettext_lazy("month", "May"),
    pgettext_lazy("month", "Jun"),
    pgettext_lazy("month", "Jul"),
    pgettext_lazy("month", "Aug"),
    pgettext_lazy("month", "Sep"),
    pgettext_lazy("month", "Oct"),
    pgettext_lazy("month", "Nov"),
    pgettext_lazy("month", "Dec"),
]


def say_weekday(number: int) -> str:
    """A day of the week by its number, Monday 0."""
    return str(_WEEKDAYS[number])


def _weekday(day: date) -> str:
    return say_weekday(day.weekday())


def _month(day: date) -> str:
    return str(_MONTHS[day.month - 1])
