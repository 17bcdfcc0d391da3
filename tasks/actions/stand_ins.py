"""Who works somewhere, and who is asked while somebody is away."""

from collections.abc import Iterable
from datetime import datetime

from cx_loop.models import Department, Membership, User
from cx_loop.models.prepared import Asked, columns_of, models_of, soon
from cx_loop.models.together import answered

_PEOPLE = f"""
SELECT {columns_of(Membership, "member")}, {columns_of(User, "person")},
       {columns_of(User, "substitute")}
FROM cx_loop_membership AS member
JOIN cx_loop_user AS person ON person.id = member.user_id
LEFT JOIN cx_loop_user AS substitute ON substitute.id = person.substitute_id
WHERE member.department_id = {{}} AND person.is_active ORDER BY member.id
"""  # noqa: S608  names of our own tables
_STAFF = _PEOPLE.format("%(department)s::bigint")
_STAFF_OF_OWNER = _PEOPLE.format(
    "(SELECT place.owner_id FROM alerts_group AS watched JOIN cx_loop_touchpoint AS place"
    " ON place.id = watched.touchpoint_id WHERE watched.id = %(group)s::bigint)"
)


def staff_of(department: Department) -> list[Membership]:
    """Who can be reached there, with their substitutes: part of every task that is opened."""
    return answered(("staff", department.pk), lambda: _staff(department))


def ask_staff_of_owner(group: int) -> Asked:
    """Who can be reached where the touchpoint of a group belongs: for `staff_asked` of the owner,
    before it is known who that is."""
    return soon(_STAFF_OF_OWNER, {"group": str(group)})


def _staff(department: Department) -> list[Membership]:
    asked = department.staff_asked or soon(_STAFF, {"department": str(department.pk)})
    found = []
    for row in asked.rows():
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
