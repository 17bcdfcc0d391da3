"""What people share on a task: who may see it and watches it, its files, its cause, its way."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from cx_loop.models import (
    Activity,
    Department,
    Feedback,
    Membership,
    MomentCard,
    Touchpoint,
    User,
    Viewer,
)
from tasks.models import Attachment, Holding, Origin, Task, Watcher

LEADING = ("lead", "director")
SHOWN = 50  # tasks of one cause on a page


def people_who_see(task: Task) -> QuerySet[User]:
    """Everybody active whose eyes `visible_to` would show the task, asked from its side."""
    held = set(Holding.objects.filter(task=task).values_list("department_id", flat=True))
    held.add(task.department_id)
    here = Q(department__in=held) | Q(department__in=_above(held), role__in=LEADING)
    members = Membership.objects.filter(here).values("user")
    sees = Q(is_superuser=True) | Q(is_analyst=True) | Q(pk__in=members)
    return User.objects.filter(sees, is_active=True)


def watchers_of(task: Task) -> list[User]:
    """Who watches it and may still see it. Most tasks have nobody: that costs one query."""
    watching = list(Watcher.objects.filter(task=task).values_list("user_id", flat=True))
    if not watching:
        return []
    return list(people_who_see(task).filter(pk__in=watching).order_by("name", "email"))


def attachments_of(task: Task) -> list[Attachment]:
    return list(Attachment.objects.filter(task=task).listed())


def cause_of(task: Task, viewer: Viewer) -> Task | None:
    """The task its cause is worked on in, when the viewer may see that one."""
    if task.parent_id is None:
        return None
    seen = Task.objects.all().visible_to(viewer).select_related("touchpoint", "metric")
    return seen.filter(number=task.parent_id).first()


def gathered_by(task: Task, viewer: Viewer) -> list[Task]:
    """The tasks of one cause that the viewer may see; of others not even how many there are."""
    seen = Task.objects.filter(parent=task).visible_to(viewer)
    related = seen.select_related("touchpoint", "metric", "department", "assignee")
    return list(related.order_by("number")[:SHOWN])


def comment_behind(task: Task, viewer: Viewer) -> Feedback | None:
    """The customer's words a task was opened from, for whoever may see the touchpoint.

    None as well when they are no longer kept.
    """
    origin = Origin.objects.filter(task=task).first()
    return comment_at(task.touchpoint, origin.comment, viewer) if origin else None


def card_behind(task: Task, viewer: Viewer) -> MomentCard | None:
    """The moment card a task was opened from, for whoever may see its touchpoint."""
    seen = MomentCard.objects.all().visible_to(viewer).filter(tasks_from__task=task)
    return seen.select_related("touchpoint").first()


def card_at(touchpoint: Touchpoint, pk: int, viewer: Viewer) -> MomentCard | None:
    """A card in force that stands at the touchpoint, when the viewer may see it."""
    seen = MomentCard.objects.in_force().visible_to(viewer)
    return seen.select_related("touchpoint").filter(touchpoint=touchpoint, pk=pk).first()


def comment_at(
    touchpoint: Touchpoint | None, digest: UUID | None, viewer: Viewer
) -> Feedback | None:
    """A comment that stands at the touchpoint, when the viewer may see both."""
    if touchpoint is None or digest is None:
        return None
    seen = Touchpoint.objects.all().visible_to(viewer).filter(pk=touchpoint.pk)
    said = Feedback.objects.filter(pk=digest, touchpoint__in=seen)
    return said.select_related("touchpoint").first()


@dataclass(frozen=True, slots=True)
class Stay:
    """A department a task went through: [since, until); who handed it there, and why."""

    department: Department
    since: datetime
    until: datetime | None
    handed_by: User | None
    reason: str
    answers: bool  # it is the one that answers for the task now


def stays_of(task: Task) -> list[Stay]:
    """The way of a task, who was asked first at the head."""
    moves = Activity.objects.filter(subject="task", subject_id=task.number, verb="handed_over")
    by_moment = {move.at: move for move in moves.select_related("user").order_by("at", "id")}
    held = Holding.objects.filter(task=task).select_related("department")
    return [
        Stay(
            each.department,
            each.since,
            each.until,
            move.user if (move := by_moment.get(each.since)) else None,
            str(move.params.get("reason", "")) if move else "",
            each.department_id == task.answerable_department_id,
        )
        for each in held.order_by("since", "id")
    ]


def _above(departments: set[int]) -> set[int]:
    """The departments over those, at any height."""
    parents = dict(Department.objects.values_list("id", "parent_id"))
    found: set[int] = set()
    for at in departments:
        above = parents.get(at)
        while above is not None and above not in found:
            found.add(above)
            above = parents.get(above)
    return found
