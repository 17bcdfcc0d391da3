"""What feeds the page of one task."""

import json
from datetime import datetime

from cx_loop.models import (
    Activity,
    Department,
    Membership,
    Touchpoint,
    User,
    Viewer,
    department_ids_of,
    in_language,
)
from cx_loop.models.prepared import array, ask
from tasks.models import Note, Pause, Task, TaskAlert, Verification
from tasks.reads.through_work import touchpoints_of_work

RELATED = 9  # more would push the task itself off a phone
_PLACES = """
SELECT place.key, place.name FROM cx_loop_touchpoint AS place
JOIN cx_loop_stage AS stage ON stage.id = place.stage_id
JOIN cx_loop_journey AS journey ON journey.id = stage.journey_id
WHERE place.retired_at IS NULL AND (
    %(every)s::bool OR place.owner_id = ANY(%(ours)s::bigint[])
    OR place.id = ANY(%(worked)s::bigint[])
)
ORDER BY journey.position, stage.position, place.position, place.key
"""


def visible_task(viewer: Viewer, number: int) -> Task | None:
    """The task with everything its page names, or None when the viewer may not see it."""
    related = Task.objects.all().select_related(
        "touchpoint__stage__journey",
        "touchpoint__owner",
        "metric",
        "department__calendar",
        "answerable_department",
        "assignee",
        "rule_version__rule",
        "playbook",
        "submitted_by",
    )
    # a foreign task is not there at all, so nobody can count another department's work
    return related.visible_to(viewer).filter(number=number).first()


def links_of(task: Task) -> list[TaskAlert]:
    related = TaskAlert.objects.filter(task=task).select_related(
        "alert__group",
        "alert__touchpoint",
        "alert__version__metric",
        "alert__silence__author",
        "alert__snoozed_by",
    )
    return list(related.order_by("alert__opened_at", "alert_id"))


def hold_stands_until(task: Task, now: datetime) -> datetime | None:
    """Until when the clock to resolve stands still because the task is on hold."""
    running = Pause.objects.filter(task=task, kind=Pause.Kind.HOLD, since__lte=now, until__gt=now)
    return running.values_list("until", flat=True).first()


def trail_of(task: Task) -> list[Activity]:
    """What happened to the task, newest first."""
    mine = Activity.objects.filter(subject="task", subject_id=task.number)
    return list(mine.select_related("user", "key").order_by("-at", "-id"))


def notes_of(task: Task) -> list[Note]:
    return list(task.notes.select_related("by").order_by("-at", "-id"))


def verifications_of(task: Task) -> list[Verification]:
    """One a submission, the newest first."""
    related = task.verifications.select_related("elsewhere__metric")
    return list(related.order_by("-episode", "-id"))


def people_of(department: Department) -> list[Membership]:
    """Who can be assigned: the reachable people of the department, each once."""
    rows = Membership.objects.reachable().filter(department=department)
    seen: dict[int, Membership] = {}
    for row in rows.select_related("user").order_by("user__name", "user__email", "role"):
        seen.setdefault(row.user_id, row)
    return list(seen.values())


def open_tasks_at(
    touchpoint: Touchpoint | None, viewer: User, *, besides: Task | None = None
) -> list[Task]:
    """Unclosed tasks of a touchpoint that the viewer may see, the most urgent first."""
    if touchpoint is None:
        return []
    here = Task.objects.unclosed().visible_to(viewer).filter(touchpoint=touchpoint)
    if besides is not None:
        here = here.exclude(pk=besides.pk)
    related = here.select_related("touchpoint", "metric")
    return list(related.order_by("severity", "due_at", "number")[:RELATED])


def touchpoints_for(viewer: User) -> list[tuple[str, str]]:
    """Keys and names of what the reader may filter by, in the order of the journeys."""
    ours = department_ids_of(viewer)
    worked = touchpoints_of_work(ours) if ours else []
    values = {"every": ours is None, "ours": array(ours or []), "worked": array(worked)}
    rows = [(key, in_language(json.loads(name))) for key, name in ask(_PLACES, values)]
    return [(key, name or key) for key, name in rows]
