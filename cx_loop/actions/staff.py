"""Who belongs to the company: invited, given a place, moved, switched off and on again."""

from datetime import datetime

from django.db import transaction

from cx_loop.actions.links import end_links, send_link
from cx_loop.events import tasks_return
from cx_loop.models import Actor, Department, Membership, PersonLink, User, record


class Refused(Exception):
    """`code`: exists, is_yourself, has_a_lead, has_a_director, is_there_already."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def invite_person(
    *, email: str, name: str, language: str, by: Actor, now: datetime
) -> tuple[User, str]:
    """A person without a password, and the address to choose one at. Raises Refused."""
    if User.objects.filter(email=email.lower()).exists():
        raise Refused("exists")
    user = User.objects.create_user(email, name=name, language=language)
    _leave_trail("invited", user, by, now)
    return user, send_link(user=user, kind=PersonLink.Kind.INVITE, by=by, now=now)


@transaction.atomic
def deactivate(*, user: User, by: Actor, now: datetime) -> int:
    """Nobody signs in as them any more, and their open tasks return to their departments.

    Memberships stay, for history; so does what they did. Gives the number of tasks. Raises Refused.
    """
    if by.user == user:
        raise Refused("is_yourself")
    user.is_active = False
    user.set_unusable_password()  # which ends every session, also after they are back
    user.save(update_fields=["is_active", "password"])
    end_links(user=user, now=now)
    returned = tasks_return(user=user, by=by, now=now)
    _leave_trail("deactivated", user, by, now, tasks=returned)
    return returned


@transaction.atomic
def reactivate(*, user: User, by: Actor, now: datetime) -> str:
    """They are back, with the places they had, and choose a password anew."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    _leave_trail("reactivated", user, by, now)
    return send_link(user=user, kind=PersonLink.Kind.INVITE, by=by, now=now)


@transaction.atomic
def give_place(
    *,
    user: User,
    department: Department,
    role: str,
    duty: str = "",
    by: Actor,
    now: datetime,
    instead_of: Membership | None = None,
) -> int:
    """A role in a department; `instead_of` another place is a move.

    Tasks of a department that they no longer work in return to its queue; gives their number.
    Raises Refused.
    """
    place = {"department": department, "role": role, "duty": duty}
    if user.memberships.filter(**place).exists():
        raise Refused("is_there_already")
    if instead_of is not None:
        instead_of.delete()
    if role in ("lead", "director") and department.memberships.filter(role=role).exists():
        raise Refused(f"has_a_{role}")
    Membership.objects.create(user=user, **place)
    params = {"department": department.key, "role": role, "duty": duty}
    if instead_of is not None:
        params |= {"from": instead_of.department.key, "from_role": instead_of.role}
    returned = tasks_return(user=user, by=by, now=now) if instead_of else 0
    _leave_trail("moved" if instead_of else "given_place", user, by, now, **params)
    return returned


@transaction.atomic
def take_place(*, membership: Membership, by: Actor, now: datetime) -> int:
    """Out of a department; the tasks they had there return to its queue. Gives their number."""
    user = membership.user
    params = {"department": membership.department.key, "role": membership.role}
    membership.delete()
    returned = tasks_return(user=user, by=by, now=now)
    _leave_trail("taken_place", user, by, now, **params)
    return returned


@transaction.atomic
def change_person(
    *, user: User, name: str, is_admin: bool, is_analyst: bool, by: Actor, now: datetime
) -> User:
    """Name and the two roles that are in no department. Raises Refused."""
    if by.user == user and not is_admin:
        raise Refused("is_yourself")
    user.name, user.is_analyst = name, is_analyst
    user.is_superuser = user.is_staff = is_admin
    user.save(update_fields=["name", "is_analyst", "is_superuser", "is_staff"])
    _leave_trail("changed", user, by, now, is_admin=is_admin, is_analyst=is_analyst)
    return user


def _leave_trail(verb: str, user: User, by: Actor, now: datetime, **params: object) -> None:
    params = {"person": user.email, **params}
    record(verb=verb, subject="user", subject_id=user.pk, by=by, now=now, params=params)
