"""Hold, hand over, take back: what people do, and what the clocks make of it."""

import pytest

from tasks.actions.errors import Forbidden, NotFound, Stale
from tasks.actions.work import perform
from tasks.logic.lifecycle import NotAllowed
from tasks.models import Holding
from tests.flows.loop import DAY, HOUR, MINUTE, MONDAY, OFFICE, Loop, person, pushes, trail

TO_IT = {"reason": "Their scanners.", "department": "it"}


@pytest.fixture
def taken(loop: Loop) -> Loop:
    """A task that ana works on."""
    loop.breach()
    loop.act("accept", MONDAY + HOUR, start=True)
    return loop


def test_a_hold_waits_for_its_end_and_the_task_goes_on_by_itself(taken: Loop) -> None:
    taken.act("hold", MONDAY + 2 * HOUR, reason="Parts.", until=MONDAY + 3 * DAY)
    assert taken.task.next_due_at == MONDAY + 3 * DAY
    taken.run(MONDAY + 2 * DAY)
    assert taken.task.state == "on_hold"
    taken.run(MONDAY + 3 * DAY)
    assert (taken.task.state, taken.task.hold_until) == ("in_progress", None)
    assert trail("task")[-1] == "hold_ended"


def test_handing_over_keeps_the_start_of_the_clocks(taken: Loop) -> None:
    due = taken.task.due_at
    taken.act("hand_over", MONDAY + DAY, **TO_IT)
    task = taken.task
    assert (task.state, task.department.key, task.assignee) == ("open", "it", None)
    assert task.due_at == due
    assert task.respond_by == MONDAY + 4 * HOUR
    assert taken.episode.responded_at is None


def test_the_first_department_answers_until_the_next_accepts(taken: Loop) -> None:
    taken.act("hand_over", MONDAY + DAY, **TO_IT)
    assert taken.task.answerable_department.key == "ground-ops"
    taken.act("accept", MONDAY + DAY + HOUR, by="ian")
    assert taken.task.answerable_department.key == "it"


def test_a_chain_of_hand_overs_is_kept_and_all_who_had_it_may_see(taken: Loop) -> None:
    taken.act("hand_over", MONDAY + DAY, **TO_IT)
    back = {"reason": "Not ours.", "department": "ground-ops"}
    taken.act("hand_over", MONDAY + 2 * DAY, by="ian", **back)
    chain = Holding.objects.values_list("department__key", "since", "until")
    assert list(chain) == [
        ("ground-ops", MONDAY, MONDAY + DAY),
        ("it", MONDAY + DAY, MONDAY + 2 * DAY),
        ("ground-ops", MONDAY + 2 * DAY, None),
    ]
    with pytest.raises(Forbidden, match="not_your_department"):
        taken.act("accept", MONDAY + 3 * DAY, by="ian")


def test_who_never_had_it_does_not_find_it(taken: Loop) -> None:
    with pytest.raises(NotFound):
        taken.act("accept", MONDAY + DAY, by="ian")


@pytest.mark.django_db
def test_a_department_with_office_hours_does_not_win_time_by_a_hand_over() -> None:
    loop = Loop(calendar=OFFICE)
    loop.breach()
    due, respond_by = loop.task.due_at, loop.task.respond_by
    loop.act("hand_over", MONDAY + HOUR, **TO_IT)  # IT works round the clock
    assert loop.task.due_at == MONDAY + 14 * DAY < due
    assert loop.task.respond_by == MONDAY + 4 * HOUR == respond_by


def test_the_ladder_of_a_handed_over_task_asks_the_next_lead(taken: Loop) -> None:
    taken.act("hand_over", MONDAY + 2 * HOUR, **TO_IT)
    taken.run(MONDAY + 4 * HOUR)
    assert pushes() == [("response", "lead")]
    assert taken.task.escalations.get().recipients == [
        membership.user_id for membership in taken.task.department.memberships.filter(role="lead")
    ]


def test_a_call_the_state_does_not_allow_names_those_it_does(taken: Loop) -> None:
    with pytest.raises(NotAllowed) as refused:
        taken.act("accept", MONDAY + 2 * HOUR)
    assert "submit" in refused.value.allowed


def test_of_two_who_read_the_same_version_the_second_is_told(taken: Loop) -> None:
    task, at = taken.task, MONDAY + 2 * HOUR
    said = {"reason": "Parts.", "until": MONDAY + DAY}
    old = task.version
    perform("hold", number=task.number, by=person("ana"), now=at, version=old, fields=said)
    with pytest.raises(Stale):
        perform("start", number=task.number, by=person("lin"), now=at, version=old)


def test_a_withdrawn_fix_goes_back_to_work_with_its_clocks(taken: Loop) -> None:
    due = taken.task.due_at
    taken.submit(MONDAY + 2 * DAY)
    taken.act("withdraw", MONDAY + 3 * DAY, reason="Not yet.")
    task = taken.task
    assert (task.state, task.due_at, task.episode) == ("in_progress", due, 1)
    assert (task.submitted_at, task.fixed_at) == (None, None)
    assert taken.verification.state == "decided"
    assert (taken.verification.verdict, taken.verification.reason) == ("inconclusive", "withdrawn")


def test_only_the_lead_sends_a_fix_back(taken: Loop) -> None:
    taken.submit(MONDAY + 2 * DAY)
    with pytest.raises(Forbidden, match="lead_only"):
        taken.act("send_back", MONDAY + 3 * DAY, reason="Half done.")
    taken.act("send_back", MONDAY + 3 * DAY, by="lin", reason="Half done.")
    assert (taken.task.state, trail("task")[-1]) == ("in_progress", "sent_back")


def test_a_fix_submitted_again_is_verified_anew(taken: Loop) -> None:
    taken.submit(MONDAY + 2 * DAY)
    taken.act("withdraw", MONDAY + 2 * DAY + MINUTE, reason="Not yet.")
    taken.submit(MONDAY + 9 * DAY)
    assert taken.task.verifications.count() == 2
    assert taken.verification.state == "waiting"
    assert taken.task.next_due_at == taken.verification.next_look_at
