"""The state table of a task: who may do what, and what it needs."""

from datetime import UTC, datetime, timedelta

import pytest

from tasks.logic.lifecycle import (
    STATES,
    TABLE,
    WORKABLE,
    NotAllowed,
    NotPermitted,
    allowed_calls,
    check,
    field_problems,
    permit,
    primary_call,
)

NOW = datetime(2024, 3, 4, 9, tzinfo=UTC)
ORIGINS = {
    "accept": {"open"},
    "assign": {"open", "accepted", "in_progress", "on_hold", "verifying"},
    "start": {"open", "accepted", "on_hold"},
    "hold": {"accepted", "in_progress"},
    "hand_over": set(WORKABLE),
    "submit": {"accepted", "in_progress"},
    "withdraw": {"verifying"},
    "send_back": {"verifying"},
    "dismiss": set(WORKABLE),
    "decide": {"verifying"},
    "reopen": {"closed", "verifying"},
    "verdict": {"verifying"},
}
SUBMITTED = {
    "pain_category": "quality",
    "root_cause": "people",
    "countermeasure": "A second gate",
    "note": "Tried on Monday",
    "fixed_at": NOW,
}


@pytest.mark.parametrize("call", ORIGINS)
@pytest.mark.parametrize("state", STATES)
def test_a_call_is_possible_exactly_where_the_contract_says(call, state):
    try:
        check(call, state)
        possible = True
    except NotAllowed:
        possible = False
    assert possible is (state in ORIGINS[call])


def test_the_table_has_no_call_the_contract_does_not_know():
    assert set(TABLE) == set(ORIGINS)


def test_a_wrong_call_says_what_is_possible_instead():
    with pytest.raises(NotAllowed) as refused:
        check("submit", "open")
    assert refused.value.allowed == ["accept", "start", "assign", "hand_over", "dismiss"]


@pytest.mark.parametrize(
    ("call", "roles", "code"),
    [
        ("send_back", {"member"}, "lead_only"),
        ("accept", set(), "not_your_department"),
        ("verdict", {"member", "lead"}, "system_only"),
        ("decide", {"member"}, "second_person_only"),
        ("decide", {"member", "lead"}, "second_person_only"),
    ],
)
def test_who_may_not_is_told_why(call, roles, code):
    with pytest.raises(NotPermitted) as refused:
        permit(call, roles)
    assert refused.value.code == code


@pytest.mark.parametrize("role", ["lead", "director", "admin"])
def test_a_critical_task_is_dismissed_by_its_lead(role):
    permit("dismiss", {"member", role}, "critical")
    permit("dismiss", {"member"}, "warning")
    with pytest.raises(NotPermitted) as refused:
        permit("dismiss", {"member"}, "critical")
    assert refused.value.code == "lead_must_approve"


def test_a_page_offers_what_the_roles_allow():
    assert allowed_calls("verifying", {"member"}) == ["assign", "withdraw", "reopen"]
    assert "send_back" in allowed_calls("verifying", {"member", "lead"})
    assert "dismiss" not in allowed_calls("open", {"member"}, "critical")
    deciding = allowed_calls("verifying", {"member", "second_person"}, waiting_for_person=True)
    assert "decide" in deciding


@pytest.mark.parametrize("state", STATES)
def test_the_next_step_offered_first_is_possible(state):
    for waiting in (False, True):
        call = primary_call(state, waiting_for_person=waiting)
        assert call is None or state in TABLE[call].origins


@pytest.mark.parametrize("call", [name for name in ORIGINS if TABLE[name].needs])
def test_what_a_call_needs_is_asked_for(call):
    found = {problem.field for problem in field_problems(call, {}, now=NOW)}
    assert found == set(TABLE[call].needs)


@pytest.mark.parametrize(
    ("seconds", "codes"),
    [(-3601, ["before_alert"]), (-3600, []), (0, []), (1, ["in_future"])],
)
def test_a_fix_lies_between_the_alert_and_now(seconds, codes):
    fields = SUBMITTED | {"fixed_at": NOW + timedelta(seconds=seconds)}
    found = field_problems("submit", fields, now=NOW, alert_at=NOW - timedelta(hours=1))
    assert [problem.code for problem in found] == codes


@pytest.mark.parametrize(("seconds", "codes"), [(0, ["not_in_future"]), (1, [])])
def test_a_hold_ends_in_the_future(seconds, codes):
    fields = {"reason": "Waiting for parts", "until": NOW + timedelta(seconds=seconds)}
    assert [problem.code for problem in field_problems("hold", fields, now=NOW)] == codes


@pytest.mark.parametrize(
    ("call", "field"),
    [("submit", "pain_category"), ("submit", "root_cause"), ("dismiss", "resolution")],
)
def test_only_known_words_are_taken(call, field):
    fields = SUBMITTED | {"resolution": "wont_fix", "reason": "No", field: "effective"}
    found = field_problems(call, fields, now=NOW)
    assert [(problem.field, problem.code) for problem in found] == [(field, "unknown_choice")]


def test_a_blank_reason_is_no_reason():
    found = field_problems("withdraw", {"reason": "  "}, now=NOW)
    assert [problem.code for problem in found] == ["required"]


@pytest.mark.parametrize(
    ("self_recovered", "unstarted", "codes"),
    [
        (True, True, []),
        (True, False, ["not_self_recovered"]),
        (False, True, ["not_self_recovered"]),
    ],
)
def test_an_unstarted_task_that_recovered_by_itself_closes_in_one_tap(
    self_recovered, unstarted, codes
):
    found = field_problems(
        "dismiss",
        {"resolution": "self_recovered"},
        now=NOW,
        self_recovered=self_recovered,
        unstarted=unstarted,
    )
    assert [problem.code for problem in found] == codes
