"""The page of addresses outside, of the mail server and of dead letters."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from cx_loop import clock
from cx_loop.messaging.endpoints import endpoint_of, endpoints_of
from cx_loop.models import Activity, Department, Endpoint, Message
from cx_loop.models.encryption import decrypt
from tests.api_stories import Airline, make_airline
from tests.cx_loop.messaging.conftest import Receiver, inside, other  # noqa: F401
from tests.factories import NOW
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db
HOOK = "https://hooks.example.com/secret-path"


@pytest.fixture
def airline() -> Airline:
    return make_airline()


def send(client: Client, url: str, **said: object) -> int:
    with clock.set_to(NOW):
        return client.post(f"/messages/{url}", said).status_code


def told(key: str) -> list[str]:
    return [each.host for each in endpoints_of(Department.objects.get(key=key))]


def dead_letter(endpoint: Endpoint | None = None) -> Message:
    return Message.objects.create(
        dedup_key=f"dead-{Message.objects.count()}",
        channel="webhook" if endpoint else "email",
        recipient="gone@example.com",
        endpoint=endpoint,
        payload={"subject": "s", "text": "t"},
        state="dead",
        attempts=8,
        last_error="550 no such mailbox",
        available_at=NOW,
        created_at=NOW,
    )


def test_a_lead_adds_an_address_of_the_own_department(airline: Airline) -> None:
    lin = reading_as(airline.lin)
    assert send(lin, "add/", address=HOOK, department=airline.ground.pk) == 302
    assert (told("ground-ops"), told("it")) == (["hooks.example.com"], [])
    page = seen(lin, "/messages/")
    assert "hooks.example.com" in page
    assert "secret-path" not in page


def test_a_lead_adds_none_for_others_or_for_the_whole(airline: Airline) -> None:
    lin = reading_as(airline.lin)
    for place in (airline.it.pk, ""):
        assert send(lin, "add/", address=HOOK, department=place) == 422
    assert not Endpoint.objects.exists()


def test_one_address_is_told_of_the_whole_company(airline: Airline) -> None:
    assert send(reading_as(airline.admin), "add/", address=HOOK) == 302
    assert told("it") == told("ground-ops") == ["hooks.example.com"]


def test_an_address_named_twice_is_told_once(airline: Airline) -> None:
    admin = reading_as(airline.admin)
    send(admin, "add/", address=HOOK)
    send(admin, "add/", address=HOOK, department=airline.it.pk)
    assert told("it") == ["hooks.example.com"]
    assert send(admin, "add/", address=HOOK, department=airline.it.pk) == 422


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.com",
        "http://example.com/",
        "https://ana@example.com/",
        "https://example.com:99999/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.1.2.3/hook",
        "https://localhost/",
        "words",
    ],
)
def test_what_is_no_address_is_refused(airline: Airline, address: str) -> None:
    lin = reading_as(airline.lin)
    assert send(lin, "add/", address=address, department=airline.ground.pk) == 422
    assert not Endpoint.objects.exists()


def test_a_new_secret_is_shown_once_and_two_sign(airline: Airline) -> None:
    endpoint, lin = endpoint_of(HOOK, now=NOW), reading_as(airline.lin)
    send(lin, "add/", address=HOOK, department=airline.ground.pk)
    old = decrypt(endpoint.secret)
    with clock.set_to(NOW):
        page = lin.post(f"/messages/{endpoint.pk}/", {"do": "rotate"})
    endpoint.refresh_from_db()
    new = decrypt(endpoint.secret)
    assert new in page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0")
    assert endpoint.secrets(NOW) == [new, old]
    assert endpoint.secrets(NOW + timedelta(days=7)) == [new]
    assert new not in seen(lin, "/messages/")


def test_an_address_shared_with_a_neighbour_is_switched_by_an_admin(airline: Airline) -> None:
    endpoint, lin, admin = (
        endpoint_of(HOOK, now=NOW),
        *map(reading_as, (airline.lin, airline.admin)),
    )
    for place in (airline.ground, airline.it):
        send(admin, "add/", address=HOOK, department=place.pk)
    send(lin, f"{endpoint.pk}/", do="off")
    assert endpoint in Endpoint.objects.in_force()
    send(admin, f"{endpoint.pk}/", do="off")
    assert endpoint not in Endpoint.objects.in_force()
    assert Activity.objects.filter(subject="endpoint", user=airline.admin).exists()


def test_told_no_more_it_stays_told_elsewhere(airline: Airline) -> None:
    endpoint, admin = endpoint_of(HOOK, now=NOW), reading_as(airline.admin)
    for place in (airline.ground.pk, airline.it.pk):
        send(admin, "add/", address=HOOK, department=place)
    assert send(admin, f"{endpoint.pk}/", do="leave", department="it") == 302
    assert (told("ground-ops"), told("it")) == (["hooks.example.com"], [])


def test_a_test_message_arrives(airline: Airline, other: Receiver) -> None:  # noqa: F811
    endpoint, admin = endpoint_of(other.address, now=NOW), reading_as(airline.admin)
    assert send(admin, f"{endpoint.pk}/", do="test") == 302
    assert len(other.got) == 1
    other.status = 500
    send(admin, f"{endpoint.pk}/", do="test")
    assert "answered 500" in seen(admin, "/messages/")


def test_the_last_failure_is_shown(airline: Airline) -> None:
    endpoint = endpoint_of(HOOK, now=NOW)
    Endpoint.objects.filter(pk=endpoint.pk).update(failures=3, failing_since=NOW)
    dead_letter(endpoint)
    assert "failed 3 times in a row" in seen(reading_as(airline.admin), "/messages/")


def test_a_mail_is_tried_by_an_admin(airline: Airline) -> None:
    admin = reading_as(airline.admin)
    assert send(admin, "mail/", address="ops@example.com") == 302
    assert mail.outbox[0].to == ["ops@example.com"]
    assert send(admin, "mail/", address="nobody") == 422
    assert send(reading_as(airline.lin), "mail/", address="ops@example.com") == 403


def test_a_dead_letter_is_sent_again(airline: Airline) -> None:
    first, second, admin = dead_letter(), dead_letter(), reading_as(airline.admin)
    assert "550 no such mailbox" in seen(admin, "/messages/")
    send(admin, "retry/", message=first.pk)
    assert list(Message.objects.dead()) == [second]
    send(admin, "retry/")
    assert not Message.objects.dead().exists()


@pytest.mark.parametrize("who", ["ana", "analyst", "ida"])
def test_the_page_is_not_for_others(airline: Airline, who: str) -> None:
    seen(reading_as(getattr(airline, who)), "/messages/", status=403)


def test_a_foreign_address_is_not_there(airline: Airline) -> None:
    endpoint = endpoint_of(HOOK, now=NOW)
    send(reading_as(airline.admin), "add/", address=HOOK, department=airline.it.pk)
    assert send(reading_as(airline.lin), f"{endpoint.pk}/", do="off") == 404
    assert "hooks.example.com" not in seen(reading_as(airline.lin), "/messages/")
