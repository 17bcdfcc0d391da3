"""Who is asked next about a task nobody takes, and when."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from cx_loop.logic.working_time import Span, WorkingHours
from tasks.logic.escalation import Clock, Progress, decision_step, next_step, progress_of
from tasks.logic.pauses import Pause
from tasks.logic.policies import DEFAULT_POLICY, PolicyError, parse_policy, policy_for

OPENED = datetime(2024, 3, 4, 9, tzinfo=UTC)  # a Monday
DUE = OPENED + timedelta(days=14)
ROUND_THE_CLOCK = WorkingHours()
OFFICE = WorkingHours("UTC", dict.fromkeys(range(5), ((time(9), time(18)),)))
RAW = {
    "key": "default",
    "when": {"severity": ["warning", "critical"]},
    "respond_within": "4h",
    "resolve_within": "14d",
    "steps": [
        {"after": "4h", "to": "lead"},
        {"after": "8h", "to": "director"},
        {"repeat": "24h", "max": 5},
    ],
}


def at(hours: float) -> datetime:
    return OPENED + timedelta(hours=hours)


def step_after(
    progress, *, now=OPENED, accepted=False, hours=ROUND_THE_CLOCK, policy=None, **clock
):
    said = Clock(OPENED, DUE, accepted=accepted, **clock)
    return next_step(policy or DEFAULT_POLICY, progress, said, hours, now)


def fired(*ladders, last, moved_at=None):
    return progress_of([(ladder, last) for ladder in ladders], moved_at)


def test_the_policy_of_the_contract_is_the_default():
    assert parse_policy(RAW) == DEFAULT_POLICY
    assert policy_for([], "critical") == DEFAULT_POLICY


def test_the_first_policy_for_a_severity_is_taken():
    strict = replace(DEFAULT_POLICY, key="strict", severities=("critical",))
    assert policy_for([strict, DEFAULT_POLICY], "critical").key == "strict"
    assert policy_for([strict, DEFAULT_POLICY], "warning").key == "default"


def test_the_lead_after_four_hours_then_the_director_after_eight():
    first = step_after(Progress())
    assert (first.seq, first.to, first.level, first.fire_at) == (0, "lead", 1, at(4))
    second = step_after(fired("response", last=at(4)))
    assert (second.seq, second.to, second.level, second.fire_at) == (1, "director", 2, at(8))


def test_then_the_director_again_every_day_five_times():
    again = step_after(fired("response", "response", last=at(8)))
    assert (again.to, again.fire_at) == ("director", at(32))
    after_all = step_after(fired(*["response"] * 7, last=at(128)))
    assert (after_all.ladder, after_all.fire_at) == ("resolution", DUE)


def test_working_time_sleeps_at_night():
    second = step_after(fired("response", last=at(4)), hours=OFFICE)
    assert second.fire_at == at(8)
    late = replace(DEFAULT_POLICY, steps=(replace(DEFAULT_POLICY.steps[0], after=Span(10, "h")),))
    assert step_after(Progress(), hours=OFFICE, policy=late).fire_at == at(25)


def test_acceptance_stops_the_response_ladder_until_the_task_is_due():
    step = step_after(fired("response", last=at(4)), accepted=True)
    assert (step.seq, step.ladder, step.to, step.fire_at) == (1, "resolution", "lead", DUE)


@pytest.mark.parametrize("accepted", [True, False])
def test_a_task_past_due_starts_again_at_the_lead(accepted):
    progress = fired("response", "response", last=at(8))
    step = step_after(progress, accepted=accepted, now=DUE)
    assert (step.seq, step.rung, step.to, step.planned_at) == (2, 0, "lead", DUE)


def test_past_due_the_director_follows_as_far_behind_as_in_the_policy():
    step = step_after(fired("response", "resolution", last=DUE), accepted=True, now=DUE)
    assert (step.seq, step.to, step.fire_at) == (2, "director", DUE + timedelta(hours=4))


def test_the_last_repeat_past_due_is_the_end():
    assert step_after(fired(*["resolution"] * 6, last=DUE), now=DUE) is not None
    assert step_after(fired(*["resolution"] * 7, last=DUE), now=DUE) is None


def test_after_a_downtime_the_lead_has_an_hour_before_the_director():
    woke = at(20)
    first = step_after(Progress(), now=woke)
    assert (first.fire_at, first.late_by(woke)) == (at(4), timedelta(hours=16))
    second = step_after(fired("response", last=woke), now=woke)
    assert (second.to, second.fire_at) == ("director", at(21))


def test_steps_closer_than_an_hour_keep_their_own_distance():
    lead, director = DEFAULT_POLICY.steps
    quick = replace(
        DEFAULT_POLICY,
        steps=(replace(lead, after=Span(30, "m")), replace(director, after=Span(45, "m"))),
    )
    assert step_after(fired("response", last=at(0.5)), policy=quick).fire_at == at(0.75)
    assert step_after(fired("response", last=at(9)), policy=quick).fire_at == at(9.25)


STILL = replace(DEFAULT_POLICY, progress_within=Span(2, "d"))


def test_a_task_that_stands_still_climbs_again_lead_before_director():
    first = step_after(Progress(), accepted=True, policy=STILL, moved_at=at(3))
    assert (first.ladder, first.to, first.fire_at) == ("progress", "lead", at(51))
    then = fired("progress", last=at(51), moved_at=at(3))
    second = step_after(then, accepted=True, policy=STILL, moved_at=at(3))
    assert (second.seq, second.to, second.fire_at) == (1, "director", at(55))


def test_a_task_that_moves_begins_that_ladder_anew():
    pushed = fired("progress", "progress", last=at(51), moved_at=at(60))
    step = step_after(pushed, accepted=True, policy=STILL, moved_at=at(60))
    assert (step.seq, step.rung, step.to, step.fire_at) == (2, 0, "lead", at(108))


def test_standing_still_counts_working_days_and_not_what_is_silenced():
    office = step_after(Progress(), accepted=True, policy=STILL, hours=OFFICE, moved_at=at(96))
    assert office.fire_at == at(96 + 4 * 24)  # from Friday to Tuesday
    hushed = [Pause(at(4), at(14))]
    told = step_after(Progress(), accepted=True, policy=STILL, moved_at=at(3), silences=hushed)
    assert told.fire_at == at(61)


def test_past_due_nothing_is_said_of_standing_still():
    late = at(13 * 24)
    assert step_after(Progress(), accepted=True, policy=STILL, moved_at=late).fire_at == DUE
    past = step_after(Progress(), accepted=True, policy=STILL, moved_at=late, now=DUE)
    assert past.ladder == "resolution"


def test_without_such_a_time_an_accepted_task_stands_still_until_it_is_due():
    step = step_after(Progress(), accepted=True, moved_at=at(3))
    assert (step.ladder, step.fire_at) == ("resolution", DUE)


def test_handed_over_the_ladder_to_respond_goes_on_where_it_stood():
    before = progress_of([("response", at(4)), ("progress", at(60))], at(61))
    step = step_after(before, policy=STILL)
    assert (step.seq, step.ladder, step.rung, step.to) == (2, "response", 1, "director")


def test_a_step_within_the_time_to_respond_is_never_later_than_that():
    week_end = OPENED + timedelta(days=5)
    step = next_step(
        DEFAULT_POLICY,
        Progress(),
        Clock(week_end, DUE, accepted=False, respond_by=week_end + timedelta(hours=4)),
        OFFICE,
        week_end,
    )
    assert step.fire_at == week_end + timedelta(hours=4)


@pytest.mark.parametrize(("pushes", "is_last"), [(0, False), (5, False), (6, True)])
def test_after_the_last_repeat_nobody_is_left(pushes, is_last):
    step = step_after(fired(*["response"] * pushes, last=at(4)))
    assert step.is_last is is_last


@pytest.mark.parametrize(
    ("asked", "to", "is_last"), [(0, "lead", False), (1, "director", True), (4, "director", True)]
)
def test_a_question_nobody_answers_goes_to_the_lead_then_the_director(asked, to, is_last):
    pushes = fired("response", *["decision"] * asked, last=at(4))
    step = decision_step(pushes, at(99))
    assert (step.seq, step.to, step.is_last, step.planned_at) == (asked + 1, to, is_last, at(99))


def test_a_policy_without_steps_pushes_nobody():
    quiet = parse_policy(RAW | {"steps": []})
    assert step_after(Progress(), policy=quiet) is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": ""}, "key"),
        ({"respnd_within": "4h"}, "respnd_within"),
        ({"respond_within": "soon"}, "respond_within"),
        ({"resolve_within": "0d"}, "resolve_within"),
        ({"progress_within": "0h"}, "progress_within"),
        ({"when": {"severity": "fatal"}}, "when.severity"),
        ({"when": {"metric": "wait"}}, "when.metric"),
        ({"steps": "lead"}, "steps"),
        ({"steps": [{"after": "4h", "to": "boss"}]}, "steps[0].to"),
        ({"steps": [{"to": "lead"}]}, "steps[0].after"),
        ({"steps": [{"repeat": "24h"}]}, "steps[0]"),
        (
            {"steps": [{"after": "8h", "to": "lead"}, {"after": "8h", "to": "director"}]},
            "steps[1].after",
        ),
        ({"steps": [{"after": "8h", "to": "lead"}, {"repeat": "1h", "max": 0}]}, "steps[1].max"),
        ({"steps": [{"after": "8h", "to": "lead"}, {"repeat": "x"}]}, "steps[1].repeat"),
    ],
)
def test_a_policy_that_cannot_work_is_refused_at_its_field(change, field):
    with pytest.raises(PolicyError) as refused:
        parse_policy(RAW | change)
    assert refused.value.field == field
