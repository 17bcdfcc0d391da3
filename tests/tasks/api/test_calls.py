"""Each call of the table of states, as it is made over the REST API.

One file past the budget on purpose: the table is one, and so are its stories.
"""

from datetime import timedelta

import pytest

from cx_loop.models import Activity
from tests.api_stories import codes, get, post, signed_in, with_key
from tests.factories import NOW, make_task, make_verification

LATER = (NOW + timedelta(days=2)).isoformat()


def call(who, task, name, status=200, /, **said):
    return post(who, f"tasks/{task.number}/{name}/", status, **said)


def test_accept_makes_the_caller_the_assignee(airline, task):
    told = call(airline.ana, task, "accept")
    assert (told["state"], told["assignee"], told["version"]) == ("accepted", airline.ana.email, 2)
    assert "start" in told["allowed"]


def test_accept_acknowledges_the_alert(airline, task):
    call(airline.ana, task, "accept")
    assert task.alerts.get().state == "acknowledged"


def test_accept_with_start_goes_on_in_one_tap(airline, task):
    assert call(airline.ana, task, "accept", start=True)["state"] == "in_progress"


def test_accepting_twice_says_what_is_allowed(airline, task):
    call(airline.ana, task, "accept")
    refused = call(airline.lin, task, "accept", 409)
    assert (refused["code"], refused["state"]) == ("not_allowed", "accepted")
    assert "submit" in refused["allowed"]


@pytest.mark.parametrize("state", ["open", "accepted", "on_hold"])
def test_start_begins_the_work(airline, state):
    task = make_task(department=airline.ground, state=state)
    assert call(airline.ana, task, "start")["state"] == "in_progress"


def test_start_is_not_possible_while_verifying(airline):
    task = make_task(department=airline.ground, state="verifying")
    assert call(airline.ana, task, "start", 409)["code"] == "not_allowed"


def test_assign_names_a_colleague_and_keeps_the_state(airline, task):
    told = call(airline.lin, task, "assign", assignee="ANA@example.com")
    assert (told["assignee"], told["state"]) == ("ana@example.com", "open")


def test_assign_refuses_who_does_not_work_there(airline, task):
    refused = call(airline.lin, task, "assign", 400, assignee=airline.ida.email)
    assert codes(refused) == {"assignee": "assignee_unknown"}


def test_assign_is_not_possible_when_closed(airline):
    task = make_task(department=airline.ground, state="closed")
    call(airline.lin, task, "assign", 409, assignee="ana@example.com")


@pytest.mark.parametrize("state", ["accepted", "in_progress"])
def test_hold_waits_until_a_moment(airline, state):
    task = make_task(department=airline.ground, state=state)
    told = call(airline.ana, task, "hold", reason="Waiting for the supplier", until=LATER)
    assert told["state"] == "on_hold"


def test_hold_needs_a_reason_and_an_end(airline):
    task = make_task(department=airline.ground, state="accepted")
    refused = call(airline.ana, task, "hold", 400)
    assert codes(refused) == {"reason": "required", "until": "required"}


def test_hold_must_end_in_the_future(airline):
    task = make_task(department=airline.ground, state="accepted")
    refused = call(airline.ana, task, "hold", 400, reason="x", until=NOW.isoformat())
    assert codes(refused) == {"until": "not_in_future"}


def test_hold_is_not_possible_before_accepting(airline, task):
    call(airline.ana, task, "hold", 409, reason="x", until=LATER)


@pytest.mark.parametrize("state", ["open", "accepted", "in_progress", "on_hold"])
def test_hand_over_passes_the_task_on_and_keeps_who_answers(airline, state):
    task = make_task(department=airline.ground, state=state)
    told = call(airline.ana, task, "hand_over", reason="Theirs", department="it")
    assert (told["state"], told["department"]) == ("open", "it")
    assert told["answerable_department"] == "ground-ops"
    assert call(airline.ida, task, "accept")["answerable_department"] == "it"


def test_hand_over_keeps_the_task_visible_but_not_workable(airline, task):
    call(airline.ana, task, "hand_over", reason="Theirs", department="it")
    assert get(airline.ana, f"tasks/{task.number}/")["allowed"] == []
    assert call(airline.ana, task, "accept", 403)["code"] == "not_your_department"


@pytest.mark.parametrize("department", ["nowhere", "ground-ops"])
def test_hand_over_needs_another_department(airline, task, department):
    refused = call(airline.ana, task, "hand_over", 400, reason="x", department=department)
    assert codes(refused) == {"department": "department_unknown"}


@pytest.mark.parametrize("state", ["accepted", "in_progress"])
def test_submit_begins_to_verify(airline, fix, state):
    task = make_task(department=airline.ground, state=state)
    told = call(airline.ana, task, "submit", **fix)
    assert (told["state"], told["root_cause"]) == ("verifying", "process")
    assert told["verification"]["state"] == "person"


