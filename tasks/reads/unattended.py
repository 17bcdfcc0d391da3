"""The board of what nobody attends to, for those who lead."""

from datetime import datetime

from django.db.models import QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from cx_loop.models import ApiKey, Department, Membership, User, Viewer, places_of
from cx_loop.models.prepared import array, ask
from tasks.models import Task
from tasks.reads.queues import every_department

PAGE = 50
LEADING = ("lead", "director")
_COUNTED = """
SELECT count(*) FROM (
    SELECT FROM tasks_task WHERE unattended_since IS NOT NULL AND state <> 'closed'
    AND department_id = ANY(%(led)s::bigint[]) LIMIT %(most)s::int
) AS found
"""


def may_see_unattended(user: User) -> bool:
    """Admins, and whoever is lead or director of a department."""
    if user.is_superuser:
        return True
    return Membership.objects.filter(user=user, role__in=LEADING).exists()


def unattended_for(viewer: Viewer) -> QuerySet[Task]:
    """Unattended tasks of the departments a person leads, at any depth; of a key those it sees.

    A task that was handed on is for the leads of who has it now.
    """
    left = Task.objects.all().unattended()
    if isinstance(viewer, ApiKey):
        return left.visible_to(viewer)
    if not isinstance(viewer, User) or not viewer.is_active:
        return left.none()
    if viewer.is_superuser:
        return left
    return left.filter(department__in=Department.objects.led_by(viewer))


def unattended_page(user: User, after: tuple[datetime, int] | None) -> list[Task]:
    """One more than a page, so that the caller sees whether there are more; longest first."""
    left = unattended_for(user).select_related("touchpoint", "metric", "department", "assignee")
    if after is not None:
        left = left.filter(TupleGreaterThan(Tuple("unattended_since", "number"), after))
    return list(left.order_by("unattended_since", "number")[: PAGE + 1])


def count_unattended(user: User, *, cap: int) -> int:
    led = every_department() if user.is_superuser else places_of(user).leads
    return int(ask(_COUNTED, {"led": array(sorted(led)), "most": cap + 1})[0][0])
