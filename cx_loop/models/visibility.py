"""Who sees what, decided in one place: a person, or a key of an integration."""

from typing import TypeAlias

from django.contrib.auth.models import AnonymousUser

from cx_loop.models.asked import once
from cx_loop.models.organization import Department, DepartmentQuerySet, ids_of_member
from cx_loop.models.people import User
from cx_loop.models.source import ApiKey

Viewer: TypeAlias = User | AnonymousUser | ApiKey


def departments_of(viewer: Viewer) -> DepartmentQuerySet | None:
    """The departments whose things the viewer sees; None means everything, empty means nothing."""
    ids = department_ids_of(viewer)
    return None if ids is None else Department.objects.filter(id__in=ids)


def department_ids_of(viewer: Viewer) -> list[int] | None:
    """Their primary keys: so a list is narrowed by constants, which the planner can weigh."""
    return once(("departments", type(viewer), viewer.pk), lambda: _ids_of(viewer))


def _ids_of(viewer: Viewer) -> list[int] | None:
    everything = Department.objects.all()
    if isinstance(viewer, ApiKey):
        if viewer.department_id is None:
            return None
        below = everything.below(everything.filter(id=viewer.department_id))
        return sorted(below.values_list("id", flat=True))
    if not isinstance(viewer, User) or not viewer.is_active:
        return []
    if viewer.sees_everything:
        return None
    return ids_of_member(viewer)
