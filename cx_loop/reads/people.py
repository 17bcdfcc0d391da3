"""Whom somebody may look up."""

from django.db.models import Prefetch, Q, QuerySet

from cx_loop.models import Department, Membership, User

MOST_PEOPLE = 200  # on one page; further ones are found by search


def people_of(reader: User) -> QuerySet[User]:
    """Whom somebody may look up: everybody, the people of departments they lead, themselves."""
    if reader.sees_everything:
        return User.objects.all()
    led = Department.objects.led_by(reader)
    works = Membership.objects.filter(department__in=led).values("user")
    return User.objects.filter(Q(pk=reader.pk) | Q(pk__in=works))


def people_seen_by(reader: User, words: str = "") -> list[User]:
    """One more than a page of them, those who are active first; `words` of name or address."""
    found = people_of(reader)
    if words:
        found = found.filter(Q(name__icontains=words) | Q(email__icontains=words))
    places = Membership.objects.select_related("department").order_by("department__key", "role")
    ordered = found.prefetch_related(Prefetch("memberships", queryset=places))
    return list(ordered.order_by("-is_active", "name", "email")[: MOST_PEOPLE + 1])
