"""Data of a decided verdict that change later are noted; the verdict is not rewritten."""

from datetime import date

import pytest

from cx_loop.actions.erasure import erase_customer
from cx_loop.models import SYSTEM
from tasks.actions.corrections import look_back
from tests.flows.loop import DAY, Loop, local, trail

FIRST = date(2026, 3, 2)  # a Monday
BAD, GOOD = (30, 33, 36, 39, 42), (6, 8, 10, 12, 14)
FIX_DAY = FIRST + 10 * DAY
DECIDED = FIX_DAY + 10 * DAY
VERIFY = {"settle": "3d", "looks": ["7d", "14d"], "extend_to": "14d"}


@pytest.fixture
def loop(db: None) -> Loop:
    """A fix found effective at its first look."""
    loop = Loop(window="1d", min_samples=5, verify=VERIFY)
    loop.days(FIRST, 1, *BAD)
    loop.act("accept", local(FIRST + DAY, 3), start=True)
    loop.days(FIRST + DAY, 9, *BAD)
    loop.submit(local(FIX_DAY, 9))
    loop.days(FIX_DAY, 10, *GOOD)
    assert loop.verification.verdict == "effective"
    # whoever has not told its customers by then is reminded
    assert loop.verification.tell_at == loop.verification.decided_at + 2 * DAY
    return loop


def next_night(loop: Loop, days: int = 1) -> None:
    loop.run(local(DECIDED + days * DAY, 2))


def test_unchanged_data_say_nothing(loop: Loop) -> None:
    next_night(loop)
    found = loop.verification
    assert (found.correction, found.corrected_at) == ({}, None)
    assert found.recheck_at == local(DECIDED + 2 * DAY, 1)


def test_late_answers_are_noted_and_the_verdict_stands(loop: Loop) -> None:
    for day in range(3, 10):
        loop.send(*BAD * 4, at=local(FIX_DAY + day * DAY, 13))
    next_night(loop)
    found = loop.verification
    assert found.verdict == "effective"
    assert found.corrected_at == local(DECIDED + DAY, 2)
    assert (found.correction["same"], found.correction["days"]) == (False, 7)
    assert trail("task").count("verdict_would_change") == 1


def test_a_small_correction_is_noted_as_changing_nothing(loop: Loop) -> None:
    loop.send(9, at=local(FIX_DAY + 5 * DAY, 13))
    next_night(loop)
    found = loop.verification
    assert (found.correction["same"], found.correction["verdict"]) == (True, "effective")
    assert trail("task")[-1] == "verdict_stands"


def test_it_is_said_once(loop: Loop) -> None:
    loop.send(9, at=local(FIX_DAY + 5 * DAY, 13))
    next_night(loop)
    at = loop.verification.corrected_at
    next_night(loop, 2)
    assert loop.verification.corrected_at == at
    assert trail("task").count("verdict_stands") == 1


def test_what_is_erased_is_seen_and_what_is_put_back_too(loop: Loop) -> None:
    loop.send(*BAD, at=local(FIX_DAY + 5 * DAY, 13), customer="anna")
    next_night(loop)
    assert loop.verification.correction["days"] == 1
    erase_customer(customer="anna", by=SYSTEM, now=local(DECIDED + DAY, 3))
    next_night(loop, 2)
    assert (loop.verification.correction, loop.verification.corrected_at) == ({}, None)


def test_days_outside_what_was_compared_do_not_matter(loop: Loop) -> None:
    loop.send(*BAD, at=local(FIX_DAY + DAY, 13))  # it had still to settle
    next_night(loop)
    assert loop.verification.correction == {}


def test_questions_do_not_grow_with_verdicts_that_stand(
    loop: Loop, django_assert_num_queries
) -> None:
    now = local(DECIDED + DAY, 2)
    with django_assert_num_queries(6):  # those due, their looks, the zone, sums, and an update
        assert look_back(now=now) == 1
