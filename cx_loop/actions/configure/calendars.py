"""The calendar of a department, as a part of its entry: hours, public holidays, special days."""

from typing import Any

from cx_loop.actions.configure.kinds import Draft
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.tree import Node
from cx_loop.logic.special_days import check_entries, entry_of
from cx_loop.logic.working_time import WorkingHours, parse_hours
from cx_loop.models import Calendar, Department


def read_calendar(draft: Draft, department: Node) -> Form | None:
    node = department.fields.get("calendar")
    if node is None or node.content is None:
        return None
    organization = draft.form("organization", "") or {"timezone": "UTC"}
    calendar = {
        "timezone": node.value("timezone", organization["timezone"]),
        "hours": node.value("hours", {}),
        "holidays": node.value("holidays", ""),
    }
    for wrong in calendar:
        try:
            _check(wrong, calendar[wrong])
        except ValueError as refusal:
            draft.report.refuse(node.at(wrong), str(refusal))
    return {**calendar, **_special(_read_special_days(draft, node.at("special_days")))}


def form_of_calendar(calendar: Calendar) -> Form:
    form = {
        "timezone": calendar.timezone,
        "hours": calendar.hours,
        "holidays": calendar.holidays,
    }
    return {**form, **_special(calendar.special_days)}


def save_calendar(department: Department, form: Form | None) -> None:
    old = department.calendar
    columns = {"special_days": [], **form} if form is not None else {}
    if form is not None and old is not None:
        Calendar.objects.filter(pk=old.pk).update(**columns)
        return
    department.calendar = Calendar.objects.create(**columns) if form is not None else None
    department.save(update_fields=["calendar"])
    if old is not None:
        old.delete()


def _special(days: list[dict[str, Any]]) -> Form:
    """Said only where there are some, so files applied before they existed stay as applied."""
    return {"special_days": days} if days else {}


def _read_special_days(draft: Draft, node: Node) -> list[dict[str, Any]]:
    found = []
    for each in node.items:
        try:
            found.append(entry_of(each.plain))
        except ValueError as refusal:
            draft.report.refuse(each, str(refusal))
    try:
        check_entries(found)
    except ValueError as refusal:
        draft.report.refuse(node, str(refusal))
    return sorted(found, key=lambda each: each["from"])


def _check(name: str, value: Any) -> None:
    if name == "timezone":
        WorkingHours(timezone=value)
    elif name == "holidays":
        WorkingHours(holidays=value)
    elif value:
        parse_hours(value)
