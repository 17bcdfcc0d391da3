"""Absences over the API: everybody's own, for leads that of their people, for keys in a name."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from cx_loop import clock
from cx_loop.models import Activity
from tests.api_stories import BASE, Airline, make_airline, signed_in, with_key
from tests.factories import NOW, make_organization, make_user

pytestmark = pytest.mark.django_db
WEEK = {"since": "2025-11-21T08:00:00+08:00", "until": "2025-11-28T18:00:00+08:00"}


@pytest.fixture
def airline() -> Airline:
    make_organization()
    return make_airline()


def send(client: APIClient, address: str, **said: Any) -> Any:
    with clock.set_to(NOW):
        return client.post(f"{BASE}absences/{address}/", said, format="json")


def test_a_person_enters_the_own_absence(airline: Airline) -> None:
    bea = make_user("bea@example.com", department=airline.ground)
    client = signed_in(airline.ana)
    answer = send(client, f"{airline.ana.pk}", **WEEK, substitute=bea.email)
    assert (answer.status_code, answer.json()["substitute"]) == (200, "bea@example.com")
    assert answer.json()["since"] == "2025-11-21T00:00:00Z"
    assert Activity.objects.get(subject="person").verb == "absent"
    assert send(client, f"{airline.ana.pk}/end").json()["until"] is None


def test_a_lead_sees_and_enters_those_of_the_department(airline: Airline) -> None:
    lead = signed_in(airline.lin)
    seen = {each["email"] for each in lead.get(f"{BASE}absences/").json()["results"]}
    assert seen == {airline.ana.email, airline.lin.email}
    assert send(lead, f"{airline.ana.pk}", **WEEK).status_code == 200
    assert send(lead, f"{airline.ida.pk}", **WEEK).status_code == 404
    assert send(signed_in(airline.ana), f"{airline.lin.pk}", **WEEK).status_code == 404


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"until": WEEK["since"]}, "ends_before_it_begins"),
        ({"until": "2027-11-28T18:00:00Z"}, "too_long"),
        ({"substitute": "ida@example.com"}, "substitute_unknown"),
        ({"until": "2025-11-28T18:00:00"}, "no_offset"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    airline: Airline, said: dict[str, str], code: str
) -> None:
    answer = send(signed_in(airline.ana), f"{airline.ana.pk}", **{**WEEK, **said})
    assert answer.status_code == 400
    assert [error["code"] for error in answer.json()["errors"]] == [code]


def test_a_key_acts_for_whom_it_names_and_within_its_department(airline: Airline) -> None:
    client = with_key("work", department=airline.ground)
    ana, lin = airline.ana.pk, airline.lin.email
    assert send(client, f"{ana}", **WEEK).json()["code"] == "person_required"
    assert send(client, f"{ana}", **WEEK, **{"as": lin}).status_code == 200
    assert send(client, f"{airline.lin.pk}", **WEEK, **{"as": "ana@example.com"}).status_code == 404
    assert send(client, f"{airline.ida.pk}", **WEEK, **{"as": lin}).status_code == 404
