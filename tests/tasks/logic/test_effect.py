"""Each row of the decision table, at its boundary."""

import json
from dataclasses import replace

import pytest

from tasks.logic.effect import Controls, judge
from tasks.logic.measures import Day, Measure
from tasks.logic.plan import after_days, baseline_days, look_days, plan_from_json, with_reference
from tests.tasks.logic.world import on, plan_of, share_days

BAD, GOOD = 24, 32  # of 40 answers: 60 % and 80 %
LAST_REGULAR, LAST = 3, 7


def verdict_of(
    before=BAD,
    later=GOOD,
    *,
    look=0,
    n=40,
    fixed_after=15,
    breaching=None,
    asked=False,
    **changes,
):
    plan = plan_of(fixed_after, **changes)
    days = share_days(-70, 0, GOOD) + share_days(1, fixed_after, before, n)
    days += share_days(fixed_after + 1, fixed_after + 60, later, n)
    return judge(
        plan,
        look=look,
        baseline=days,
        after=days,
        history=days[:-75],
        breaching=breaching,
        asked=asked,
    )


def test_a_full_repair_is_effective_at_the_first_look():
    verdict = verdict_of()
    assert (verdict.verdict, verdict.recovered, verdict.proven) == ("effective", True, True)
    assert verdict.effect == pytest.approx(20)
    assert verdict.interval[0] > 0


def test_a_metric_that_fell_further_is_worse_at_the_first_look():
    assert verdict_of(later=12).verdict == "worse"


def test_half_a_repair_waits_until_four_weeks_have_passed():
    assert verdict_of(later=28, look=LAST_REGULAR - 1).verdict is None
    verdict = verdict_of(later=28, look=LAST_REGULAR)
    assert (verdict.verdict, verdict.reason) == ("partially_effective", "not_recovered")


def test_no_change_is_no_effect_after_four_weeks_and_not_before():
    assert verdict_of(later=BAD, look=LAST_REGULAR - 1).verdict is None
    assert verdict_of(later=BAD, look=LAST_REGULAR).verdict == "no_effect"


def test_recovered_without_proof_is_told_apart_at_the_last_look():
    assert verdict_of(before=32, look=LAST - 1).state == "watching"
    verdict = verdict_of(before=32, look=LAST)
    assert (verdict.verdict, verdict.reason) == ("inconclusive", "recovered_unproven")
    assert (verdict.recovered, verdict.proven) == (True, False)


def test_neither_back_nor_clearly_away_is_for_a_person_to_decide():
    verdict = verdict_of(before=3, later=3, n=4, look=LAST)
    assert (verdict.verdict, verdict.reason, verdict.state) == (
        "inconclusive",
        "needs_data",
        "person",
    )


def test_too_few_answers_after_the_fix_wait_and_then_ask_a_person():
    plan, days = plan_of(), share_days(1, 14, BAD)
    few = [Day(on(19), 29, 29, 29)]
    waiting = judge(plan, look=0, baseline=days, after=few)
    at_last = judge(plan, look=LAST, baseline=days, after=few)
    assert (waiting.verdict, waiting.reason) == (None, "needs_data")
    assert (at_last.reason, at_last.state) == ("needs_data", "person")


@pytest.mark.parametrize(("n", "proven"), [(29, False), (30, True)])
def test_thirty_answers_before_and_after_are_the_least(n, proven):
    plan = plan_of()
    before, later = [Day(on(5), n, 6, 6)], [Day(on(20), n, 27, 27)]
    assert judge(plan, look=0, baseline=before, after=later).proven is proven


@pytest.mark.parametrize(
    ("fixed_after", "verdict", "reason"),
    [(7, "inconclusive", "recovered_unproven"), (8, "effective", "no_control")],
)
def test_a_fix_within_seven_days_is_never_proven(fixed_after, verdict, reason):
    found = verdict_of(before=10, fixed_after=fixed_after)
    assert (found.verdict, found.reason) == (verdict, reason)


def test_without_a_baseline_a_metric_still_away_is_no_effect_after_four_weeks():
    early = verdict_of(later=BAD, fixed_after=3, look=LAST_REGULAR - 1)
    assert (early.verdict, early.reason) == (None, "no_baseline")
    late = verdict_of(later=BAD, fixed_after=3, look=LAST_REGULAR)
    assert (late.verdict, late.reason) == ("no_effect", "not_recovered")


@pytest.mark.parametrize("fixed_after", [3, 15])
def test_still_breaching_asks_the_owner_first_and_comes_back_second(fixed_after):
    first = verdict_of(later=BAD, fixed_after=fixed_after, breaching=True)
    assert (first.verdict, first.reason, first.state) == (None, "ask_owner", "person")
    second = verdict_of(later=BAD, fixed_after=fixed_after, breaching=True, asked=True, look=1)
    assert (second.verdict, second.reason) == ("no_effect", "not_recovered")


@pytest.mark.parametrize("look", [1, LAST_REGULAR, LAST - 1])
def test_a_rule_that_fires_once_at_a_later_look_is_asked_about_first(look):
    found = verdict_of(breaching=True, look=look)
    assert (found.verdict, found.reason) == (None, "ask_owner")
    assert verdict_of(later=BAD, breaching=True, look=LAST).verdict == "no_effect"


