"""Taking a list of tasks away as a file: what stands in it, and that it was taken."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from alerts.models import Severity
from cx_loop.models import Actor, Organization, in_language, record
from cx_loop.ui.sheets import Cell, Sheet, check_length, chunks_of, in_zone
from tasks.models import Task
from tasks.notices import (
    PAIN_CATEGORIES,
    RESOLUTIONS,
    ROOT_CAUSES,
    STATES,
    segment_names,
    title_of,
)


def export_tasks(
    tasks: QuerySet[Task], *, kind: str, by: Actor, now: datetime, asked: str = ""
) -> Sheet:
    """The tasks as a sheet, in the reader's language; the trail says who took which list.

    `asked`: the filters, as they stood in the address. Raises TooLong.
    """
    check_length(tasks, kind)
    related = tasks.select_related(
        "touchpoint", "metric", "department", "answerable_department", "assignee"
    )
    segments, zone = segment_names(), Organization.current_zone()
    params = {"format": kind, "asked": asked[:300]}
    record(verb="exported", subject="tasks", subject_id=0, by=by, now=now, params=params)

    def cells(part: list[Task]) -> Iterator[list[Cell]]:
        return (_cells(task, segments, now) for task in part)

    return Sheet(
        f"tasks-{now.astimezone(zone):%Y-%m-%d}", _titles(), chunks_of(related, cells), zone
    )


def _titles() -> list[str]:
    zone = Organization.current_zone()
    return [
        _("Number"),
        _("Title"),
        _("State"),
        _("Severity"),
        _("Touchpoint"),
        _("Metric"),
        _("Segment"),
        _("Department"),
        _("Answerable department"),
        _("Assignee"),
        _("E-mail"),
        in_zone(_("Opened"), zone),
        in_zone(_("Answer by"), zone),
        in_zone(_("Resolve by"), zone),
        _("Late now"),
        _("Was late"),
        _("Episode"),
        _("Escalation level"),
        _("Pain category"),
        _("Root cause"),
        _("Countermeasure"),
        in_zone(_("Fixed"), zone),
        in_zone(_("Submitted"), zone),
        in_zone(_("Closed"), zone),
        _("Resolution"),
        _("Self-recovered"),
        _("Address"),
    ]


def _cells(task: Task, segments: dict[str, str], now: datetime) -> list[Cell]:
    return [
        task.number,
        title_of(task, segments),
        str(STATES[task.state]),
        say_severity(task.severity),
        in_language(task.touchpoint.name) if task.touchpoint else "",
        in_language(task.metric.name) if task.metric else "",
        segments.get(task.segment, task.segment),
        in_language(task.department.name),
        in_language(task.answerable_department.name),
        str(task.assignee or ""),
        task.assignee.email if task.assignee else "",
        task.created_at,
        task.respond_by,
        task.due_at,
        task.is_overdue(now),
        task.was_late,
        task.episode,
        task.escalation_level,
        str(PAIN_CATEGORIES.get(task.pain_category, "")),
        str(ROOT_CAUSES.get(task.root_cause, "")),
        task.countermeasure,
        task.fixed_at,
        task.submitted_at,
        task.closed_at,
        str(RESOLUTIONS.get(task.resolution, "")),
        task.self_recovered,
        f"{settings.PUBLIC_URL}/tasks/{task.number}/",
    ]


def say_severity(severity: int) -> str:
    return _("Critical") if severity == Severity.CRITICAL else _("Warning")
