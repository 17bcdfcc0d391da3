"""Deadlines push a task up: staff hear first, the lead before the director, nobody twice."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from cx_loop.models import Activity, Membership, Message, Notice, User
from tasks.models import Escalation, Task
from tests.factories import make_task
from tests.flows.loop import DAY, HOUR, MINUTE, MONDAY, OFFICE, Loop, pushes

HUNDRED_DAYS = 100 * DAY


def fired() -> list[tuple[str, str, datetime]]:
    rows = Escalation.objects.order_by("fired_at", "id")
    return [(row.ladder, row.to, row.fired_at) for row in rows]


def run_through(loop: Loop, since: datetime, until: datetime) -> None:
    """The engine at each deadline in between, as a service that never sleeps would be."""
    while (due := next_due()) is not None and due <= until:
        loop.run(max(due, since))


def next_due() -> datetime | None:
    return Task.objects.unclosed().order_by("next_due_at").values_list("next_due_at", flat=True)[0]


def test_a_task_nobody_takes_goes_up_to_the_lead_then_the_director_again_and_again(
    loop: Loop,
) -> None:
    loop.breach()
    run_through(loop, MONDAY, MONDAY + 3 * DAY)
    assert fired() == [
        ("response", "lead", MONDAY + 4 * HOUR),
        ("response", "director", MONDAY + 8 * HOUR),
        ("response", "director", MONDAY + 32 * HOUR),
        ("response", "director", MONDAY + 56 * HOUR),
    ]
    assert loop.task.escalation_level == 2


def test_each_push_tells_whoever_has_the_role_then(loop: Loop) -> None:
    loop.breach()
    run_through(loop, MONDAY, MONDAY + 8 * HOUR)
    told = Notice.objects.filter(code="escalated").order_by("id")
    assert [notice.user.email for notice in told] == ["lin@example.com", "dirk@example.com"]
    mails = Message.objects.filter(dedup_key__startswith="escalated").order_by("id")
    assert [mail.recipient for mail in mails] == ["lin@example.com", "dirk@example.com"]


def test_repeats_end_at_the_most_and_the_task_is_not_forgotten(loop: Loop) -> None:
    loop.breach()
    run_through(loop, MONDAY, MONDAY + 13 * DAY)
    assert pushes() == [("response", "lead")] + 6 * [("response", "director")]
    assert next_due() == MONDAY + 14 * DAY


@pytest.mark.django_db
def test_the_ladder_counts_working_hours_only() -> None:
    loop = Loop(calendar=OFFICE)
    friday = MONDAY + 4 * DAY + 7 * HOUR  # 16:00: two hours are left this week
    loop.breach(friday)
    run_through(loop, friday, friday + 4 * DAY)
    monday = MONDAY + 7 * DAY
    assert fired() == [
        ("response", "lead", monday + 2 * HOUR),
        ("response", "director", monday + 6 * HOUR),
    ]


def test_after_a_downtime_the_lead_is_asked_before_the_director(loop: Loop) -> None:
    loop.breach()
    back = MONDAY + DAY
    loop.run(back)
    assert pushes() == [("response", "lead")]
    run_through(loop, back, back + HOUR)
    assert fired()[1:] == [("response", "director", back + HOUR)]


def test_a_late_push_says_how_late_it_is(loop: Loop) -> None:
    loop.breach()
    loop.run(MONDAY + DAY)
    said = Activity.objects.get(verb="escalated")
    assert said.params["late_by"] == 20 * 3600
    assert Escalation.objects.get().due_at == MONDAY + 4 * HOUR


def test_a_push_cannot_be_recorded_twice(loop: Loop) -> None:
    loop.breach()
    loop.run(MONDAY + 4 * HOUR)
    again = Escalation.objects.get()
    again.pk = None
    with pytest.raises(IntegrityError, match="escalation_once"), transaction.atomic():
        again.save(force_insert=True)


def test_acceptance_stops_the_response_ladder_and_the_due_time_starts_over(loop: Loop) -> None:
    loop.breach()
    loop.act("accept", MONDAY + HOUR, start=True)
    run_through(loop, MONDAY, MONDAY + 15 * DAY)
    due = MONDAY + 14 * DAY
    assert fired() == [
        ("resolution", "lead", due),
        ("resolution", "director", due + 4 * HOUR),
    ]


def test_a_task_past_its_due_time_stays_marked_late(loop: Loop) -> None:
    loop.breach()
    loop.act("accept", MONDAY + HOUR, start=True)
    run_through(loop, MONDAY, MONDAY + 14 * DAY + HOUR)
    loop.submit(MONDAY + 15 * DAY)
    assert loop.task.was_late


def test_where_nobody_is_reachable_the_push_goes_on_and_says_so(loop: Loop) -> None:
    loop.breach()
    Membership.objects.filter(role__in=["lead", "director"]).delete()
    loop.run(MONDAY + 4 * HOUR)
    assert Activity.objects.filter(verb="nobody_reachable").exists()
    assert Escalation.objects.get().recipients == []


def test_a_lead_who_is_missing_is_replaced_by_the_director(loop: Loop) -> None:
    loop.breach()
    Membership.objects.filter(user__email="lin@example.com").delete()
    loop.run(MONDAY + 4 * HOUR)
    assert Notice.objects.get(code="escalated").user.email == "dirk@example.com"
    said = Activity.objects.get(verb="nobody_reachable")
    assert said.params["to"] == "lead"


def test_staff_who_are_all_away_are_replaced_by_the_lead_not_by_the_director(db: None) -> None:
    loop = Loop(escalation=[{"key": "default", "steps": [{"after": "4h", "to": "staff"}]}])
    loop.breach()
    members = User.objects.filter(memberships__role="member")
    members.update(absent_since=MONDAY - DAY, absent_until=MONDAY + DAY)
    loop.run(MONDAY + 4 * HOUR)
    assert Notice.objects.get(code="escalated").user.email == "lin@example.com"
    assert Activity.objects.get(verb="nobody_reachable").params["to"] == "staff"


def test_a_poisoned_task_does_not_hold_up_the_others(loop: Loop) -> None:
    poison = make_task(created_at=MONDAY, next_due_at=MONDAY, escalate_at=MONDAY)
    poison.episodes.all().delete()
    loop.breach()
    number = Task.objects.order_by("-number")[0].number
    loop.run(MONDAY + 4 * HOUR)
    assert Escalation.objects.get().task_id == number
    poison.refresh_from_db()
    assert (poison.attempts, poison.next_due_at) == (2, MONDAY + 4 * HOUR + 2 * MINUTE)


def test_a_poisoned_task_is_tried_again_ever_more_seldom(loop: Loop) -> None:
    poison = make_task(created_at=MONDAY, next_due_at=MONDAY, escalate_at=MONDAY)
    poison.episodes.all().delete()
    waits: list[timedelta] = []
    for _ in range(8):
        due = Task.objects.get().next_due_at
        loop.run(due)
        waits.append(Task.objects.get().next_due_at - due)
    assert waits == [minutes * MINUTE for minutes in (1, 2, 4, 8, 16, 32, 60, 60)]
