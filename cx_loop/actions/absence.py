"""Away from then to then, and who is asked meanwhile."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from cx_loop.models import (
    Actor,
    Department,
    Membership,
    User,
    Viewer,
    departments_of,
    record,
)

LONGEST = timedelta(days=366)


class Refused(Exception):
    """Why it was not entered: a field and a stable code.

    `required` `ends_before_it_begins` `too_long` `substitute_unknown` `not_yours`
    """

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code = field, code


@transaction.atomic
def set_absence(
    *,
    person: User,
    since: datetime,
    until: datetime,
    substitute: User | None,
    by: Actor,
    now: datetime,
) -> User:
    """Enter an absence, in place of the one before. Raises Refused."""
    _check_who(person, by)
    if until <= max(since, now):
        raise Refused("until", "ends_before_it_begins")
    if until - since > LONGEST:
        raise Refused("until", "too_long")
    if substitute is not None and substitute not in possible_substitutes(person):
        raise Refused("substitute", "substitute_unknown")
    person.absent_since, person.absent_until, person.substitute = since, until, substitute
    said = {"until": until.isoformat(), "substitute": substitute.email if substitute else ""}
    return _saved(person, "absent", by, now, {"since": since.isoformat(), **said})


@transaction.atomic
def end_absence(*, person: User, by: Actor, now: datetime) -> User:
    """Back, or never gone. Raises Refused."""
    _check_who(person, by)
    person.absent_since = person.absent_until = person.substitute = None
    return _saved(person, "present", by, now, {})


def people_led(user: User) -> list[User]:
    """Whose absence the person may enter besides the own: the staff of departments they lead."""
    led = people_seen(user).exclude(pk=user.pk)
    return list(led.order_by("name", "email"))


def people_seen(viewer: Viewer) -> QuerySet[User]:
    """Of whom the viewer may know when they are away: a person of their own and of people they
    lead, a key of the staff of its department and below, or of everybody."""
    working = Membership.objects.all()
    own = viewer.pk if isinstance(viewer, User) else None
    if isinstance(viewer, User) and not viewer.is_superuser:
        roots = Department.objects.filter(
            memberships__user=viewer, memberships__role__in=["lead", "director"]
        )
        working = working.filter(department__in=Department.objects.all().below(roots))
    elif not isinstance(viewer, User) and (seen := departments_of(viewer)) is not None:
        working = working.filter(department__in=seen)
    found = User.objects.filter(Q(pk__in=working.values("user")) | Q(pk=own), is_active=True)
    return found.select_related("substitute")


def possible_substitutes(person: User) -> list[User]:
    """Active people who see all departments the person works in: otherwise they would be sent
    tasks that are not there for them."""
    works = set(Membership.objects.filter(user=person).values_list("department_id", flat=True))
    if not works:
        return []
    near = Membership.objects.filter(department__in=_lines_of(works)).values("user")
    colleagues = User.objects.filter(pk__in=near, is_active=True).exclude(pk=person.pk)
    return [
        each
        for each in colleagues.order_by("name", "email")
        if works <= set(Department.objects.of_member(each).values_list("pk", flat=True))
    ]


def _lines_of(departments: set[int]) -> set[int]:
    """The departments and all above them."""
    parents = dict(Department.objects.values_list("id", "parent_id"))
    line: set[int] = set()
    for each in departments:
        at: int | None = each
        while at is not None and at not in line:
            line.add(at)
            at = parents.get(at)
    return line


def _check_who(person: User, by: Actor) -> None:
    if by.is_system or by.user == person:
        return
    if by.user is None or person not in people_led(by.user):
        raise Refused("person", "not_yours")


def _saved(person: User, verb: str, by: Actor, now: datetime, params: dict[str, str]) -> User:
    person.save(update_fields=["absent_since", "absent_until", "substitute"])
    record(verb=verb, subject="person", subject_id=person.pk, by=by, now=now, params=params)
    return person
