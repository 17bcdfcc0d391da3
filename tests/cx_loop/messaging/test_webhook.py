"""Webhooks: signed, tried again, switched off; and what a broken receiver does to the others."""

import base64
import hmac
import json
import resource
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from cx_loop.messaging import door
from cx_loop.messaging.endpoints import endpoint_of, rotate_secret
from cx_loop.messaging.outbox import deliver
from cx_loop.models import SYSTEM, Endpoint, Message, Notice
from cx_loop.models.encryption import decrypt
from tests.cx_loop.messaging.conftest import NOW, Receiver, queue_at, queue_one
from tests.factories import make_admin, make_department, make_user

pytestmark = pytest.mark.django_db


def later(message: Message) -> Any:
    message.refresh_from_db()
    return message.available_at


def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As a receiver does it, written from the standard."""
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mark = base64.b64encode(hmac.digest(key, said, "sha256")).decode()
    return f"v1,{mark}" in headers["webhook-signature"].split(" ")


def test_an_event_arrives_signed(other: Receiver) -> None:
    message = queue_one(other.address)
    assert deliver(NOW) == 1
    headers, body = other.got[0]
    assert verified(decrypt(Endpoint.objects.get().secret), headers, body)
    assert json.loads(body) == {"type": "task.opened", "data": {"task": 12}}
    message.refresh_from_db()
    assert (message.state, message.sent_at) == ("sent", NOW)


def test_the_address_is_nowhere_in_plain_text(other: Receiver) -> None:
    message = queue_one(other.address)
    endpoint = Endpoint.objects.get()
    kept = [str(value) for row in (endpoint, message) for value in vars(row).values()]
    assert not [value for value in kept if "secret-path" in value]
    assert endpoint_of(other.address, now=NOW) == endpoint


def test_id_and_body_stay_over_attempts_and_the_timestamp_does_not(other: Receiver) -> None:
    other.status = 500
    message = queue_one(other.address)
    deliver(NOW)
    other.status = 200
    assert deliver(later(message)) == 1
    (first, body), (second, same) = other.got
    assert first["webhook-id"] == second["webhook-id"]
    assert body == same
    assert int(first["webhook-timestamp"]) == int(NOW.timestamp())
    assert int(second["webhook-timestamp"]) == int(message.available_at.timestamp())


def test_while_a_secret_is_changed_both_sign(other: Receiver) -> None:
    endpoint = endpoint_of(other.address, now=NOW)
    old = decrypt(endpoint.secret)
    new = rotate_secret(endpoint=endpoint, by=SYSTEM, now=NOW)
    endpoint.refresh_from_db()
    queue_at(endpoint, "a")
    deliver(NOW)
    queue_at(endpoint, "b")
    deliver(NOW + timedelta(days=7))
    assert [verified(old, *sent) for sent in other.got] == [True, False]
    assert [verified(new, *sent) for sent in other.got] == [True, True]


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500])
def test_only_2xx_is_taken_for_an_answer(other: Receiver, status: int) -> None:
    other.status, other.headers = status, {"Location": other.address}
    message = queue_one(other.address)
    assert deliver(NOW) == 0
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("pending", f"answered {status}")
    assert len(other.got) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_who_asks_for_a_pause_gets_it_for_all_messages(other: Receiver, status: int) -> None:
    other.status, other.headers = status, {"Retry-After": "90"}
    first, second = queue_one(other.address, "a"), queue_one(other.address, "b")
    deliver(NOW)
    assert len(other.got) == 1
    assert later(first) == later(second) == NOW + timedelta(seconds=90)
    second.refresh_from_db()
    assert second.attempts == 0


def test_after_the_schedule_a_message_is_dead(other: Receiver) -> None:
    other.status = 500
    message = queue_one(other.address)
    for _ in range(10):
        deliver(later(message))
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("dead", 10)
    assert timedelta(days=3) < message.available_at - NOW < timedelta(days=4)


def test_410_switches_it_off_and_tells_lead_and_admin(other: Receiver) -> None:
    endpoint = endpoint_of(other.address, now=NOW)
    gates = make_department("gates", notify=[endpoint.fingerprint])
    make_user("lena@example.com", department=gates, role="lead")
    make_user("ana@example.com", department=gates)
    make_admin("ada@example.com")
    other.status = 410
    queue_at(endpoint, "a"), queue_at(endpoint, "b")
    deliver(NOW)
    endpoint.refresh_from_db()
    assert (endpoint.disabled_at, endpoint.disabled_reason) == (NOW, "gone")
    assert set(Message.objects.filter(endpoint=endpoint).values_list("state", flat=True)) == {
        "dead"
    }
    told = Notice.objects.filter(code="endpoint_off").values_list("user__email", flat=True)
    assert sorted(told) == ["ada@example.com", "lena@example.com"]
    assert sorted(sent.to[0] for sent in mail.outbox) == ["ada@example.com", "lena@example.com"]


def test_days_without_one_success_switch_it_off(other: Receiver) -> None:
    other.status = 500
    message = queue_one(other.address)
    for _ in range(10):
        deliver(later(message))
    assert Endpoint.objects.get().disabled_reason == "failing"


def test_one_success_forgives_the_failures_before(other: Receiver) -> None:
    other.status = 500
    message = queue_one(other.address)
    deliver(NOW)
    other.status = 200
    deliver(later(message))
    endpoint = Endpoint.objects.get()
    assert (endpoint.failures, endpoint.failing_since) == (0, None)


def test_a_redirect_to_loopback_is_not_followed(other: Receiver, opened: Any) -> None:
    def away(request: Any) -> None:
        request.send_response(307)
        request.send_header("Location", other.address)
        request.end_headers()

    queue_one(opened(away))
    deliver(NOW)
    assert other.got == []


def test_an_answer_of_a_gigabyte_is_read_only_so_far(opened: Any) -> None:
    def endless(request: Any) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(10**9))
        request.end_headers()
        try:
            for _ in range(1000):
                request.wfile.write(b"x" * 10**6)
        except OSError:
            pass

    queue_one(opened(endless))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert deliver(NOW) == 1
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 50_000  # KiB


def test_who_drips_or_hangs_costs_one_attempt_and_the_others_go_on(
    other: Receiver, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PATIENCE", 0.3)

    def drip(request: Any) -> None:
        try:
            for _ in range(50):
                request.wfile.write(b"H")
                request.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass

    slow = opened(drip)
    for serial in range(4):
        queue_one(slow, f"slow:{serial}")
    queue_one(other.address, "well")
    assert deliver(NOW) == 1
    tried = Message.objects.filter(dedup_key__startswith="slow").values_list("attempts", flat=True)
    assert sorted(tried) == [0, 0, 0, 1]


def test_an_address_in_the_own_network_is_refused_and_not_told(settings: Any) -> None:
    settings.OUTGOING_NETWORKS = ["127.0.0.0/8"]
    message = queue_one("https://127.0.0.1/secret-path")  # while the network was open
    settings.OUTGOING_NETWORKS = []
    deliver(NOW)
    message.refresh_from_db()
    assert message.state == "pending"
    assert "internal network" in message.last_error
    assert "secret-path" not in message.last_error


def test_an_event_that_is_too_large_does_not_leave(other: Receiver) -> None:
    queue_one(other.address, data={"title": "x" * 20_000})
    assert deliver(NOW) == 0
    assert other.got == []