def test_what_still_breaches_has_not_recovered_whatever_the_numbers_say():
    verdict = verdict_of(breaching=True, asked=True, look=1)
    assert (verdict.verdict, verdict.recovered) == ("partially_effective", False)


def test_the_trigger_window_and_settling_days_are_never_used():
    plan = plan_of()
    days = share_days(-13, -1, 1) + share_days(1, 14, GOOD) + share_days(18, 24, GOOD)
    extreme = [Day(on(at), 5000, 0, 0) for at in (-6, 0, 15, 17)]
    plain = judge(plan, look=0, baseline=days, after=days, history=days)
    polluted = judge(plan, look=0, baseline=days + extreme, after=days + extreme, history=days)
    assert polluted == plain


def test_what_moved_everywhere_is_not_credited_to_the_fix():
    plan = plan_of()
    days = share_days(1, 14, BAD) + share_days(18, 24, GOOD)
    controls = Controls(share_days(1, 14, BAD * 4, 160) + share_days(18, 24, GOOD * 4, 160))
    alone = judge(plan, look=0, baseline=days, after=days)
    compared = judge(plan, look=0, baseline=days, after=days, controls=controls)
    assert (alone.verdict, "no_control" in alone.flags) == ("effective", True)
    assert (compared.verdict, compared.method) == (None, "did_obf_t")
    assert compared.effect == pytest.approx(0)


def test_fewer_is_better_for_waits_and_complaints():
    slow = Measure("share", line=30, at_line=10.0)
    verdict = verdict_of(
        before=16, later=4, measure=slow, higher_is_better=False, reference=10.0, tolerance=1
    )
    assert (verdict.verdict, verdict.effect) == ("effective", pytest.approx(30))


def test_complaints_that_stop_are_proven_by_the_exact_test():
    plan = plan_of(measure=Measure("count"), higher_is_better=False, reference=0.5)
    before = [Day(on(at), 1, 2, 2) for at in range(1, 15)]
    after = [Day(on(at), 1, 0, 0) for at in range(18, 18 + 28)]
    assert judge(plan, look=LAST_REGULAR, baseline=before, after=after).verdict == "effective"


def test_a_handful_of_events_proves_nothing():
    plan = plan_of(measure=Measure("count"), higher_is_better=False, reference=0.5)
    before = [Day(on(at), 1, int(at < 10), int(at < 10)) for at in range(1, 15)]
    after = [Day(on(at), 1, 0, 0) for at in range(18, 18 + 28)]
    verdict = judge(plan, look=LAST_REGULAR, baseline=before, after=after)
    assert (verdict.proven, verdict.interval) == (False, None)


def test_an_aggregate_that_cannot_be_tested_is_judged_on_the_rule_alone():
    plan = plan_of(measure=None, reference=None)
    back = judge(plan, look=0, baseline=[], after=[], breaching=False)
    unknown = judge(plan, look=LAST, baseline=[], after=[])
    assert (back.verdict, back.reason) == ("inconclusive", "recovered_unproven")
    assert (unknown.reason, unknown.state) == ("needs_data", "person")


def test_dates_of_a_plan():
    plan = plan_of(15)
    assert (baseline_days(plan).start, baseline_days(plan).end) == (on(1), on(15))
    assert look_days(plan) == [on(18 + 7 * week) for week in range(1, 9)]
    assert after_days(plan, 1).days == 14
    assert plan_of(extend_to=None).all_looks == (7, 14, 21, 28)


def test_a_plan_survives_json():
    plan = plan_of(reference_source="history")
    assert plan_from_json(json.loads(json.dumps(plan.as_json()))) == plan
    unmeasured = replace(plan, measure=None)
    assert plan_from_json(json.loads(json.dumps(unmeasured.as_json()))) == unmeasured


def test_the_target_is_the_goal_else_normal_else_the_line_of_the_rule():
    plan, days = plan_of(), share_days(-60, 14, 30)
    assert with_reference(plan, goal=90, history=days, recover_at=70).reference == 90
    assert with_reference(plan, goal=None, history=days, recover_at=70).reference == 75
    line = with_reference(plan, goal=None, history=[], recover_at=70)
    assert (line.reference, line.reference_source) == (70, "rule")


def test_one_point_of_tolerance_is_one_per_cent_of_a_scale():
    plan = plan_of(measure=Measure("mean", span=4.0), reference=4.2)
    assert plan.slack == pytest.approx(0.04)


def test_others_that_fared_worse_make_no_fix_effective():
    """The share fell by a point, that of the others by thirty: it is back, nothing is proven."""
    plan = plan_of(reference=60.0)
    days = share_days(-62, 14, 248, n=400) + share_days(15, 80, 244, n=400)
    others = Controls(share_days(-62, 14, 320, n=400) + share_days(15, 80, 200, n=400))
    said = judge(
        plan, look=7, baseline=days, after=days, history=days, controls=others, breaching=False
    )
    assert (said.verdict, said.reason) == ("inconclusive", "recovered_unproven")
    assert said.interval is not None
    assert said.interval[0] > 0
