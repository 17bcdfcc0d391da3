"""Silences over the REST API."""

from datetime import timedelta

import pytest

from alerts.models import Silence
from tests.api_stories import codes, get, post, with_key
from tests.factories import NOW, make_silence, make_task

LATER = (NOW + timedelta(hours=6)).isoformat()
SAID = {"matchers": {"touchpoint": "boarding"}, "ends_at": LATER, "reason": "The gate is rebuilt."}


def test_a_lead_makes_one_and_ends_it(airline, alert):
    task = make_task(alert)
    made = post(airline.lin, "silences/", 201, **SAID)
    assert (made["state"], made["kind"], made["department"]) == ("running", "silence", "ground-ops")
    assert (made["matchers"], made["alerts"]) == ({"touchpoint": ["boarding"]}, 1)
    assert get(airline.ana, f"alerts/{alert.pk}/")["silence"] == made["id"]
    assert get(airline.ana, f"tasks/{task.number}/")["silenced_until"] == made["ends_at"]
    ended = post(airline.lin, f"silences/{made['id']}/end/")
    assert (ended["state"], ended["ended_by"]) == ("over", airline.lin.email)
    assert get(airline.ana, f"tasks/{task.number}/")["silenced_until"] is None
    assert post(airline.lin, f"silences/{made['id']}/end/", 409)["code"] == "silence_over"


def test_lists_are_told_by_state(airline):
    running = make_silence(airline.ground)
    coming = make_silence(airline.ground, starts_at=NOW + timedelta(days=1))
    over = make_silence(airline.ground, starts_at=NOW - timedelta(days=1))
    for state, silence in (("running", running), ("coming", coming), ("over", over)):
        told = get(airline.ana, "silences/", state=state)["results"]
        assert [each["id"] for each in told] == [silence.pk]
    assert len(get(airline.ana, "silences/")["results"]) == 3


def test_those_of_others_are_not_there(airline):
    theirs = make_silence(airline.it)
    everybodys = make_silence(None, author=airline.admin)
    for silence in (theirs, everybodys):
        get(airline.lin, f"silences/{silence.pk}/", 404)
        post(airline.lin, f"silences/{silence.pk}/end/", 404)
    assert get(airline.lin, "silences/")["results"] == []
    assert len(get(airline.admin, "silences/")["results"]) == 2
    assert [each["id"] for each in get(airline.dirk, "silences/")["results"]] == [theirs.pk]


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"reason": None}, "reason", "null"),
        ({"reason": ""}, "reason", "required"),
        ({"matchers": {}}, "matchers", "required"),
        ({"matchers": {"weather": "rain"}}, "matchers.weather", "unknown_field"),
        ({"matchers": {"touchpoint": ["app"]}}, "matchers.touchpoint", "unknown_choice"),
        ({"ends_at": NOW.isoformat()}, "ends_at", "not_in_future"),
        ({"department": "it"}, "department", "department_unknown"),
        ({"department": "nowhere"}, "department", "department_unknown"),
        ({"kind": "party"}, "kind", "invalid_choice"),
    ],
)
def test_what_makes_no_silence_is_refused(airline, said, field, code):
    assert codes(post(airline.lin, "silences/", 400, **(SAID | said))) == {field: code}
    assert not Silence.objects.exists()


def test_who_leads_nothing_makes_none(airline):
    for person in (airline.ana, airline.analyst):
        assert post(person, "silences/", 403, **SAID)["code"] == "lead_only"


def test_a_key_names_the_lead_who_acts(airline):
    key = with_key("work")
    assert post(key, "silences/", 400, **SAID)["code"] == "person_required"
    made = post(key, "silences/", 201, **SAID, **{"as": airline.lin.email})
    assert made["author"] == airline.lin.email
    assert post(with_key("read"), "silences/", 403, **SAID)["code"]


def test_a_snooze_says_who_and_lasts_a_week_at_most(airline, alert):
    told = post(airline.ana, f"alerts/{alert.pk}/snooze/", until=LATER)
    assert told["snoozed_by"] == airline.ana.email
    far = (NOW + timedelta(days=8)).isoformat()
    refused = post(airline.ana, f"alerts/{alert.pk}/snooze/", 400, until=far)
    assert codes(refused) == {"until": "too_long"}
