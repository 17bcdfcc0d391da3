"""Who sees what, decided in one place: a person, or a key of an integration."""

from typing import TypeAlias

from django.contrib.auth.models import AnonymousUser

from cx_loop.models.organization import Department, DepartmentQuerySet
from cx_loop.models.people import User
from cx_loop.models.source import ApiKey

Viewer: TypeAlias = User | AnonymousUser | ApiKey


def departments_of(viewer: Viewer) -> DepartmentQuerySet | None:
    """The departments whose things the viewer sees; None means everything, empty means nothing."""
    everything = Department.objects.all()
    if isinstance(viewer, ApiKey):
        if viewer.department_id is None:
            return None
        return everything.below(everything.filter(id=viewer.department_id))
    if not isinstance(viewer, User) or not viewer.is_active:
        return everything.none()
    if viewer.sees_everything:
        return None
    return everything.of_member(viewer)
