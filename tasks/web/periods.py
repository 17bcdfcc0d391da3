"""The period and the department that a page of figures is about, as its address says them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _

from cx_loop.models import Department, Organization, User, department_ids_of, in_language
from cx_loop.ui.words import say_day
from tasks.reads.learning import Stretch
from tasks.reads.narrowing import seen_below

DAYS = (30, 90, 365)
USUAL = 90


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days of the organisation, from `first` to `last`; None: without an end.

    `days`: of the choice it was made by, 0 for days that were typed or the whole time.
    `department`: a key, with those below it; '' for all.
    """

    stretch: Stretch
    first: date | None
    last: date | None
    days: int
    department: str

    @property
    def query(self) -> dict[str, str]:
        """What the address of a neighbouring page says of it."""
        said: dict[str, Any] = {"department": self.department}
        if self.days:
            said["days"] = self.days
        elif self.first or self.last:
            said |= {"from": self.first or "", "to": self.last or ""}
        else:
            said["days"] = "all"
        return {name: str(value) for name, value in said.items() if value}

    def url(self, path: str, **more: str) -> str:
        return f"{path}?{urlencode(self.query | more)}"

    @property
    def said(self) -> str:
        words = {
            "first": say_dated(self.first) if self.first else "",
            "last": say_dated(self.last) if self.last else "",
        }
        if self.first and self.last:
            return _("from %(first)s to %(last)s") % words
        if self.first:
            return _("since %(first)s") % words
        return _("until %(last)s") % words if self.last else _("the whole time")


def period_of(given: QueryDict, user: User, now: datetime) -> Period:
    """What was asked for; the last 90 days for whatever makes no sense."""
    zone = Organization.current().zone
    today = now.astimezone(zone).date()
    key, departments = _departments(given, user)
    first, last = _day(given.get("from", "")), _day(given.get("to", ""))
    asked, days = given.get("days", ""), 0
    # a choice that was changed says more than the days that still stand beside it
    is_chosen = bool(asked) and asked != given.get("was")
    is_typed = bool(first or last) and not (first and last and last < first)
    if asked == "all" and (is_chosen or not is_typed):
        first = last = None
    elif is_chosen or not is_typed:
        days = int(asked) if asked in {str(each) for each in DAYS} else USUAL
        first, last = today - timedelta(days=days - 1), today
    stretch = Stretch(
        since=_start(first, zone) if first else None,
        until=_start(last + timedelta(days=1), zone) if last else None,
        departments=departments,
    )
    return Period(stretch, first, last, days, key)


def month_of(raw: str, given: QueryDict, user: User, now: datetime) -> tuple[Period, date]:
    """A month of the organisation ("2026-10"), and its first day; the last whole one for anything
    else."""
    zone = Organization.current().zone
    today = now.astimezone(zone).date()
    first = _day(f"{raw}-01") or (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    last = _next_month(first) - timedelta(days=1)
    key, departments = _departments(given, user)
    stretch = Stretch(_start(first, zone), _start(_next_month(first), zone), departments)
    return Period(stretch, first, last, 0, key), first


def departments_for(user: User) -> list[tuple[str, str]]:
    """Keys and names a reader may narrow figures to: what they see."""
    seen = department_ids_of(user)
    found = Department.objects.order_by("key")
    rows = found if seen is None else found.filter(pk__in=seen)
    return [(each.key, in_language(each.name) or each.key) for each in rows]


def say_dated(day: date) -> str:
    return _("%(day)s %(year)s") % {"day": say_day(day), "year": day.year}


def _departments(given: QueryDict, user: User) -> tuple[str, tuple[int, ...] | None]:
    key = given.get("department", "").replace("\x00", "")[:80]
    if not key:
        return "", None
    inside = seen_below(user, key)
    return (key, inside) if inside else ("", None)


def _next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _day(raw: str) -> date | None:
    try:
        day = date.fromisoformat(raw[:10])
    except ValueError:
        return None
    # a day before or after it must have a name too
    return day if date(1971, 1, 1) < day < date(9000, 1, 1) else None