def test_submit_needs_everything_about_the_fix(airline):
    task = make_task(department=airline.ground, state="accepted")
    assert codes(call(airline.ana, task, "submit", 400)) == dict.fromkeys(
        ["pain_category", "root_cause", "countermeasure", "note", "fixed_at"], "required"
    )


@pytest.mark.parametrize(
    ("moment", "code"),
    [(NOW + timedelta(seconds=1), "in_future"), (NOW - timedelta(days=9), "before_alert")],
)
def test_submit_takes_a_fix_between_alert_and_now(airline, fix, moment, code):
    task = make_task(department=airline.ground, state="accepted")
    refused = call(airline.ana, task, "submit", 400, **fix | {"fixed_at": moment.isoformat()})
    assert codes(refused) == {"fixed_at": code}


def test_submit_is_not_possible_before_accepting(airline, task, fix):
    call(airline.ana, task, "submit", 409, **fix)


def test_withdraw_takes_the_fix_back(airline, submitted):
    told = call(airline.ana, submitted, "withdraw", reason="It did not hold")
    assert (told["state"], told["verification"]["reason"]) == ("in_progress", "withdrawn")


def test_withdraw_needs_a_reason(airline, submitted):
    assert codes(call(airline.ana, submitted, "withdraw", 400)) == {"reason": "required"}


def test_withdraw_is_not_possible_before_submitting(airline, task):
    call(airline.ana, task, "withdraw", 409, reason="x")


def test_send_back_is_the_leads(airline, submitted):
    assert call(airline.ana, submitted, "send_back", 403, reason="x")["code"] == "lead_only"
    assert call(airline.lin, submitted, "send_back", reason="No proof")["state"] == "in_progress"


@pytest.mark.parametrize("state", ["open", "accepted", "in_progress", "on_hold"])
def test_dismiss_closes_with_a_reason(airline, state):
    task = make_task(department=airline.ground, state=state)
    told = call(airline.ana, task, "dismiss", resolution="duplicate", reason="See #7")
    assert (told["state"], told["resolution"]) == ("closed", "duplicate")
    assert told["closed_at"] == "2025-11-21T08:00:00Z"


def test_dismiss_of_a_critical_task_is_approved_by_the_lead(airline, critical):
    said = {"resolution": "false_alarm", "reason": "A test"}
    assert call(airline.ana, critical, "dismiss", 403, **said)["code"] == "lead_must_approve"
    assert call(airline.lin, critical, "dismiss", **said)["state"] == "closed"


def test_dismiss_needs_a_resolution_and_a_reason(airline, task):
    refused = call(airline.ana, task, "dismiss", 400)
    assert codes(refused) == {"resolution": "required", "reason": "required"}


def test_dismiss_of_what_recovered_by_itself_is_one_tap(airline):
    task = make_task(department=airline.ground, severity=1, self_recovered=True)
    assert call(airline.ana, task, "dismiss", resolution="self_recovered")["state"] == "closed"


def test_dismiss_is_not_possible_while_verifying(airline, submitted):
    call(airline.ana, submitted, "dismiss", 409, resolution="duplicate", reason="x")


def test_decide_is_for_a_second_person(airline, submitted):
    said = {"outcome": "recovered_unproven", "reason": "I saw it"}
    assert call(airline.ana, submitted, "decide", 403, **said)["code"] == "second_person_only"
    told = call(airline.lin, submitted, "decide", **said)
    assert (told["state"], told["resolution"]) == ("closed", "recovered_unproven")
    assert (told["recovered"], told["verification"]["verdict"]) == (True, "inconclusive")


def test_decide_may_reopen(airline, submitted):
    told = call(airline.lin, submitted, "decide", outcome="reopen", reason="Not there")
    assert (told["state"], told["episode"], told["recovered"]) == ("open", 2, False)


def test_decide_never_says_proven_by_hand(airline, submitted):
    refused = call(airline.lin, submitted, "decide", 400, outcome="effective", reason="x")
    assert codes(refused) == {"outcome": "not_by_hand"}


def test_decide_waits_until_a_person_is_asked(airline):
    task = make_task(department=airline.ground, state="verifying")
    make_verification(task, state="watching")
    refused = call(airline.lin, task, "decide", 409, outcome="inconclusive", reason="x")
    assert refused["allowed"] == ["assign", "withdraw", "send_back", "reopen"]


def test_reopen_of_a_closed_task_begins_a_new_episode(airline):
    task = make_task(department=airline.ground, state="closed")
    told = call(airline.ana, task, "reopen", reason="It is back")
    assert (told["state"], told["episode"], told["resolution"]) == ("open", 2, None)


