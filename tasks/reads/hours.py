"""The working time of a department, as its calendar says."""

from cx_loop.logic.special_days import hours_kept
from cx_loop.logic.working_time import WorkingHours
from cx_loop.models import Department


def hours_of(department: Department) -> WorkingHours:
    """Working time of a department; without a calendar round the clock."""
    calendar = department.calendar
    if calendar is None:
        return WorkingHours()
    return hours_kept(calendar.timezone, calendar.hours, calendar.holidays, calendar.special_days)
