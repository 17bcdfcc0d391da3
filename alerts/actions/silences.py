"""Silences, made and ended by people."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from alerts.actions.errors import Forbidden, Invalid, NotFound, Over
from alerts.actions.quiet import review
from alerts.logic.silences import problems_of
from alerts.models import Rule, Severity, Silence
from cx_loop.models import (
    Actor,
    Department,
    Metric,
    Segment,
    Touchpoint,
    User,
    places_of,
    record,
)

LEADING = ("lead", "director")
Problems = list[tuple[str, str, str]]


def make_silence(
    *,
    by: Actor,
    now: datetime,
    matchers: Mapping[str, Sequence[str]],
    reason: str,
    ends_at: datetime | None,
    starts_at: datetime | None = None,
    kind: str = Silence.Kind.SILENCE,
    department: Department | None = None,
) -> Silence:
    """Keep matching alerts quiet from `starts_at` (now, at the earliest) until `ends_at`.

    It reaches the touchpoints of a department that the person leads and of those below it;
    without `department` those of the one they lead, or for an admin all. Raises Forbidden,
    Invalid.
    """
    starts_at = max(starts_at or now, now)
    department = _department_for(by, department)
    problems = problems_of(matchers, starts_at=starts_at, ends_at=ends_at, reason=reason, now=now)
    problems = problems or _unknown_words(matchers, department)
    if problems:
        raise Invalid(problems)
    assert by.user is not None
    assert ends_at is not None
    with transaction.atomic():
        made = Silence.objects.create(
            kind=kind,
            matchers={name: sorted(set(matchers[name])) for name in sorted(matchers)},
            department=department,
            starts_at=starts_at,
            ends_at=ends_at,
            reason=reason.strip(),
            author=by.user,
            created_at=now,
        )
        said = {"until": ends_at.isoformat(), "reason": made.reason}
        record(verb="silenced", subject="silence", subject_id=made.pk, by=by, now=now, params=said)
    # outside: each alert and its task change by themselves, and the sweep finds what is left
    review(now=now)
    return made


def end_silence(*, pk: int, by: Actor, now: datetime) -> Silence:
    """End a silence now, or call it off. Raises NotFound (not visible), Forbidden, Over."""
    found = seen_by(by).filter(pk=pk).first()
    if found is None:
        raise NotFound
    if not may_end(found, by):
        raise Forbidden("lead_only")
    with transaction.atomic():
        lasting = Silence.objects.filter(pk=pk, ended_at=None, ends_at__gt=now)
        if not lasting.update(ended_at=now, ended_by=by.user):
            raise Over
        record(verb="silence_ended", subject="silence", subject_id=pk, by=by, now=now)
    review(now=now)
    found.refresh_from_db()
    return found


def seen_by(by: Actor) -> QuerySet[Silence]:
    """The silences both the person and the key they use may see."""
    seen = Silence.objects.all()
    for viewer in (by.key, by.user):
        if viewer is not None:
            seen = seen.visible_to(viewer)
    return seen


def may_silence(user: User) -> bool:
    """Whether somebody may make silences at all."""
    return user.is_active and (user.is_superuser or bool(places_of(user).leads))


def may_end(silence: Silence, by: Actor) -> bool:
    """The leads of its department and above, and admins."""
    user = by.user
    if user is None or not user.is_active:
        return False
    if user.is_superuser:
        return True
    return silence.department in departments_led(user)


def departments_led(user: User) -> QuerySet[Department]:
    """Departments somebody leads or directs, with those below."""
    led = Department.objects.filter(memberships__user=user, memberships__role__in=LEADING)
    return Department.objects.in_force().below(led)


def _department_for(by: Actor, wanted: Department | None) -> Department | None:
    user = by.user
    if user is None or not may_silence(user):
        raise Forbidden("lead_only")
    if user.is_superuser:
        return wanted
    led = departments_led(user)
    if wanted is not None:
        if not led.filter(pk=wanted.pk).exists():
            raise Invalid([("department", "department_unknown", "Name one that you lead.")])
        return wanted
    # the one at the top of what they lead
    tops = [each for each in led if each.parent_id not in {one.pk for one in led}]
    if len(tops) > 1:
        raise Invalid([("department", "required", "You lead several: say which.")])
    return tops[0]


def _unknown_words(
    matchers: Mapping[str, Sequence[str]], department: Department | None
) -> Problems:
    """Words that name nothing within reach: a silence with a slip of the pen would say nothing."""
    places = Touchpoint.objects.select_related("stage__journey")
    rules = Rule.objects.all()
    if department is not None:
        here = Department.objects.below(Department.objects.filter(pk=department.pk))
        places = places.filter(owner__in=here)
        rules = rules.filter(groups__touchpoint__owner__in=here).distinct()
    known = {
        "touchpoint": {each.key for each in places},
        "stage": {each.stage.key for each in places},
        "journey": {each.stage.journey.key for each in places},
        "rule": set(rules.values_list("key", flat=True)),
        "metric": set(Metric.objects.values_list("key", flat=True)),
        "segment": {*Segment.objects.values_list("key", flat=True), ""},
        "severity": {str(label) for _, label in Severity.choices},
    }
    return [
        (f"matchers.{name}", "unknown_choice", f"{word!r} is not known here.")
        for name, words in matchers.items()
        if name in known
        for word in words
        if word not in known[name]
    ]
