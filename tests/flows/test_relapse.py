"""A fix that worked is watched for 90 days; what comes back is opened again."""

from datetime import date, timedelta

import pytest
from django.db import connection

from cx_loop.models import Activity, Notice
from tasks.actions.relapse import watch
from tasks.models import Task, Verification
from tests.flows.loop import DAY, HOUR, Loop, local

FIRST = date(2026, 3, 2)  # a Monday
BAD, GOOD = (30, 33, 36, 39, 42), (6, 8, 10, 12, 14)
NEARLY_BAD = (24, 26, 28, 29, 30)  # nearer to the problem than to the success, but no breach
VERIFY = {"settle": "3d", "looks": ["7d", "14d"], "extend_to": "14d"}
FIX_DAY = FIRST + 10 * DAY
PROVEN = FIX_DAY + 10 * DAY  # the day of the first look
FIRST_WATCH = FIX_DAY + 17 * DAY  # 14 days after settling


@pytest.fixture
def loop(db: None) -> Loop:
    """A task whose fix was found effective."""
    loop = Loop(window="1d", min_samples=5, verify=VERIFY)
    loop.days(FIRST, 1, *BAD)
    loop.act("accept", local(FIRST + DAY, 3), start=True)
    loop.days(FIRST + DAY, 9, *BAD)
    loop.submit(local(FIX_DAY, 9))
    loop.days(FIX_DAY, 10, *GOOD)
    assert loop.verification.verdict == "effective"
    return loop


def first() -> Task:
    return Task.objects.order_by("number")[0]


def test_the_first_look_back_waits_for_fourteen_days(loop: Loop) -> None:
    assert loop.verification.watch_at == local(FIRST_WATCH, 1)
    loop.days(PROVEN, 7, *GOOD)
    assert loop.verification.watch["on"] == FIRST_WATCH.isoformat()
    assert loop.verification.watch_at == local(FIRST_WATCH + DAY, 1)


def test_what_comes_back_opens_the_task_again(loop: Loop) -> None:
    back = loop.days(PROVEN, 16, *NEARLY_BAD)
    task, found = loop.task, loop.verification
    assert (task.state, task.episode, task.recovered, task.resolution) == ("open", 2, False, "")
    assert (found.state, found.verdict, found.watch_at) == ("decided", "relapsed", None)
    assert found.relapsed_at is not None
    assert (task.due_at, task.respond_by) == (
        found.relapsed_at + 14 * DAY,
        found.relapsed_at + 4 * HOUR,
    )
    assert found.relapsed_at <= back


def test_everything_the_verdict_used_is_kept(loop: Loop) -> None:
    loop.days(PROVEN, 16, *NEARLY_BAD)
    kept = loop.verification.watch
    assert len(kept["days"]) == 14
    assert kept["bound"] > kept["line"] == pytest.approx((36 + 10) / 2, abs=1)


def test_people_are_told_that_it_did_not_last(loop: Loop) -> None:
    loop.days(PROVEN, 16, *NEARLY_BAD)
    told = Notice.objects.filter(code__in=["reopened", "relapsed"])
    assert set(told.values_list("code", "user__email")) == {
        ("reopened", "ana@example.com"),
        ("relapsed", "lin@example.com"),
    }


def test_new_work_on_the_same_problem_is_put_under_it(loop: Loop) -> None:
    loop.days(PROVEN, 18, *BAD)
    newer = Task.objects.get(number__gt=first().number)
    assert (first().state, first().episode, newer.parent_id) == ("open", 2, first().number)


def test_a_fix_that_holds_is_watched_to_the_end(loop: Loop) -> None:
    loop.days(PROVEN, 92, *GOOD)
    assert (loop.task.state, loop.verification.verdict) == ("closed", "effective")
    assert loop.verification.watch_at is None
    assert Activity.objects.filter(subject="task", verb="held_for_good").count() == 1


def test_what_comes_back_after_the_watch_is_new(loop: Loop) -> None:
    loop.days(PROVEN, 92, *GOOD)
    loop.days(PROVEN + 92 * DAY, 20, *NEARLY_BAD)
    assert (loop.task.state, loop.verification.verdict) == ("closed", "effective")


def test_a_task_that_was_reopened_by_hand_is_watched_no_more(loop: Loop) -> None:
    loop.act("reopen", local(PROVEN + 2 * DAY, 9), by="lin", reason="Not yet.")
    loop.days(PROVEN + 2 * DAY, 20, *NEARLY_BAD)
    assert Verification.objects.get().verdict == "effective"
    assert (loop.verification.watch_at, loop.task.episode) == (None, 2)


def test_a_downtime_finds_the_same_relapse(loop: Loop) -> None:
    for day in range(25):
        loop.send(*(GOOD if day < 10 else NEARLY_BAD), at=local(PROVEN + day * DAY, 12))
    loop.run(local(PROVEN + 26 * DAY, 0))
    late = loop.verification.watch["on"]
    assert date.fromisoformat(late) < PROVEN + 25 * DAY


def test_too_few_answers_say_nothing(loop: Loop) -> None:
    loop.days(PROVEN, 20, 40)
    assert loop.verification.verdict == "effective"


def test_a_second_look_of_the_day_does_nothing(loop: Loop) -> None:
    loop.days(PROVEN, 9, *GOOD)
    at = local(PROVEN + 9 * DAY, 3)
    assert watch(now=at) == 0
    before = loop.verification.watch_at
    assert before is not None
    assert watch(now=before) == 1
    assert watch(now=before) == 0
    assert loop.verification.watch_at == before + DAY


def test_what_is_due_is_found_through_its_index(loop: Loop) -> None:
    due = Verification.objects.all().to_watch(local(PROVEN, 3) + timedelta(days=9))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "verification_watch" in due.order_by("watch_at", "pk").explain()
