"""Has the fix worked? From the submitted fix to a closed task, or back to the queue."""

from datetime import date, datetime

import pytest

from alerts.models import Alert
from cx_loop.models import Notice
from tasks.actions.errors import Forbidden, Invalid
from tasks.logic.lifecycle import NotAllowed
from tests.flows.loop import DAY, FIX, HOUR, SHANGHAI, Loop, local

FIRST = date(2026, 3, 2)  # a Monday
BAD = (30, 33, 36, 39, 42)
GOOD = (6, 8, 10, 12, 14)
BETTER = (20, 21, 22, 23, 24)


VERIFY = {"settle": "3d", "looks": ["7d", "14d"], "extend_to": "14d"}
FIX_DAY = FIRST + 10 * DAY
FIRST_LOOK, LAST_LOOK = 10, 17  # days after the fix


@pytest.fixture
def loop(db: None) -> Loop:
    """A rule over whole days, and two looks so that stories stay short."""
    return Loop(window="1d", min_samples=5, verify=VERIFY)


def until_fix(loop: Loop, *values: float, days: int = 10) -> None:
    """So many bad days; the task is accepted after the first, its fix submitted after the last."""
    loop.days(FIRST, 1, *BAD)
    loop.act("accept", local(FIRST + DAY, 3), start=True)
    loop.days(FIRST + DAY, days - 1, *(values or BAD))
    loop.submit(local(FIRST + days * DAY, 9))


def after_fix(loop: Loop, days: int, *values: float, since: date = FIX_DAY) -> datetime:
    return loop.days(since, days, *values)


def quiet_weeks(loop: Loop) -> None:
    """Four weeks before the story, loaded as they were."""
    for back in range(1, 29):
        loop.send(*GOOD, at=local(FIRST - back * DAY, 12))


def verdict(loop: Loop) -> tuple[str, str, str]:
    said = loop.verification
    return said.state, said.verdict, said.reason


def test_a_fix_that_works_closes_the_task(loop: Loop) -> None:
    until_fix(loop)
    assert (loop.task.state, loop.verification.state) == ("verifying", "waiting")
    after_fix(loop, FIRST_LOOK, *GOOD)
    assert verdict(loop)[:2] == ("decided", "effective")
    assert (loop.task.state, loop.task.resolution, loop.task.recovered) == (
        "closed",
        "effective",
        True,
    )
    assert loop.verification.result["effect"] == pytest.approx(26)
    assert loop.verification.looks.get().due_at == local(FIX_DAY + FIRST_LOOK * DAY, 1)
    assert not Alert.objects.unresolved().exists()


def test_the_window_that_fired_is_not_in_the_baseline(loop: Loop) -> None:
    until_fix(loop)
    after_fix(loop, FIRST_LOOK, *GOOD)
    baseline = loop.verification.result["baseline"]
    assert (baseline["from"], baseline["to"]) == ("2026-03-03", "2026-03-11")


def test_the_plan_is_frozen_before_the_first_answer(loop: Loop) -> None:
    until_fix(loop)
    plan = loop.verification.plan
    later = {"settle": "9d", "looks": ["7d"], "extend_to": "7d"}
    loop.configure(local(FIX_DAY, 20), window="1d", min_samples=5, verify=later)
    after_fix(loop, FIRST_LOOK, *GOOD)
    assert loop.verification.plan == plan
    assert verdict(loop)[1] == "effective"


def test_no_look_is_taken_before_its_day(loop: Loop) -> None:
    until_fix(loop)
    after_fix(loop, FIRST_LOOK - 1, *GOOD)
    assert (loop.verification.state, loop.verification.looks_done) == ("waiting", 0)
    assert loop.task.next_due_at == loop.verification.next_look_at


def test_looks_missed_in_a_downtime_are_taken_in_order(loop: Loop) -> None:
    until_fix(loop, *BETTER)
    for day in range(LAST_LOOK):
        loop.send(*BETTER, at=local(FIX_DAY + day * DAY, 12))
    loop.run(local(FIX_DAY + 20 * DAY, 0))
    looks = loop.verification.looks.values_list("seq", "result__after__to")
    assert list(looks) == [(0, "2026-03-21"), (1, "2026-03-28")]


def test_a_breach_that_stays_asks_the_owner_at_the_first_look(loop: Loop) -> None:
    until_fix(loop)
    after_fix(loop, FIRST_LOOK, *BAD)
    assert verdict(loop) == ("person", "", "ask_owner")
    assert Notice.objects.get(code="asked").user.email == "ana@example.com"
    assert loop.task.state == "verifying"


def test_a_breach_that_stays_brings_the_task_back_at_the_second_look(loop: Loop) -> None:
    until_fix(loop)
    after_fix(loop, LAST_LOOK, *BAD)
    assert verdict(loop) == ("decided", "no_effect", "not_recovered")
    assert (loop.task.state, loop.task.episode, loop.task.recovered) == ("open", 2, False)


