"""People, departments and the hours they keep."""

from typing import Any

from cx_loop.models import Calendar, Department, Membership, Organization, User
from tests.factories.common import PASSWORD, serial


def make_organization(**fields: Any) -> Organization:
    given = {
        "name": {"en": "Demo Air", "zh-hans": "示例航空"},
        "timezone": "Asia/Shanghai",
        "languages": ["en", "zh-hans"],
        **fields,
    }
    organization, _ = Organization.objects.update_or_create(id=1, defaults=given)
    return organization


def make_calendar(**fields: Any) -> Calendar:
    return Calendar.objects.create(**{"timezone": "Asia/Shanghai", **fields})


def make_department(
    key: str = "", *, parent: Department | None = None, **fields: Any
) -> Department:
    key = key or f"department-{next(serial)}"
    fields.setdefault("name", {"en": key.replace("-", " ").capitalize()})
    return Department.objects.create(key=key, parent=parent, **fields)


def make_user(
    email: str = "",
    *,
    department: Department | None = None,
    role: str = Membership.Role.MEMBER,
    duty: str = "",
    password: str = PASSWORD,
    **fields: Any,
) -> User:
    """A person who can sign in; with a department, a member of it (or what `role` says)."""
    email = email or f"person-{next(serial)}@example.com"
    fields.setdefault("name", email.split("@")[0].capitalize())
    user = User.objects.create_user(email, password, **fields)
    if department is not None:
        add_member(department, user, role=role, duty=duty)
    return user


def make_admin(email: str = "admin@example.com", **fields: Any) -> User:
    return make_user(email, is_superuser=True, is_staff=True, **fields)


def add_member(
    department: Department, user: User, *, role: str = Membership.Role.MEMBER, duty: str = ""
) -> Membership:
    return Membership.objects.create(department=department, user=user, role=role, duty=duty)
