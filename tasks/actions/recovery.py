"""Caring for the customers who complained: they are found, contacted in time, or pushed up.

Found by asking for single answers beyond the line that have no row yet, so a run that fails is
made up by the next, and no answer is on the list twice.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from cx_loop.messaging.queue import queue_mail
from cx_loop.models import (
    Actor,
    Department,
    Membership,
    Notice,
    Segment,
    Series,
    Touchpoint,
    User,
    ids_of_member,
    record,
)
from cx_loop.models.together import add
from tasks.actions.errors import Forbidden, Invalid, NotFound
from tasks.actions.opt_outs import one_telling_at_a_time, opt_out
from tasks.actions.stand_ins import standing_in
from tasks.logic.recovery import (
    LEVELS,
    OUTCOMES,
    SPOKEN_TO,
    WITHIN,
    due_at,
    next_push,
    parse_each,
)
from tasks.models import OptOut, Recovery, RecoveryRule, TaskAlert
from tasks.notices import mail_of_recovery
from tasks.reads.complaints import Complaint, complaints, line_behind
from tasks.reads.hours import hours_of
from tasks.reads.said import window_of

LOOKS_BACK = timedelta(days=3)  # an answer that comes later is no longer called back at once
RECENT = timedelta(days=1)  # alerts whose customers are still added to their task
AT_ONCE = 200
OF_A_TASK = 50  # customers behind one alert: the worst
LONGEST = 2_000


def seek(*, now: datetime) -> int:
    """Put whoever complained on the lists: by each rule, and behind the alerts of a day."""
    return _seek_by_rules(now) + _seek_behind_alerts(now)


def _seek_by_rules(now: datetime) -> int:
    found = 0
    for rule in RecoveryRule.objects.filter(retired_at=None).select_related("metric"):
        series = Series.objects.filter(metric=rule.metric, touchpoint__retired_at=None)
        if rule.touchpoints:
            series = series.filter(touchpoint__key__in=rule.touchpoints)
        said = complaints(series, parse_each(rule.each), now - LOOKS_BACK, now, AT_ONCE)
        found += _keep(said, within=rule.within, now=now)
    return found


def _seek_behind_alerts(now: datetime) -> int:
    """The customers behind a task: of the window that raised it, and since."""
    recent = TaskAlert.objects.filter(alert__opened_at__gte=now - RECENT)
    related = recent.exclude(task__state="closed").select_related(
        "alert__version__metric", "alert__group", "task"
    )
    found = 0
    for link in related.order_by("-alert__opened_at")[:AT_ONCE]:
        alert = link.alert
        line = line_behind(alert)
        if line is None:
            continue
        since, _until = window_of(alert)
        said = complaints(alert.group.series.all(), line, since, now, OF_A_TASK)
        found += _keep(said, within=WITHIN, now=now)
        digests = [each.digest for each in said]
        Recovery.objects.filter(digest__in=digests, task=None).update(task=link.task)
    return found


def _keep(said: Sequence[Complaint], *, within: str, now: datetime) -> int:
    """Rows for those that have none; how many."""
    known = set(
        Recovery.objects.filter(digest__in=[each.digest for each in said]).values_list(
            "digest", flat=True
        )
    )
    fresh = [each for each in said if each.digest not in known]
    if not fresh:
        return 0
    places = Touchpoint.objects.select_related("owner__calendar").in_bulk(
        [each.series.touchpoint_id for each in fresh if each.series.touchpoint_id]
    )
    weights = dict(Segment.objects.values_list("key", "weight"))
    before = _complained_before(each.customer for each in fresh)
    rows = []
    for each in fresh:
        place = places[each.series.touchpoint_id or 0]
        due = due_at(each.occurred_at, within, hours_of(place.owner))
        rows.append(
            Recovery(
                digest=each.digest,
                customer=each.customer,
                touchpoint=place,
                department=place.owner,
                metric_id=each.series.metric_id,
                value=each.value,
                segment=each.series.segment,
                weight=weights.get(each.series.segment, 1),
                before=before[each.customer],
                may_contact=each.may_contact,
                occurred_at=each.occurred_at,
                made_at=now,
                due_at=due,
                escalate_at=due,
            )
        )
        before[each.customer] += 1
    return len(Recovery.objects.bulk_create(rows, ignore_conflicts=True))


def _complained_before(customers: Iterable[UUID]) -> Counter[UUID]:
    wanted = set(customers)
    counted = Recovery.objects.filter(customer__in=wanted).order_by().values_list("customer")
    return Counter({customer: n for customer, n in counted.annotate(n=Count("id")) if customer})


def settle(*, recovery: int, outcome: str, offered: str, by: Actor, now: datetime) -> Recovery:
    """What became of a contact; who declines is never written to again. Raises NotFound, Forbidden,
    Invalid."""
    if by.user is None:
        raise Forbidden("not_your_department")
    wrong = []
    if outcome not in OUTCOMES:
        wrong.append(("outcome", "invalid", "Say what became of it."))
    if outcome in SPOKEN_TO and not offered.strip():
        wrong.append(("offered", "required", "Say what was offered."))
    if len(offered) > LONGEST:
        wrong.append(("offered", "too_long", f"At most {LONGEST} characters."))
    with transaction.atomic():
        if outcome == "declined":
            one_telling_at_a_time()  # first, as whoever opts out by a link takes it
        seen = Recovery.objects.all().visible_to(by.user).select_for_update(of=("self",))
        row = seen.filter(pk=recovery).first()
        if row is None:
            raise NotFound("recovery")
        if not by.user.is_superuser and row.department_id not in ids_of_member(by.user):
            raise Forbidden("read_only")
        if row.outcome:
            wrong.append(("outcome", "over", "This customer was contacted already."))
        if wrong:
            raise Invalid(wrong)
        row.outcome, row.offered = outcome, offered.strip()
        row.contacted_at, row.contacted_by = now, by.user
        row.escalate_at = None
        if outcome == "declined":
            row.may_contact = False
        row.save()
        if outcome == "declined" and row.customer is not None:
            opt_out(customers=[row.customer], how=OptOut.How.DECLINED, by=by, now=now)
        record(
            verb="contacted",
            subject="recovery",
            subject_id=row.pk,
            by=by,
            now=now,
            to_state=outcome,
        )
    return row


def push_late(*, now: datetime) -> int:
    """Contacts whose deadline has passed go to the lead, a working day later to the director."""
    late = Recovery.objects.open().filter(escalate_at__lte=now)
    with transaction.atomic():
        rows = list(
            late.select_related("department__calendar")
            .order_by("escalate_at", "id")
            .select_for_update(of=("self",), skip_locked=True)[:AT_ONCE]
        )
        told: Counter[tuple[int, int]] = Counter()
        departments: dict[int, Department] = {}
        for row in rows:
            row.level = min(row.level + 1, len(LEVELS) - 1)
            row.escalate_at = next_push(row.level, now, hours_of(row.department))
            departments[row.department_id] = row.department
            told[(row.department_id, row.level)] += 1
        Recovery.objects.bulk_update(rows, ["level", "escalate_at"])
        for (department, level), count in told.items():
            _tell(departments[department], level, count, now)
    return len(rows)


def _tell(department: Department, level: int, count: int, now: datetime) -> None:
    """Once a person for all that is late at once, never a mail a customer."""
    for user in _who(department, LEVELS[level], now):
        key = f"recovery_late:{department.pk}:{level}:{now.timestamp():.0f}:{user.pk}"
        params: dict[str, Any] = {"count": count, "department": department.key}
        add(
            Notice(dedup_key=key, user=user, code="recovery_late", params=params, created_at=now),
            unless_there=True,
        )
        subject, text = mail_of_recovery(department, count, user.language)
        queue_mail(user=user, code="recovery_late", key=key, subject=subject, text=text, now=now)


def _who(department: Department, role: str, now: datetime) -> list[User]:
    """Who has the role there, or in the nearest department above that has somebody."""
    place: Department | None = department
    while place is not None:
        rows = Membership.objects.reachable().filter(department=place, role=role)
        people = [row.user for row in rows.select_related("user__substitute")]
        if people:
            return standing_in(people, now) or people
        place = place.parent
    return []