def test_a_reopened_task_has_clocks_of_its_own(loop: Loop) -> None:
    until_fix(loop)
    back = after_fix(loop, LAST_LOOK, *BAD)
    task, episode = loop.task, loop.episode
    assert (episode.number, episode.opened_at) == (2, back)
    assert (task.respond_by, task.due_at) == (back + 4 * HOUR, back + 14 * DAY)
    assert task.next_due_at == task.escalate_at == back + 4 * HOUR
    assert (task.escalation_level, task.fixed_at, task.submitted_by) == (0, None, None)
    assert task.episodes.get(number=1).closed_at == back


def test_the_baseline_of_a_second_round_begins_with_the_round(loop: Loop) -> None:
    until_fix(loop)
    back = after_fix(loop, LAST_LOOK, *BAD)
    loop.act("accept", back + HOUR, start=True)
    loop.act("submit", back + 9 * DAY, **FIX, fixed_at=back + 9 * DAY)
    plan = loop.task.verifications.get(episode=2).plan
    assert plan["alert_day"] == back.astimezone(SHANGHAI).date().isoformat()


def test_a_second_round_climbs_its_own_ladder(loop: Loop) -> None:
    until_fix(loop)
    back = after_fix(loop, LAST_LOOK, *BAD)
    loop.run(back + 4 * HOUR)
    push = loop.task.escalations.get(episode=2)
    assert (push.seq, push.to, push.due_at) == (0, "lead", back + 4 * HOUR)


def test_a_peak_that_passed_by_itself_is_not_credited_to_the_fix(loop: Loop) -> None:
    """Only the window that fired was bad; the fix finds the days as they were before it."""
    until_fix(loop, *BETTER)
    after_fix(loop, LAST_LOOK, *BETTER)
    assert verdict(loop) == ("decided", "inconclusive", "recovered_unproven")
    assert (loop.task.resolution, loop.verification.result["proven"]) == (
        "recovered_unproven",
        False,
    )


def test_a_partial_effect_asks_the_lead(loop: Loop) -> None:
    quiet_weeks(loop)
    until_fix(loop)
    after_fix(loop, LAST_LOOK, *BETTER)
    assert verdict(loop) == ("person", "", "partial")
    assert Notice.objects.get(code="asked").user.email == "lin@example.com"


def test_the_lead_may_accept_a_partial_effect(loop: Loop) -> None:
    quiet_weeks(loop)
    until_fix(loop)
    at = after_fix(loop, LAST_LOOK, *BETTER) + HOUR
    loop.act("decide", at, by="lin", outcome="partially_effective", reason="Good enough.")
    assert (loop.task.state, loop.task.resolution) == ("closed", "partially_effective")
    assert verdict(loop)[:2] == ("decided", "partially_effective")


def test_a_partial_effect_nobody_accepts_comes_back_after_three_working_days(loop: Loop) -> None:
    quiet_weeks(loop)
    until_fix(loop)
    asked = after_fix(loop, LAST_LOOK, *BETTER)
    loop.run(asked + 3 * DAY - HOUR)
    assert loop.task.state == "verifying"
    loop.run(asked + 3 * DAY)
    assert (loop.task.state, loop.task.episode) == ("open", 2)
    assert verdict(loop) == ("decided", "partially_effective", "not_accepted")


def test_a_quick_fix_leaves_no_baseline_and_is_judged_on_recovery_only(loop: Loop) -> None:
    until_fix(loop, days=5)
    after_fix(loop, FIRST_LOOK, *GOOD, since=FIRST + 5 * DAY)
    assert verdict(loop) == ("decided", "inconclusive", "recovered_unproven")
    assert (loop.task.resolution, loop.task.recovered) == ("recovered_unproven", True)
    assert loop.verification.result["method"] == "recovery_only"


def test_only_a_second_person_decides(loop: Loop) -> None:
    until_fix(loop)
    at = after_fix(loop, FIRST_LOOK, *BAD) + HOUR
    said = {"outcome": "reopen", "reason": "It is as before."}
    with pytest.raises(Forbidden, match="second_person_only"):
        loop.act("decide", at, by="ana", **said)
    loop.act("decide", at, by="lin", **said)
    assert (loop.task.state, loop.task.episode) == ("open", 2)


def test_proven_is_never_said_by_hand(loop: Loop) -> None:
    until_fix(loop)
    at = after_fix(loop, FIRST_LOOK, *BAD) + HOUR
    with pytest.raises(Invalid):
        loop.act("decide", at, by="lin", outcome="effective", reason="I believe so.")


def test_nothing_is_decided_by_hand_while_the_data_speak(loop: Loop) -> None:
    until_fix(loop)
    with pytest.raises(NotAllowed):
        loop.act("decide", local(FIX_DAY, 12), by="lin", outcome="reopen", reason="Too slow.")
