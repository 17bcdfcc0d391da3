"""People with a role of their own, and departments with their staff, calendar and ways out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from cx_loop.actions.configure.calendars import form_of_calendar, read_calendar, save_calendar
from cx_loop.actions.configure.entries import (
    check_ways,
    entry_of_department,
    entry_of_person,
    told_by,
)
from cx_loop.actions.configure.kinds import Draft, Kind, Wanted, names_of, retired, speaks
from cx_loop.events import calendars_changed, tasks_return
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.shapes import KEPT
from cx_loop.logic.configuration.tree import Node
from cx_loop.messaging.endpoints import endpoint_of
from cx_loop.models import Actor, Department, Membership, Organization, User

Role = Membership.Role


def _read_people(draft: Draft, file: Node) -> Iterator[Wanted]:
    for node in file.at("people").items:
        email = draft.claim("person", node, key="email")
        if email is not None and speaks(draft, node, "language"):
            form = {"name": node.value("name", ""), "roles": sorted(node.value("roles", []))}
            yield Wanted(email.lower(), form, node)


def _current_people() -> dict[str, Form]:
    return {
        user.email: {"name": user.name, "roles": _roles_of(user)} for user in User.objects.all()
    }


def _roles_of(user: User) -> list[str]:
    held = {"admin": user.is_superuser, "analyst": user.is_analyst}
    return [role for role, holds in held.items() if holds]


def save_person(*, wanted: Wanted, by: Actor, now: datetime) -> User:
    """Names and roles follow the file; the language is only where a new person begins, otherwise
    applying would undo what people chose on their own page."""
    roles = wanted.form["roles"]
    user = invite(email=wanted.key, language=wanted.node.value("language", ""))
    user.name = wanted.form["name"]
    user.is_analyst = "analyst" in roles
    user.is_superuser = user.is_staff = "admin" in roles
    user.save(update_fields=["name", "is_analyst", "is_superuser", "is_staff"])
    return user


def take_roles(*, key: str, by: Actor, now: datetime) -> User:
    """A person left out of the file keeps the account and loses the roles it gave."""
    user = User.objects.get(email=key)
    user.is_analyst = user.is_superuser = user.is_staff = False
    user.save(update_fields=["is_analyst", "is_superuser", "is_staff"])
    return user


def invite(*, email: str, language: str = "") -> User:
    """The person with this address; made without a usable password where there is none yet."""
    found = User.objects.filter(email=email.lower()).first()
    if found is not None:
        return found
    languages = Organization.current().languages or ["en"]
    return User.objects.create_user(email, language=language.lower() or languages[0])


PERSON = Kind(
    "person",
    "people",
    _read_people,
    _current_people,
    save_person,
    take_roles,
    adopts=True,
    entry=entry_of_person,
)


def _read_departments(draft: Draft, file: Node) -> Iterator[Wanted]:
    nodes = {}
    for node in file.at("departments").items:
        if key := draft.claim("department", node):
            nodes[key] = node
    parents = {key: node.value("parent") for key, node in nodes.items()}
    for key, node in nodes.items():
        if _is_below_itself(draft, parents, key):
            draft.report.refuse(
                node.at("parent"),
                "department {key} is its own parent. Break the circle.",
                key=key,
            )
            return
    for key in _parents_first(parents):
        calendar = read_calendar(draft, nodes[key])
        check_ways(draft, nodes[key])
        if draft.report.is_clean(nodes[key]):
            yield Wanted(key, _form_of_entry(nodes[key], calendar), nodes[key])


def _form_of_entry(node: Node, calendar: Form | None) -> Form:
    duties = node.value("duties", {})
    return {
        "name": names_of(node),
        "parent": node.value("parent"),
        "lead": _lower(node.value("lead")),
        "director": _lower(node.value("director")),
        "members": _all_lower(node.value("members", [])),
        "duties": {duty: _all_lower(people) for duty, people in duties.items() if people},
        "calendar": calendar,
        "notify": [told_by(way) for way in node.value("notify", ["email"])],
        **_assigned(node.value("assign", "none")),
        "retired": False,
    }


def _assigned(how: str) -> Form:
    """Said only when it is not the default, so files applied before it existed stay as applied."""
    return {} if how == Department.Assign.NONE else {"assign": how}


def _is_below_itself(draft: Draft, parents: dict[str, str | None], key: str) -> bool:
    seen: set[str] = set()
    above: str | None = key
    while above is not None and above not in seen:
        seen.add(above)
        beside = draft.current.get("department", {}).get(above, {}).get("parent")
        above = parents.get(above, beside)
    return above == key


def _parents_first(parents: dict[str, str | None]) -> list[str]:
    ordered: dict[str, None] = {}
    while len(ordered) < len(parents):
        for key, parent in parents.items():
            if parent is None or parent not in parents or parent in ordered:
                ordered.setdefault(key)
    return list(ordered)


def _current_departments() -> dict[str, Form]:
    staff: dict[int, list[Membership]] = defaultdict(list)
    for row in Membership.objects.select_related("user").order_by("id"):
        staff[row.department_id].append(row)
    rows = Department.objects.select_related("parent", "calendar")
    return {row.key: _form_of(row, staff[row.pk]) for row in rows}


def _form_of(department: Department, staff: list[Membership]) -> Form:
    by_role: dict[str, list[str]] = defaultdict(list)
    duties: dict[str, list[str]] = defaultdict(list)
    for row in staff:
        held = duties[row.duty] if row.role == Role.DUTY else by_role[row.role]
        held.append(row.user.email)
    calendar = department.calendar
    return {
        "name": department.name,
        "parent": department.parent and department.parent.key,
        "lead": next(iter(by_role[Role.LEAD]), None),
        "director": next(iter(by_role[Role.DIRECTOR]), None),
        "members": sorted(by_role[Role.MEMBER]),
        "duties": {duty: sorted(people) for duty, people in sorted(duties.items())},
        "calendar": calendar and form_of_calendar(calendar),
        "notify": department.notify,
        **_assigned(department.assign),
        "retired": department.retired_at is not None,
    }


def save_department(*, wanted: Wanted, by: Actor, now: datetime) -> Department:
    form = wanted.form
    for way in wanted.node.value("notify", []):
        if way != "email" and not way.startswith(KEPT):
            endpoint_of(way, now=now)
    parent = Department.objects.get(key=form["parent"]) if form["parent"] else None
    saved, _ = Department.objects.update_or_create(
        key=wanted.key,
        defaults={
            "name": form["name"],
            "parent": parent,
            "notify": form["notify"],
            "assign": form.get("assign", "none"),
            "retired_at": None,
        },
    )
    save_calendar(saved, form["calendar"])
    calendars_changed(departments=[saved.pk], now=now)
    for user in _save_staff(saved, form):
        tasks_return(user=user, by=by, now=now)
    return saved


def _save_staff(department: Department, form: Form) -> list[User]:
    """The places as written; who has lost one."""
    wanted = {(email, Role.MEMBER, "") for email in form["members"]}
    wanted |= {(form[role], role, "") for role in (Role.LEAD, Role.DIRECTOR) if form[role]}
    wanted |= {
        (email, Role.DUTY, duty) for duty, emails in form["duties"].items() for email in emails
    }
    gone: dict[int, User] = {}
    for row in department.memberships.select_related("user").order_by("user_id"):
        place = (row.user.email, Role(row.role), row.duty)
        if place in wanted:
            wanted.remove(place)
        else:
            gone[row.user.pk] = row.user
            row.delete()
    Membership.objects.bulk_create(
        Membership(user=invite(email=email), department=department, role=role, duty=duty)
        for email, role, duty in sorted(wanted)
    )
    return list(gone.values())


def _depends_on(form: Form) -> Iterable[tuple[str, str]]:
    return [("department", form["parent"])] if form["parent"] else []


def _lower(email: str | None) -> str | None:
    return email and email.lower()


def _all_lower(emails: list[str]) -> list[str]:
    return sorted({email.lower() for email in emails})


DEPARTMENT = Kind(
    "department",
    "departments",
    _read_departments,
    _current_departments,
    save_department,
    retired(Department),
    _depends_on,
    entry=entry_of_department,
)