def test_reopen_while_verifying_ends_the_watch(airline, submitted):
    told = call(airline.ana, submitted, "reopen", reason="It is back")
    assert told["verification"]["decided_at"] is not None


def test_reopen_of_an_open_task_is_not_possible(airline, task):
    call(airline.ana, task, "reopen", 409, reason="x")


def test_a_stale_version_shows_the_newer_task(airline, task):
    call(airline.lin, task, "accept", version=1)
    refused = call(airline.ana, task, "start", 409, version=1)
    assert refused["code"] == "stale"
    assert (refused["task"]["version"], refused["task"]["state"]) == (2, "accepted")


def test_a_refused_call_leaves_no_trace(airline, task):
    call(airline.ana, task, "hold", 409, reason="x", until=LATER)
    assert not Activity.objects.filter(subject="task", subject_id=task.number).exists()


def test_a_directors_reach_is_everything_below(airline, critical):
    call(airline.dirk, critical, "dismiss", resolution="false_alarm", reason="x")


def test_an_analyst_reads_and_changes_nothing(airline, task):
    assert get(airline.analyst, f"tasks/{task.number}/")["allowed"] == []
    assert call(airline.analyst, task, "accept", 403)["code"] == "not_your_department"
    assert call(airline.analyst, task, "comment", 403, text="x")["code"] == "read_only"


def test_another_department_does_not_find_the_task(airline, task):
    assert call(airline.ida, task, "accept", 404)["code"] == "not_found"
    assert call(airline.ida, task, "comment", 404, text="x")["code"] == "not_found"


def test_a_key_acts_for_the_person_it_names(airline, task):
    told = call(with_key("work"), task, "accept", **{"as": "ana@example.com"})
    assert told["assignee"] == "ana@example.com"
    row = Activity.objects.get(verb="accepted")
    assert (row.user, row.key.name) == (airline.ana, "test")


def test_a_key_must_name_somebody(airline, task):
    assert call(with_key("work"), task, "accept", 400)["code"] == "person_required"
    unknown = call(with_key("work"), task, "accept", 403, **{"as": "no@example.com"})
    assert unknown["code"] == "person_unknown"


def test_a_key_gives_the_person_no_reach_they_lack(airline, task):
    call(with_key("work"), task, "accept", 404, **{"as": airline.ida.email})
    call(with_key("work", department=airline.it), task, "accept", 404, **{"as": airline.ida.email})


@pytest.mark.parametrize("scope", ["ingest", "read"])
def test_other_scopes_do_not_work(airline, task, scope):
    refused = call(with_key(scope), task, "accept", 403, **{"as": "ana@example.com"})
    assert refused["code"] == "scope_missing"


def test_comment_is_kept_in_full(airline, task):
    told = call(airline.ana, task, "comment", 201, text=" Called the gate. ")
    assert (told["by"], told["text"]) == (airline.ana.email, "Called the gate.")


@pytest.mark.parametrize("text", ["", "  ", "a\x00b"])
def test_comment_must_be_text(airline, task, text):
    assert "text" in codes(call(airline.ana, task, "comment", 400, text=text))


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("accept", {"start": "yes"}, {"start": "invalid"}),
        ("accept", {"version": "1"}, {"version": "invalid"}),
        ("accept", {"colour": 1}, {"colour": "unknown_field"}),
        ("hold", {"until": "2026-01-01T00:00:00"}, {"until": "no_offset"}),
        ("hold", {"until": "0001-01-01T00:00:00+14:00"}, {"until": "invalid"}),
        ("hold", {"until": 5}, {"until": "not_text"}),
        ("hold", {"reason": 5}, {"reason": "not_text"}),
        ("hold", {"reason": "a\x00b"}, {"reason": "null_characters_not_allowed"}),
        ("hold", {"reason": "a" * 4001}, {"reason": "max_length"}),
        ("submit", {"root_cause": "weather"}, {"root_cause": "invalid_choice"}),
        ("submit", {"root_cause": ["people"]}, {"root_cause": "invalid_choice"}),
        ("assign", {"assignee": None}, {"assignee": "null"}),
    ],
)
def test_a_wrong_member_is_named(airline, task, name, said, expected):
    assert codes(call(airline.ana, task, name, 400, **said)) == expected


@pytest.mark.parametrize("body", ["[]", '"x"', "5", "null", '{"a": NaN}', "{"])
def test_a_body_that_is_no_object_is_refused(airline, task, body):
    address = f"/api/v1/tasks/{task.number}/accept/"
    client = signed_in(airline.ana)
    assert client.post(address, body, content_type="application/json").status_code == 400


def test_a_form_is_not_json(airline, task):
    address = f"/api/v1/tasks/{task.number}/accept/"
    assert signed_in(airline.ana).post(address, {"start": "1"}).status_code == 415
