"""What people do to an alert over the REST API."""

from datetime import timedelta

import pytest

from tests.api_stories import codes, get, post, with_key
from tests.factories import NOW, make_alert, make_task

LATER = (NOW + timedelta(hours=4)).isoformat()
WHY = {"reason": "A sensor was broken", "resolution": "data_error"}


def call(who, alert, name, status=200, /, **said):
    return post(who, f"alerts/{alert.pk}/{name}/", status, **said)


def test_acknowledge_says_who_has_seen_it(airline, alert):
    told = call(airline.ana, alert, "acknowledge")
    assert (told["state"], told["acknowledged_by"]) == ("acknowledged", airline.ana.email)
    assert told["allowed"] == ["snooze", "dismiss"]


def test_acknowledging_twice_says_what_is_allowed(airline, alert):
    call(airline.ana, alert, "acknowledge")
    refused = call(airline.lin, alert, "acknowledge", 409)
    assert (refused["code"], refused["state"]) == ("not_allowed", "acknowledged")
    assert refused["allowed"] == ["snooze", "dismiss"]


def test_snooze_leaves_the_state_as_it_is(airline, alert):
    told = call(airline.ana, alert, "snooze", until=LATER)
    assert (told["state"], told["snoozed_until"]) == ("open", "2025-11-21T12:00:00Z")


@pytest.mark.parametrize(
    ("until", "code"), [(None, "null"), (NOW.isoformat(), "not_in_future"), ("soon", "invalid")]
)
def test_snooze_ends_in_the_future(airline, alert, until, code):
    assert codes(call(airline.ana, alert, "snooze", 400, until=until)) == {"until": code}


def test_dismiss_closes_the_alert(airline, alert):
    told = call(airline.ana, alert, "dismiss", **WHY)
    assert (told["state"], told["cleared"], told["allowed"]) == ("dismissed", False, [])


def test_dismiss_closes_its_task_too(airline, alert):
    task = make_task(alert)
    call(airline.ana, alert, "dismiss", **WHY)
    task.refresh_from_db()
    assert (task.state, task.resolution) == ("closed", "data_error")


def test_dismiss_needs_a_reason_and_a_resolution(airline, alert):
    refused = call(airline.ana, alert, "dismiss", 400)
    assert codes(refused) == {"reason": "required", "resolution": "required"}
    refused = call(airline.ana, alert, "dismiss", 400, reason="x", resolution="effective")
    assert codes(refused) == {"resolution": "invalid_choice"}


@pytest.mark.parametrize("with_task", [False, True])
def test_a_critical_alert_is_dismissed_by_the_lead(airline, with_task):
    alert = make_alert(touchpoint=airline.boarding, severity=1)
    if with_task:
        make_task(alert)
    assert get(airline.ana, f"alerts/{alert.pk}/")["allowed"] == ["acknowledge", "snooze"]
    assert call(airline.ana, alert, "dismiss", 403, **WHY)["code"] == "lead_must_approve"
    alert.refresh_from_db()
    assert alert.state == "open"
    assert call(airline.dirk, alert, "dismiss", **WHY)["state"] == "dismissed"


@pytest.mark.parametrize("name", ["acknowledge", "snooze", "dismiss"])
def test_what_is_over_stays_over(airline, name):
    alert = make_alert(touchpoint=airline.boarding, state="resolved", closed_at=NOW)
    refused = call(airline.ana, alert, name, 409, **({"until": LATER} if name == "snooze" else {}))
    assert (refused["state"], refused["allowed"]) == ("resolved", [])


def test_who_works_on_the_task_may_dismiss_the_alert(airline, alert):
    make_task(alert, department=airline.it)
    assert call(airline.ida, alert, "acknowledge")["state"] == "acknowledged"
    assert call(airline.ida, alert, "dismiss", **WHY)["state"] == "dismissed"


def test_the_owner_does_not_dismiss_what_another_department_works_on(airline, alert):
    make_task(alert, department=airline.it)
    assert call(airline.ana, alert, "dismiss", 403, **WHY)["code"] == "not_your_department"


def test_who_had_the_task_only_looks(airline, alert):
    task = make_task(alert, department=airline.it)
    post(airline.ida, f"tasks/{task.number}/hand_over/", reason="x", department="ground-ops")
    assert get(airline.ida, f"alerts/{alert.pk}/")["allowed"] == []
    assert call(airline.ida, alert, "acknowledge", 403)["code"] == "not_your_department"


def test_an_analyst_only_looks(airline, alert):
    assert get(airline.analyst, f"alerts/{alert.pk}/")["allowed"] == []
    call(airline.analyst, alert, "acknowledge", 403)


def test_a_foreign_alert_is_not_there(airline, alert):
    for name in ("acknowledge", "snooze", "dismiss"):
        assert call(airline.ida, alert, name, 404)["code"] == "not_found"


def test_a_key_acts_for_the_person_it_names(airline, alert):
    told = call(with_key("work"), alert, "acknowledge", **{"as": airline.ana.email})
    assert told["acknowledged_by"] == airline.ana.email
    call(with_key("work"), alert, "snooze", 400, until=LATER)
    call(with_key("read"), alert, "snooze", 403, until=LATER, **{"as": airline.ana.email})
