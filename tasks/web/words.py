"""Tasks as the pages show them: every code said in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alerts.ui.slots import WorkLink
from cx_loop.models import User, in_language
from cx_loop.ui.icons import severity_mark
from cx_loop.ui.words import say_deadline, say_moment
from tasks.logic.lifecycle import primary_call
from tasks.models import Task
from tasks.notices import CALLS, STATES, segment_names, title_of
from tasks.reads import Reach, tasks_of_alerts


@dataclass(frozen=True, slots=True)
class Step:
    """The one next step a row offers. `post`: it needs nothing more, so one tap does it."""

    call: str
    label: str
    post: bool
    key: str = "s"  # of the keyboard


@dataclass(frozen=True, slots=True)
class QueueRow:
    task: Task
    number: str
    version: str
    url: str
    severity: SafeString
    title: str
    state: str
    department: str
    who: str  # has it: the department, and the person if one has taken it
    clock: str
    when: str
    is_late: bool
    step: Step | None
    stands_in: str = ""  # whom the reader stands in for here

    @property
    def pick(self) -> str:
        return f"{self.number}:{self.version}"


def tasks_address() -> str:
    """What stands before the number in the address of every task."""
    return reverse("tasks:task", args=[0]).removesuffix("0/")


def queue_row(
    task: Task,
    *,
    user: User,
    reach: Reach,
    now: datetime,
    zone: ZoneInfo,
    segments: Mapping[str, str],
    tasks_url: str,
) -> QueueRow:
    """`tasks_url`: from `tasks_address`, found once for all rows."""
    is_asked = bool(getattr(task, "is_asked", False))
    clock, when, is_late = clock_of(task, now, zone, is_asked=is_asked)
    stands_in = task.assignee_id in reach.stands_in_for
    department = in_language(task.department.name)
    return QueueRow(
        task=task,
        number=str(task.number),
        version=str(task.version),
        url=f"{tasks_url}{task.number}/",
        severity=severity_mark(task.severity),
        title=title_of(task, segments),
        state=str(STATES[task.state]),
        department=department,
        who=f"{department} · {task.assignee}" if task.assignee else department,
        clock=clock,
        when=when,
        is_late=is_late,
        step=_step(task, user, reach, is_asked=is_asked, stands_in=stands_in),
        stands_in=str(task.assignee) if stands_in else "",
    )


@dataclass(frozen=True, slots=True)
class RelatedRow:
    task: Task
    title: str
    state: str


def related_rows(tasks: list[Task]) -> list[RelatedRow]:
    if not tasks:
        return []
    segments = segment_names()
    return [RelatedRow(each, title_of(each, segments), str(STATES[each.state])) for each in tasks]


def clock_of(
    task: Task, now: datetime, zone: ZoneInfo, *, is_asked: bool = False
) -> tuple[str, str, bool]:
    """The clock that runs now, in words; when it ends; and whether that has passed.

    Late is said once: an overdue task says so whatever its other clocks are.
    """
    if task.state == Task.State.CLOSED:
        return (_("closed"), say_moment(task.closed_at or now, zone, now), False)
    if task.state == Task.State.VERIFYING:
        said = _("a person must decide") if is_asked else _("watching the effect")
        return (said, "", False)
    if task.is_overdue(now) and task.due_at:
        return (say_deadline(task.due_at, now), say_moment(task.due_at, zone, now), True)
    if task.silenced_until and task.is_silenced(now):
        until = say_moment(task.silenced_until, zone, now)
        return (_("paused"), _("until %(moment)s") % {"moment": until}, False)
    if task.state == Task.State.ON_HOLD and task.hold_until:
        until = say_moment(task.hold_until, zone, now)
        return (_("on hold"), _("until %(moment)s") % {"moment": until}, False)
    if task.state == Task.State.OPEN and task.respond_by:
        said = say_deadline(task.respond_by, now)
        late = task.respond_by < now
        words = _("answer %(deadline)s") % {"deadline": said}
        return (words, say_moment(task.respond_by, zone, now), late)
    if task.due_at is None:
        return (_("no deadline"), "", False)
    return (say_deadline(task.due_at, now), say_moment(task.due_at, zone, now), False)


def open_task_url(key: str) -> str:
    """Fills the slot of the touchpoint's page."""
    return reverse("tasks:open", args=[key])


def work_links(alerts: list[int], viewer: User) -> dict[int, list[WorkLink]]:
    """Fills the slot of the alerts' pages: the tasks about each alert."""
    return {
        alert: [
            WorkLink(
                task.number,
                reverse("tasks:task", args=[task.number]),
                str(STATES[task.state]),
            )
            for task in tasks
        ]
        for alert, tasks in tasks_of_alerts(alerts, viewer).items()
    }


def _step(task: Task, user: User, reach: Reach, *, is_asked: bool, stands_in: bool) -> Step | None:
    """The primary step of the state, when it is this reader's to take."""
    if not reach.holds(task.department_id):
        return None
    call = primary_call(task.state, waiting_for_person=is_asked)
    if call == "decide":
        mine = task.submitted_by_id != user.pk
        return Step(call, str(CALLS[call]), post=False) if mine else None
    has = task.assignee_id in (None, user.pk) or stands_in
    if not has and task.state != Task.State.OPEN:
        return None
    if call is None or task.state == Task.State.CLOSED:
        return None
    if call == "accept":
        return Step(call, _("Accept & start"), post=True, key="a")
    label = _("Resume") if task.state == Task.State.ON_HOLD else str(CALLS[call])
    return Step(call, label, post=call == "start")
