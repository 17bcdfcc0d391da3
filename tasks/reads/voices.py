"""What customers wrote where and when a task's alerts were raised."""

from datetime import datetime, timedelta

from cx_loop.models import Feedback, Touchpoint, Viewer
from cx_loop.reads.voice import pained
from tasks.models import Task

MOST = 5  # a page quotes; the touchpoint has more
READ = 50  # the latest, of which those that name a pain come first
BEFORE = timedelta(days=7)


def voices_behind(task: Task, viewer: Viewer, *, now: datetime) -> list[Feedback]:
    """Comments at the touchpoint, of the segments its alerts are about, from a week before the
    first of them, those that name a pain first; none for a task by hand, or who may not see the
    touchpoint.

    Two questions, however many alerts there are.
    """
    if task.touchpoint_id is None:
        return []
    about = list(
        task.alerts.order_by("opened_at").values_list("opened_at", "group__segment").distinct()
    )
    if not about:
        return []
    seen = Touchpoint.objects.all().visible_to(viewer).filter(pk=task.touchpoint_id)
    said = Feedback.objects.filter(
        touchpoint__in=seen.order_by(),
        occurred_at__gte=about[0][0] - BEFORE,
        occurred_at__lte=task.closed_at or now,
    ).exclude(comment="")
    said = said.select_related("source")
    segments = {segment for _opened, segment in about}
    if "" not in segments:
        said = said.filter(segment__in=segments)
    return pained(said.order_by("-occurred_at", "digest")[:READ])[:MOST]
