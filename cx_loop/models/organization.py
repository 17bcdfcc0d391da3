"""Who owns what: the organisation, its departments and the people in them."""

from dataclasses import dataclass
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q

from cx_loop.models.ahead import Question
from cx_loop.models.asked import once
from cx_loop.models.languages import Named, NameField, in_language
from cx_loop.models.people import User
from cx_loop.models.prepared import Asked, ask, columns_of, models_of
from cx_loop.models.together import answered

_ZONE = Question("SELECT timezone FROM cx_loop_organization")


class Organization(models.Model):
    """One row: an installation serves one organisation (decision 0004)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = NameField()
    timezone = models.CharField(max_length=64, default="UTC")
    languages = models.JSONField(default=list)
    demo = models.BooleanField(default=False)
    # {"from", "to", "at"}: how far the demo's weeks are lived through; resumed after a crash
    demo_progress = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="organization_is_one")]

    def __str__(self) -> str:
        return in_language(self.name)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @classmethod
    def current(cls) -> "Organization":
        return once("organization", lambda: answered("organization", cls._asked))

    @classmethod
    def _asked(cls) -> "Organization":
        columns = columns_of(cls, "it")
        for row in ask(f"SELECT {columns} FROM cx_loop_organization AS it", {}):  # noqa: S608  our own table
            found: Organization = models_of(row, cls)[0]
            return found
        return cls(name={"en": "CX Loop"})

    @classmethod
    def current_zone(cls) -> ZoneInfo:
        """Its zone alone: part of every message."""
        found = _ZONE.rows()
        return ZoneInfo(found[0]["timezone"]) if found else cls().zone


def zone_of(reader: object) -> ZoneInfo:
    """In which moments are said to somebody: their own zone, else the organisation's."""
    own = reader.timezone if isinstance(reader, User) else ""
    return ZoneInfo(own) if own else Organization.current().zone


class Calendar(models.Model):
    """Working hours of a department: {"mon-fri": "09:00-18:00"}; empty is round the clock."""

    timezone = models.CharField(max_length=64, default="UTC")
    hours = models.JSONField(default=dict, blank=True)
    holidays = models.CharField(max_length=10, blank=True)
    # [{"from", "to", "hours", "name"}]: days that differ from both (`logic/special_days.py`)
    special_days = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return f"{self.timezone} {self.hours or '24/7'} {self.holidays}".strip()


# one question, because every page and every list of a person begins with it; UNION ends a cycle
OF_MEMBER = """
WITH RECURSIVE led AS (
    SELECT department_id AS id FROM cx_loop_membership
    WHERE user_id = %(user)s::bigint AND role IN ('lead', 'director')
    UNION
    SELECT child.id FROM cx_loop_department AS child JOIN led ON child.parent_id = led.id
)
SELECT id, true FROM led
UNION ALL
SELECT department_id, false FROM cx_loop_membership WHERE user_id = %(user)s::bigint
"""


@dataclass(frozen=True, slots=True)
class Places:
    """Primary keys of the departments where a user has any role, and of those they lead or direct,
    with all below."""

    works: frozenset[int]
    leads: frozenset[int]


def places_of(user: User) -> Places:
    return once(("places", user.pk), lambda: _places_of(user))


def _places_of(user: User) -> Places:
    rows = ask(OF_MEMBER, {"user": str(user.pk)})
    works, leads = ({pk for pk, led in rows if led is wanted} for wanted in (False, True))
    return Places(frozenset(works), frozenset(leads))


def ids_of_member(user: User) -> list[int]:
    """Where the user works, leads or directs; for leads and directors also those below."""
    found = places_of(user)
    return sorted(found.works | found.leads)


class DepartmentQuerySet(models.QuerySet["Department"]):
    def in_force(self) -> Self:
        return self.filter(retired_at=None)

    def below(self, roots: "models.QuerySet[Department]") -> Self:
        """The departments of `roots` and all their children, at any depth."""
        parents = dict(Department.objects.values_list("id", "parent_id"))
        wanted = set(roots.values_list("id", flat=True))
        grew = True
        while grew:
            found = {child for child, parent in parents.items() if parent in wanted} - wanted
            wanted |= found
            grew = bool(found)
        return self.filter(id__in=wanted)

    def of_member(self, user: User) -> Self:
        """Where the user works, leads or directs; leads and directors have the children too."""
        return self.filter(id__in=ids_of_member(user))

    def led_by(self, user: User) -> Self:
        """Where the user is lead or director, and the departments below."""
        return self.filter(pk__in=sorted(places_of(user).leads))


class Department(Named):
    class Assign(models.TextChoices):
        """Who gets a task that arrives: nobody until somebody accepts, or a colleague at once."""

        NONE = "none"
        ROUND_ROBIN = "round_robin"
        LEAST_LOADED = "least_loaded"

    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    calendar = models.OneToOneField(Calendar, null=True, blank=True, on_delete=models.PROTECT)
    notify = models.JSONField(default=list, blank=True)  # "email", or fingerprints of endpoints
    assign = models.CharField(max_length=12, choices=Assign, default=Assign.NONE)

    # who works here, where that has been asked already; of this row in memory, not in the table
    staff_asked: Asked | None = None

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(assign__in=["none", "round_robin", "least_loaded"]),
                name="department_assign_known",
            )
        ]


class MembershipQuerySet(models.QuerySet["Membership"]):
    def reachable(self) -> Self:
        return self.filter(user__is_active=True)


class Membership(models.Model):
    """Who has which role where. A duty is a named job a route can address."""

    class Role(models.TextChoices):
        MEMBER = "member"
        LEAD = "lead"
        DIRECTOR = "director"
        DUTY = "duty"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    duty = models.SlugField(max_length=80, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["department", "role", "duty", "user"], name="membership_once"
            ),
            models.UniqueConstraint(
                fields=["department"], condition=Q(role="lead"), name="department_has_one_lead"
            ),
            models.UniqueConstraint(
                fields=["department"],
                condition=Q(role="director"),
                name="department_has_one_director",
            ),
            models.CheckConstraint(
                condition=(Q(role="duty") & ~Q(duty="")) | (~Q(role="duty") & Q(duty="")),
                name="membership_duty_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.duty or self.role} {self.department}"


class AppliedConfiguration(models.Model):
    """What configuration as code last wrote: its hash tells an edit made in pages since."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=160)
    digest = models.CharField(max_length=64)
    origin = models.CharField(max_length=255)
    applied_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="applied_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
