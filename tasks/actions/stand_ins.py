"""Who works somewhere, and who is asked while somebody is away."""

from collections.abc import Iterable
from datetime import datetime

from cx_loop.models import Department, Membership, User
from cx_loop.models.prepared import ask, columns_of, models_of
from cx_loop.models.together import answered

_STAFF = f"""
SELECT {columns_of(Membership, "member")}, {columns_of(User, "person")},
       {columns_of(User, "substitute")}
FROM cx_loop_membership AS member
JOIN cx_loop_user AS person ON person.id = member.user_id
LEFT JOIN cx_loop_user AS substitute ON substitute.id = person.substitute_id
WHERE member.department_id = %(department)s::bigint AND person.is_active ORDER BY member.id
"""  # noqa: S608  names of our own tables


def staff_of(department: Department) -> list[Membership]:
    """Who can be reached there, with their substitutes: part of every task that is opened."""
    return answered(("staff", department.pk), lambda: _staff(department.pk))


def _staff(department: int) -> list[Membership]:
    found = []
    for row in ask(_STAFF, {"department": str(department)}):
        member, person, substitute = models_of(row, Membership, User, User)
        member.user, person.substitute = person, substitute
        found.append(member)
    return found


def standing_in(people: Iterable[User], now: datetime) -> list[User]:
    """Each person once, or whoever stands in for them now; nobody for those away without one.

    A substitute may be away too; then theirs is asked, until the chain comes back to somebody.
    """
    found: dict[int, User] = {}
    for person in people:
        asked: User | None = person
        seen: set[int] = set()
        while asked is not None and asked.is_absent(now) and asked.pk not in seen:
            seen.add(asked.pk)
            asked = asked.substitute
        if asked is not None and asked.is_active and not asked.is_absent(now):
            found.setdefault(asked.pk, asked)
    return list(found.values())
