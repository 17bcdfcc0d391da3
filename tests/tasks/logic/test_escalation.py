"""Who is asked next about a task nobody takes, and when."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from cx_loop.logic.working_time import Span, WorkingHours
from tasks.logic.escalation import (
    DEFAULT_POLICY,
    PolicyError,
    Progress,
    next_step,
    parse_policy,
    policy_for,
    progress_of,
)

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


def step_after(progress, *, now=OPENED, accepted=False, hours=ROUND_THE_CLOCK, policy=None):
    return next_step(
        policy or DEFAULT_POLICY,
        progress,
        opened_at=OPENED,
        due_at=DUE,
        accepted=accepted,
        hours=hours,
        now=now,
    )


def fired(*ladders, last):
    return progress_of(ladders, last)


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
