"""Which roles somebody has towards a task."""

from datetime import datetime

from django.db.models import Q

from cx_loop.models import (
    Actor,
    ApiKey,
    Department,
    Membership,
    Touchpoint,
    User,
    ids_of_member,
)
from cx_loop.models.together import answered
from tasks.actions.errors import Forbidden, Invalid
from tasks.actions.stand_ins import standing_in
from tasks.models import Task
from tasks.reads import touchpoints_of_work


def roles_of(by: Actor, task: Task) -> set[str]:
    """member, lead, director, admin, system, second_person: what the table of states asks for.

    Leads and directors of a department above have these roles below it too.
    """
    if by.is_system:
        return {"system"}
    user = by.user
    if user is None or not user.is_active or not _key_reaches(by.key, task):
        return set()
    roles = {"admin", "lead", "member"} if user.is_superuser else set()
    mine = Membership.objects.filter(user=user, department__in=line_of(task.department))
    for department, role in mine.values_list("department_id", "role"):
        if department == task.department_id:
            roles.add("member")
        if role in ("lead", "director"):
            roles |= {"member", "lead", role}
    if roles and user.pk not in (task.submitted_by_id, task.assignee_id):
        roles.add("second_person")
    return roles


def may_speak(by: Actor, task: Task) -> None:
    """Raises Forbidden for who only reads: an analyst sees every task and changes none."""
    if by.is_system or (by.user is not None and by.user.is_superuser):
        return
    mine = ids_of_member(by.user) if by.user else []
    if not Task.objects.held_by(mine).filter(pk=task.pk).exists():
        raise Forbidden("read_only")


def may_open(by: Actor, touchpoint: Touchpoint) -> None:
    """Raises Forbidden for who does not work at the touchpoint, as its owner or through tasks."""
    if by.is_system or (by.user is not None and by.user.is_superuser):
        return
    mine = ids_of_member(by.user) if by.user else []
    worked = Q(owner__in=mine) | Q(pk__in=touchpoints_of_work(mine))
    if not Touchpoint.objects.filter(worked, pk=touchpoint.pk).exists():
        analyst = by.user is not None and by.user.sees_everything
        raise Forbidden("read_only" if analyst else "not_your_department")


def colleague_of(task: Task, email: str, field: str) -> User:
    """Somebody of the task's department, or of one above it. Raises Invalid for `field`."""
    works_here = Membership.objects.filter(department__in=line_of(task.department))
    person = User.objects.filter(
        Q(memberships__in=works_here), email=str(email).lower(), is_active=True
    ).first()
    if person is None:
        raise Invalid(
            [(field, "assignee_unknown", "Nobody of that e-mail works in this department.")]
        )
    return person


def line_of(department: Department) -> list[int]:
    """The department and everything above it."""
    parents = dict(Department.objects.values_list("id", "parent_id"))
    line: list[int] = []
    at: int | None = department.pk
    while at is not None and at not in line:
        line.append(at)
        at = parents.get(at)
    return line


def _key_reaches(key: ApiKey | None, task: Task) -> bool:
    return key is None or Task.objects.filter(pk=task.pk).visible_to(key).exists()


def ladder(department: Department, to: str, now: datetime) -> list[User]:
    """Who is reachable now as lead or director of a department, or of the nearest one above.

    Who is away counts as reachable through a substitute only.
    """
    return answered(("ladder", department.pk, to), lambda: _ladder(department, to, now))


def _ladder(department: Department, to: str, now: datetime) -> list[User]:
    people = Membership.objects.reachable().select_related("user__substitute")
    for level in line_of(department):
        rows = people.filter(department=level, role=to)
        found = standing_in([row.user for row in rows], now)
        if found:
            return found
    return []
