"""A fix that worked is watched: nearer to the problem than to its success, and it is back."""

from tasks.logic.relapse import proven_of, relapse_of
from tests.tasks.logic.world import plan_of, share_days

BEFORE, AFTER = share_days(1, 14, 24), share_days(18, 45, 32)  # 60 %, then 80 %


def found(recent, *, controls=(), others=()):
    proven = proven_of(plan_of(), look=3, days=[*BEFORE, *AFTER], controls=controls, dispersion=1.3)
    return relapse_of(plan_of(), proven, recent=recent, others=others)


def level(hits, n=40):
    return share_days(60, 73, hits, n)


def test_a_fix_relapses_when_it_is_nearer_to_the_problem_than_to_its_success():
    assert found(level(25)).relapsed
    assert not found(level(28)).relapsed
    assert found(level(28)).line == 70


def test_the_bound_leaves_room_for_chance():
    seen = found(level(27))
    assert seen.value < seen.line < seen.bound
    assert not seen.relapsed


def test_what_falls_everywhere_is_no_relapse():
    others = [*share_days(1, 14, 128, 160), *share_days(18, 45, 128, 160)]
    assert found(level(25), controls=others, others=level(128, 160)).relapsed
    fallen = found(level(25), controls=others, others=level(100, 160))
    assert not fallen.relapsed
    assert fallen.moved == -17.5


def test_what_holds_only_because_all_rose_has_come_back():
    others = [*share_days(1, 14, 96, 160), *share_days(18, 45, 96, 160)]
    assert found(level(30), controls=others, others=level(140, 160)).relapsed
    assert not found(level(30)).relapsed


def test_others_with_too_few_answers_are_not_compared_with():
    others = [*share_days(1, 14, 128, 160), *share_days(18, 45, 128, 160)]
    assert found(level(25), controls=others, others=level(1, 2)) == found(level(25))


def test_too_few_answers_say_nothing():
    seen = found(level(1, 2))
    assert (seen.relapsed, seen.bound) == (False, None)


def test_a_look_without_answers_leaves_nothing_to_watch():
    assert proven_of(plan_of(), look=3, days=BEFORE, controls=None, dispersion=1.0) is None
