"""Addresses outside and dead letters over the REST API."""

import pytest

from cx_loop.messaging.endpoints import endpoint_of
from cx_loop.models import Department, Endpoint, Message
from cx_loop.models.encryption import decrypt
from tests.api_stories import Airline, get, make_airline, post, with_key
from tests.cx_loop.messaging.conftest import Receiver, inside, other  # noqa: F401
from tests.cx_loop.web.test_messages import HOOK, dead_letter
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def airline() -> Airline:
    return make_airline()


def test_a_lead_adds_reads_and_takes_out(airline: Airline) -> None:
    made = post(airline.lin, "endpoints/", 201, address=HOOK, department="ground-ops")
    assert (made["host"], made["departments"], made["whole"]) == (
        "hooks.example.com",
        ["ground-ops"],
        False,
    )
    assert get(airline.lin, "endpoints/")["results"] == [made]
    assert get(airline.lin, f"endpoints/{made['id']}/") == made
    post(airline.lin, f"endpoints/{made['id']}/remove/", 200, department="ground-ops")
    assert get(airline.lin, "endpoints/")["results"] == []


def test_the_address_is_never_shown(airline: Airline) -> None:
    post(airline.admin, "endpoints/", 201, address=HOOK)
    assert "secret-path" not in str(get(airline.admin, "endpoints/"))


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"address": HOOK}, 403, "not_yours"),
        ({"address": HOOK, "department": "it"}, 400, "invalid"),
        ({"address": "ftp://example.com", "department": "ground-ops"}, 400, "no_address"),
    ],
)
def test_a_lead_is_told_why_not(airline: Airline, said: dict, status: int, code: str) -> None:
    assert post(airline.lin, "endpoints/", status, **said)["code"] == code


def test_a_rotation_shows_the_new_secret(airline: Airline) -> None:
    endpoint = endpoint_of(HOOK, now=NOW)
    secret = post(airline.admin, f"endpoints/{endpoint.pk}/rotate/")["secret"]
    endpoint.refresh_from_db()
    assert secret == decrypt(endpoint.secret)
    assert len(endpoint.secrets(NOW)) == 2


def test_it_is_switched_off_and_on(airline: Airline) -> None:
    endpoint = endpoint_of(HOOK, now=NOW)
    off = post(airline.admin, f"endpoints/{endpoint.pk}/disable/")
    assert off["disabled_reason"] == "by hand"
    assert post(airline.admin, f"endpoints/{endpoint.pk}/enable/")["disabled_at"] is None


def test_a_test_message_says_what_the_other_side_said(airline: Airline, other: Receiver) -> None:  # noqa: F811
    endpoint = endpoint_of(other.address, now=NOW)
    post(airline.admin, f"endpoints/{endpoint.pk}/test/")
    other.status = 418
    refused = post(airline.admin, f"endpoints/{endpoint.pk}/test/", 409)
    assert (refused["code"], refused["detail"]) == ("not_taken", "answered 418")


def test_others_find_nothing(airline: Airline) -> None:
    endpoint = endpoint_of(HOOK, now=NOW)
    Department.objects.filter(key="it").update(notify=[endpoint.fingerprint])
    assert get(airline.lin, "endpoints/")["results"] == []
    get(airline.lin, f"endpoints/{endpoint.pk}/", 404)
    post(airline.lin, f"endpoints/{endpoint.pk}/disable/", 404)
    assert endpoint in Endpoint.objects.in_force()


def test_a_key_names_who_acts_and_a_bound_one_sees_its_own(airline: Airline) -> None:
    endpoint = endpoint_of(HOOK, now=NOW)
    Department.objects.filter(key="it").update(notify=[endpoint.fingerprint])
    everywhere, bound = with_key("admin"), with_key("admin", department=airline.ground)
    assert len(get(everywhere, "endpoints/")["results"]) == 1
    assert get(bound, "endpoints/")["results"] == []
    post(everywhere, f"endpoints/{endpoint.pk}/disable/", 400)
    post(everywhere, f"endpoints/{endpoint.pk}/disable/", 200, **{"as": "admin@example.com"})
    get(with_key("read"), "endpoints/", 403)


def test_dead_letters_are_listed_and_sent_again(airline: Airline) -> None:
    old, new = dead_letter(), dead_letter()
    listed = get(airline.admin, "dead-letters/")["results"]
    assert [row["id"] for row in listed] == [new.pk, old.pk]
    assert listed[0]["last_error"] == "550 no such mailbox"
    assert post(airline.admin, "dead-letters/retry/", ids=[old.pk]) == {"retried": 1}
    assert post(airline.admin, "dead-letters/retry/") == {"retried": 1}
    assert not Message.objects.dead().exists()


def test_dead_letters_are_for_admins(airline: Airline) -> None:
    dead_letter()
    assert get(airline.lin, "dead-letters/", 403)["code"] == "not_yours"
    post(airline.lin, "dead-letters/retry/", 403)
    get(with_key("admin", department=airline.ground), "dead-letters/", 403)
    assert Message.objects.dead().exists()
