"""Everything the page of a task shows, put together from reads and said in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from alerts.notices import sentence_of
from alerts.reads import local_day
from alerts.web.silence_words import say_quiet
from cx_loop.logic.working_time import working_between
from cx_loop.models import (
    Organization,
    Stage,
    User,
    department_ids_of,
    in_language,
    zone_of,
)
from cx_loop.ui.words import say_duration, say_moment, say_working_time
from tasks import reads
from tasks.logic.telling import GOOD
from tasks.models import Task, TaskAlert, Verification
from tasks.notices import (
    LEVELS,
    PAIN_CATEGORIES,
    RESOLUTIONS,
    ROOT_CAUSES,
    STATES,
    segment_names,
    sentence_of_task,
    title_of,
)
from tasks.reads.hours import hours_of
from tasks.web.checklist_page import Tried, checklist_page
from tasks.web.course import chart_of
from tasks.web.forms import CallForm, Comment
from tasks.web.judged import judged_chart
from tasks.web.next_step import next_of
from tasks.web.outlook import outlook_shown
from tasks.web.recovery import recovery_rows
from tasks.web.routes import say_route
from tasks.web.sharing import sharing_of
from tasks.web.story import story_of
from tasks.web.verification import is_too_soon, shown
from tasks.web.words import clock_of, related_rows

SHOWN = 9  # alerts of one page: a task of months would not fit a phone


@dataclass(frozen=True, slots=True)
class Clock:
    name: str
    said: str
    when: str
    is_late: bool = False


def task_page(
    task: Task,
    user: User,
    now: datetime,
    *,
    doing: str = "",
    bound: CallForm | None = None,
    comment: Comment | None = None,
    asked: Mapping[str, str] | None = None,
    tried: Tried | None = None,
) -> dict[str, Any]:
    """The context of the page. `doing` names the call whose form is open, `bound` its form;
    `asked` and `tried` are of the checklist.
    """
    # days of a chart are the company's, moments the reader's
    zone, days = zone_of(user), Organization.current().zone
    links = reads.links_of(task)
    verifications = reads.verifications_of(task)
    is_asked = any(each.state == Verification.State.PERSON for each in verifications)
    said, when, is_late = clock_of(task, now, zone, is_asked=is_asked)
    route, why = say_route(task)
    return {
        "now": now,
        "task": task,
        "title": title_of(task, segment_names()),
        "sentence": sentence_of_task(task),
        "state": STATES[task.state],
        "clock": said,
        "clock_when": when,
        "is_late": is_late,
        "quiet": _quiet(task, links, zone, now),
        "clocks": list(_clocks(task, now, zone)),
        "chart": chart_of(task, links, verifications, now, days),
        "alerts": [(link.alert, sentence_of(link.alert)) for link in links[::-1][:SHOWN]],
        "more_alerts": max(0, len(links) - SHOWN),
        "where": _where(task),
        "related": related_rows(reads.open_tasks_at(task.touchpoint, user, besides=task)),
        "stand_in": _stand_in(task, now),
        "route": route,
        "route_why": why,
        "checklist": checklist_page(task, user, now, asked=asked, tried=tried),
        "outlook": outlook_shown(task, user, now),
        "verifications": [shown(each, task) for each in verifications],
        "judged": judged_chart(verifications[0], task) if verifications else None,
        **next_of(task, user, now, doing=doing, bound=bound),
        "too_soon": is_too_soon(task, local_day(now, days), local_day(task.created_at, days)),
        **story_of(task, now, zone),
        "comment": comment or Comment(),
        "facts": _facts(task),
        "level": LEVELS[["staff", "lead", "director"][min(task.escalation_level, 2)]],
        "customers": recovery_rows(task, user, now),
        "tells": _tells(task, verifications, user),
        **sharing_of(task, user, now),
    }


def _clocks(task: Task, now: datetime, zone: ZoneInfo) -> Iterator[Clock]:
    """Every deadline that still counts, in plain words."""
    if task.state == Task.State.CLOSED:
        return
    silenced = task.is_silenced(now)
    held = task.state == Task.State.ON_HOLD and bool(reads.hold_stands_until(task, now))
    if task.state == Task.State.OPEN and task.respond_by:
        yield _clock(_("Answer"), task.respond_by, task, now, zone, stands=silenced)
    if task.state != Task.State.VERIFYING and task.due_at:
        yield _clock(_("Resolve"), task.due_at, task, now, zone, stands=silenced or held)
    if task.silenced_until and silenced:
        yield Clock(_("Silenced until"), "", say_moment(task.silenced_until, zone, now))
    if task.state == Task.State.ON_HOLD and task.hold_until:
        yield Clock(_("On hold until"), "", say_moment(task.hold_until, zone, now))
    if task.escalate_at and task.escalate_at > now and task.state != Task.State.VERIFYING:
        yield Clock(_("Escalates"), "", say_moment(task.escalate_at, zone, now))


def _quiet(task: Task, links: list[TaskAlert], zone: ZoneInfo, now: datetime) -> str:
    """Why nothing is heard of it: the silence of its alerts that ends first, as the task's does."""
    if not task.is_silenced(now):
        return ""
    quiet = [link.alert for link in links if link.alert.is_quiet(now)]
    first = min(quiet, key=lambda alert: alert.quiet_until or now, default=None)
    return say_quiet(first, zone, now) if first else ""


def _clock(
    name: str, due: datetime, task: Task, now: datetime, zone: ZoneInfo, *, stands: bool
) -> Clock:
    if stands and due > now:
        # where it will fall, unless the pause ends earlier
        return Clock(name, _("paused"), say_moment(due, zone, now))
    hours = hours_of(task.department)
    left = working_between(now, due, hours)
    length = say_working_time(left, hours.day) if left else say_duration(due - now)
    if due < now:
        # a deadline can pass in the night: then no working time is lost, but late it is
        said = _("late by %(length)s") % {"length": length}
    else:
        said = _("in %(length)s") % {"length": length}
    if not hours.is_plain and left:
        said = _("%(said)s of working time") % {"said": said}
    return Clock(name, said, say_moment(due, zone, now), due < now)


def _where(task: Task) -> list[tuple[str, bool]]:
    """The stages of the journey, with the one the task is about marked."""
    if task.touchpoint is None:
        return []
    here = task.touchpoint.stage
    stages = Stage.objects.filter(journey=here.journey, retired_at=None)
    return [(in_language(stage.name), stage.pk == here.pk) for stage in stages]


def _facts(task: Task) -> list[tuple[str, str]]:
    """What was said about cause and cure, once it was said."""
    facts = [
        (_("Pain category"), PAIN_CATEGORIES.get(task.pain_category, "")),
        (_("Root cause"), ROOT_CAUSES.get(task.root_cause, "")),
        (_("Countermeasure"), task.countermeasure),
        (_("Resolution"), RESOLUTIONS.get(task.resolution, "")),
    ]
    return [(name, str(said)) for name, said in facts if said]


def _tells(task: Task, verifications: list[Verification], user: User) -> bool:
    """Whether its customers can be told what was mended, by who reads this."""
    departments = department_ids_of(user)
    if departments is not None and task.department_id not in departments:
        return False
    closed = task.state == Task.State.CLOSED and task.resolution in GOOD
    return closed and any(each.verdict in GOOD for each in verifications)


def _stand_in(task: Task, now: datetime) -> str:
    holder = task.assignee
    away = holder is not None and holder.is_absent(now)
    return str(holder.substitute or _("nobody")) if holder is not None and away else ""
