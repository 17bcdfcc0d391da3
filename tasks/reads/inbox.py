"""The inbox of one person: what was told, newest first, with the tasks it is about."""

from cx_loop.models import Notice, User
from cx_loop.models.prepared import ask
from tasks.models import Task

PAGE = 50
_UNREAD = """
SELECT count(*) FROM (
    SELECT FROM cx_loop_notice WHERE user_id = %(user)s::bigint AND read_at IS NULL
    LIMIT %(most)s::int
) AS found
"""


def notices_of(user: User, *, unread: bool, before: int | None = None) -> list[Notice]:
    """One more than a page, so that the caller sees whether there are older ones."""
    mine = Notice.objects.unread(user) if unread else Notice.objects.filter(user=user)
    if before is not None:
        mine = mine.filter(pk__lt=before)
    return list(mine.order_by("-id")[: PAGE + 1])


def count_unread(user: User, *, cap: int) -> int:
    """Counting stops one above the cap."""
    return int(ask(_UNREAD, {"user": str(user.pk), "most": cap + 1})[0][0])


def tasks_told(user: User, notices: list[Notice]) -> dict[int, Task]:
    """Those of the tasks that the person may still see."""
    numbers = {notice.task_number for notice in notices if notice.task_number is not None}
    seen = Task.objects.all().visible_to(user).filter(number__in=numbers)
    return {task.number: task for task in seen.select_related("touchpoint", "metric")}
