"""POST tasks/: a task somebody opens without an alert."""

import pytest
from django.test import Client

from cx_loop.models import Notice
from tasks.models import Origin
from tests.api_stories import codes, get, numbers, post, with_key
from tests.factories import NOW, make_card, make_comment, make_segment

SAID = {"title": "Talk to the caterer", "touchpoint": "boarding"}


def test_a_task_goes_to_the_owner_of_the_touchpoint(airline):
    told = post(airline.ana, "tasks/", 201, **SAID)
    assert (told["title"], told["department"]) == (SAID["title"], "ground-ops")
    assert (told["state"], told["severity"], told["alerts"]) == ("open", "warning", [])
    assert get(airline.ana, f"tasks/{told['number']}/")["allowed"] == told["allowed"]


def test_a_task_may_go_elsewhere_and_be_critical(airline):
    told = post(airline.ana, "tasks/", 201, **SAID, department="it", severity="critical")
    assert (told["department"], told["severity"]) == ("it", "critical")
    get(airline.ida, f"tasks/{told['number']}/")


def test_the_department_is_told_but_not_who_opened_it(airline):
    post(airline.lin, "tasks/", 201, **SAID)
    post(airline.ana, "tasks/", 201, **SAID)
    assert [notice.user for notice in Notice.objects.all()] == [airline.ana]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title": " "}, {"title": "required"}),
        ({"title": "a" * 201}, {"title": "max_length"}),
        ({"title": "a\x00"}, {"title": "null_characters_not_allowed"}),
        ({"touchpoint": "app"}, {"touchpoint": "touchpoint_unknown"}),
        ({"touchpoint": "nowhere"}, {"touchpoint": "touchpoint_unknown"}),
        ({"department": "nowhere"}, {"department": "department_unknown"}),
        ({"severity": "huge"}, {"severity": "invalid_choice"}),
        ({"state": "closed"}, {"state": "unknown_field"}),
        ({"assignee": "ana@example.com"}, {"assignee": "unknown_field"}),
    ],
)
def test_what_cannot_be_opened_is_said(airline, change, expected):
    assert codes(post(airline.ana, "tasks/", 400, **SAID | change)) == expected


def test_an_analyst_opens_nothing(airline):
    assert post(airline.analyst, "tasks/", 403, **SAID)["code"] == "read_only"


def test_a_key_opens_for_the_person_it_names(airline):
    post(with_key("work"), "tasks/", 201, **SAID, **{"as": airline.ana.email})
    post(with_key("read"), "tasks/", 403, **SAID, **{"as": airline.ana.email})


def test_a_bound_key_opens_within_its_department_only(airline):
    client = with_key("work", department=airline.it)
    person = {"as": airline.ida.email}
    post(client, "tasks/", 201, **SAID | {"touchpoint": "app"}, **person)
    post(client, "tasks/", 400, **SAID, **person)


def test_a_task_is_opened_from_a_moment_card(airline):
    make_segment("gold")
    card = make_card(airline.boarding, segment="gold")
    told = post(airline.ana, "tasks/", 201, **SAID, moment_card=card.pk)
    assert (told["moment_card"], told["segment"]) == (card.pk, "gold")
    post(airline.ana, "tasks/", 201, **SAID)
    assert numbers(get(airline.ana, "tasks/", moment_card=card.pk)) == [told["number"]]


def test_a_card_of_another_place_or_retired_opens_nothing(airline):
    elsewhere, retired = make_card(airline.app), make_card(airline.boarding, retired_at=NOW)
    for pk in (elsewhere.pk, retired.pk, 2**62):
        refused = post(airline.ana, "tasks/", 400, **SAID, moment_card=pk)
        assert codes(refused) == {"moment_card": "card_unknown"}


def test_a_task_is_opened_from_one_thing(airline):
    said = {"moment_card": make_card(airline.boarding).pk}
    said["comment"] = str(make_comment(airline.boarding).pk)
    assert codes(post(airline.ana, "tasks/", 400, **SAID, **said)) == {"moment_card": "invalid"}


def test_the_form_of_a_card_shows_it_and_the_task_keeps_it(airline):
    card = make_card(airline.boarding, "left alone")
    client = Client()
    client.force_login(airline.ana)
    address = f"/touchpoints/boarding/task/?card={card.pk}"
    page = client.get(address)
    assert page.status_code == 200
    assert "The gate changes for the third time" in page.content.decode()
    form = {"title": "left alone", "severity": "2", "card": card.pk}
    opened = client.post(address, form)
    assert "left alone" in client.get(opened.headers["Location"]).content.decode()
    assert Origin.objects.get().card == card
    for wrong in (make_card(airline.app).pk, "x", "9" * 30):
        assert client.get(address.replace(f"={card.pk}", f"={wrong}")).status_code == 404
