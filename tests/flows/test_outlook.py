"""What a task can prove is told when it opens, and no longer once the fix is submitted."""

from datetime import date

import pytest

from tasks.actions.outlook import expected_of
from tests.flows.loop import DAY, Loop, local

FIRST = date(2026, 3, 2)  # a Monday
BAD, GOOD = (30, 33, 36, 39, 42), (6, 8, 10, 12, 14)
NOISY, A_LITTLE_BAD = (2, 6, 20, 34, 48), (14, 18, 32, 46, 60)


@pytest.fixture
def loop(db: None) -> Loop:
    return Loop(window="1d", min_samples=5, warning={"above": 30, "recover": 29})


def opened(loop: Loop, usual: tuple[int, ...], fallen: tuple[int, ...]) -> Loop:
    for back in range(1, 57):
        loop.send(*usual, at=local(FIRST - back * DAY, 12))
    loop.days(FIRST, 1, *fallen)
    return loop


def test_a_large_fall_can_be_proven_at_the_first_look(loop: Loop) -> None:
    found = expected_of(opened(loop, GOOD, BAD).task, local(FIRST + DAY, 9))
    assert found is not None
    assert found.outlook.gap == pytest.approx(26)
    assert (found.outlook.is_provable, found.outlook.days) == (True, 3 + 7)
    assert found.elsewhere == ()


def test_a_small_fall_among_few_answers_that_vary_widely_cannot(loop: Loop) -> None:
    found = expected_of(opened(loop, NOISY, A_LITTLE_BAD).task, local(FIRST + DAY, 9))
    assert found is not None
    assert found.outlook.per_day == pytest.approx(5, abs=0.1)
    assert found.outlook.smallest > 5
    assert found.outlook.chance is not None
    assert 0 < found.outlook.chance < 1


def test_a_longer_wait_for_the_fix_leaves_a_longer_baseline(loop: Loop) -> None:
    task = opened(loop, NOISY, A_LITTLE_BAD).task
    sooner, later = (expected_of(task, local(FIRST + days * DAY, 9)) for days in (2, 40))
    assert sooner is not None
    assert later is not None
    assert later.outlook.smallest < sooner.outlook.smallest


def test_nothing_is_told_once_a_look_was_taken(loop: Loop) -> None:
    opened(loop, GOOD, BAD)
    loop.act("accept", local(FIRST + DAY, 3), start=True)
    loop.submit(local(FIRST + DAY, 9))
    assert expected_of(loop.task, local(FIRST + DAY, 10)) is not None
    loop.run(local(FIRST + 11 * DAY, 2))
    assert loop.verification.looks.exists()
    assert expected_of(loop.task, local(FIRST + 11 * DAY, 2)) is None
