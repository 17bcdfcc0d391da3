"""What is done about a touchpoint, now and before: fills the slot of its page."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from alerts.ui.slots import OpenWork, PastFix, WorkHere
from cx_loop import clock
from cx_loop.models import Organization, Touchpoint, User, once, zone_of
from tasks.models import Task, Verification
from tasks.notices import STATES, VERDICTS, segment_names, title_of
from tasks.web.words import clock_of, tasks_address

SHOWN, FIXES = 10, 12


def work_at_place(touchpoint: Touchpoint, viewer: User, since: date) -> WorkHere:
    """Tasks open there, the most urgent first, and the newest fixes since a local day: as many
    queries for ten as for a thousand."""
    open_tasks = Task.objects.unclosed().visible_to(viewer).filter(touchpoint=touchpoint)
    rows = open_tasks.select_related("touchpoint", "metric")
    found = list(rows.order_by("severity", "due_at", "number")[:SHOWN])
    more = open_tasks.count() - len(found) if found else 0
    now, zone, segments = once("now", clock.now), zone_of(viewer), segment_names()
    queue = reverse("tasks:queue")
    return WorkHere(
        tasks=[_open(task, now, zone, segments) for task in found],
        more=more,
        all_url=f"{queue}?tab=department&touchpoint={touchpoint.key}",
        fixes=_fixes(touchpoint, viewer, since),
    )


def _open(task: Task, now: datetime, zone: ZoneInfo, segments: dict[str, str]) -> OpenWork:
    said, when, is_late = clock_of(task, now, zone)
    return OpenWork(
        number=task.number,
        url=f"{tasks_address()}{task.number}/",
        title=title_of(task, segments),
        severity=task.severity,
        state=str(STATES[task.state]),
        clock=" · ".join(each for each in (said, when) if each),
        is_late=is_late,
    )


def _fixes(touchpoint: Touchpoint, viewer: User, since: date) -> list[PastFix]:
    zone = Organization.current_zone()
    first = datetime.combine(since, time(), tzinfo=zone)
    rows = Verification.objects.all().visible_to(viewer)
    rows = rows.filter(task__touchpoint=touchpoint, task__fixed_at__isnull=False)
    rows = rows.exclude(plan={}).select_related("task").order_by("-pk")
    found = []
    for row in rows.filter(task__fixed_at__gte=first)[:FIXES]:
        day = row.plan.get("fix_day")
        if day is None or date.fromisoformat(day) < since:
            continue
        found.append(
            PastFix(
                number=row.task.number,
                url=f"{tasks_address()}{row.task.number}/",
                day=date.fromisoformat(day),
                metric=row.task.metric_id,
                what=row.task.countermeasure,
                state=_("watching the effect"),
                verdict=str(VERDICTS.get(row.verdict, "")),
            )
        )
    return found
