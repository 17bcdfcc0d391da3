"""The working time of a department, as its calendar says."""

from cx_loop.logic.working_time import WorkingHours, parse_hours
from cx_loop.models import Department


def hours_of(department: Department) -> WorkingHours:
    """Working time of a department; without a calendar round the clock."""
    calendar = department.calendar
    if calendar is None:
        return WorkingHours()
    return WorkingHours(
        timezone=calendar.timezone,
        hours=parse_hours(calendar.hours) if calendar.hours else None,
        holidays=calendar.holidays,
    )
