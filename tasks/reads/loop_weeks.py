"""What the loop did week by week: the small curves beside its figures."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek

from cx_loop.models import Viewer
from tasks.models import Escalation
from tasks.reads.learning import Stretch, judged
from tasks.reads.loop_figures import PUSHED_UP, is_due, is_late, opened_tasks


@dataclass(slots=True)
class Week:
    """Of the tasks opened in it, and of the fixes judged in it."""

    opened: int = 0
    due: int = 0
    late: int = 0
    lead: int = 0
    judged: int = 0
    proven: int = 0
    worked: int = 0
    relapsed: int = 0


def weeks_of(
    viewer: Viewer, stretch: Stretch, *, now: datetime, zone: ZoneInfo
) -> dict[date, Week]:
    """By the Monday of each local week in which there was something; three questions."""
    weeks: dict[date, Week] = {}
    opened = opened_tasks(viewer, stretch).order_by()
    by_week = opened.annotate(week=TruncWeek("created_at", tzinfo=zone)).values_list("week")
    for monday, n, due, late in by_week.annotate(
        n=Count("pk"), due=Count("pk", filter=is_due(now)), late=Count("pk", filter=is_late(now))
    ):
        week = weeks.setdefault(monday.date(), Week())
        week.opened, week.due, week.late = n, due, late
    up = Escalation.objects.filter(task__in=opened.values("number"), to__in=PUSHED_UP).order_by()
    climbed = up.annotate(week=TruncWeek("task__created_at", tzinfo=zone)).values_list("week")
    for monday, n in climbed.annotate(n=Count("task", distinct=True)):
        weeks.setdefault(monday.date(), Week()).lead = n
    fixes = judged(viewer, stretch).order_by()
    decided = fixes.annotate(week=TruncWeek("decided_at", tzinfo=zone)).values_list("week")
    for monday, n, proven, worked, relapsed in decided.annotate(
        n=Count("pk"),
        proven=Count("pk", filter=Q(verdict="effective")),
        worked=Count("pk", filter=Q(relapse_until__isnull=False)),
        relapsed=Count("pk", filter=Q(verdict="relapsed")),
    ):
        week = weeks.setdefault(monday.date(), Week())
        week.judged, week.proven, week.worked, week.relapsed = n, proven, worked, relapsed
    return weeks
