"""The nine rules of deliveries, over the address itself."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.engine import do_everything_due
from cx_loop import clock
from cx_loop.actions.sources import issue_address, switch
from cx_loop.ingest import deliveries
from cx_loop.models import SYSTEM, Delivery
from tests.cx_loop.hooks import payloads
from tests.cx_loop.hooks.conftest import NOW, counted, entries
from tests.cx_loop.hooks.payloads import Sent

pytestmark = pytest.mark.django_db
NPS = entries("fNPS", "fWhy")


def test_a_delivery_is_kept_before_it_is_answered_200(tool):
    made = tool("typeform", NPS)
    sent = payloads.typeform()
    answer = made.post(sent)
    kept = Delivery.objects.get()
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert (bytes(kept.body), kept.state, kept.received_at) == (sent.body, "received", NOW)
    assert counted() == []


@pytest.mark.parametrize("way", ["get", "head", "post"])
@pytest.mark.parametrize("cut", [0, 1])
def test_it_is_200_with_and_without_the_last_slash(tool, way, cut):
    made = tool("typeform", NPS)
    path = made.path[: len(made.path) - cut]
    said = {"data": b"{}", "content_type": "application/json"} if way == "post" else {}
    assert getattr(made.client, way)(path, **said).status_code == 200
    assert Delivery.objects.count() == (way == "post")


@pytest.mark.parametrize("way", ["get", "head", "post"])
def test_an_address_never_issued_is_404_and_keeps_nothing(tool, way):
    made = tool("typeform", NPS)
    said = {"data": b"{}", "content_type": "application/json"} if way == "post" else {}
    assert getattr(made.client, way)("/hooks/neverissued/", **said).status_code == 404
    assert not Delivery.objects.exists()


def test_the_address_before_ends_when_a_new_one_is_issued(tool):
    made = tool("typeform", NPS)
    issue_address(source=made.source, by=SYSTEM, now=NOW)
    assert made.post(payloads.typeform()).status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        Sent(b'{"activity": "1" "joinid": "2"}'),
        Sent(b"", "application/json"),
        Sent(b"\xff\xfe\x00\x01", "text/plain"),
        Sent(b"[1, 2]"),
        Sent(b"NaN"),
        Sent(b"[" * 100_000),
        Sent(b"no parts", "multipart/form-data"),
        Sent(b"a=%ff%fe", "application/x-www-form-urlencoded"),
        Sent(b"\0\0", "application/json\0"),
        Sent(b'{"event_type": "form_response"}'),
    ],
)
def test_a_body_that_is_no_body_is_kept_with_its_reason(tool, sent):
    found = tool("typeform", NPS).deliver(sent)
    assert found.state == "quarantined"
    assert found.reason.startswith(("body_", "payload_"))


def test_a_form_its_tool_does_not_send_waits_and_is_not_404(tool):
    other = payloads.typeform().body.replace(b"fFlight", b"fHotel")
    found = tool("typeform", entries("fNPS", survey="fFlight")).deliver(Sent(other))
    assert (found.state, found.reason) == ("quarantined", "survey_not_mapped")


def test_a_disabled_source_keeps_and_answers_200(tool):
    made = tool("typeform", NPS)
    switch(source=made.source, on=False, by=SYSTEM, now=NOW)
    found = made.deliver(payloads.typeform())
    assert (found.state, found.reason) == ("quarantined", "source_disabled")


def test_more_than_five_megabytes_are_413_and_not_kept(tool):
    made = tool("typeform", NPS)
    assert made.post(Sent(b"x" * (deliveries.LARGEST + 1))).status_code == 413
    assert not Delivery.objects.exists()


def test_a_tool_that_asks_for_html_is_answered_all_the_same(tool):
    assert tool("typeform", NPS).post(payloads.typeform(), accept="text/html").status_code == 200


def test_too_many_at_once_are_told_when_to_come_again(tool, settings):
    settings.RATES = settings.RATES | {"ingest": 2}
    made = tool("typeform", NPS)
    answers = [made.post(payloads.typeform()) for _ in range(4)]
    assert [each.status_code for each in answers][-1] == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_an_address_costs_two_queries(tool):
    made = tool("typeform", NPS)
    made.post(payloads.typeform())
    with CaptureQueriesContext(connection) as queries:
        made.post(payloads.typeform())
    assert len(queries) == 2, [each["sql"][:80] for each in queries]


def test_what_was_kept_is_mapped_though_the_job_died_before(tool):
    made = tool("typeform", NPS)
    made.post(payloads.typeform())
    made.map(NOW + timedelta(minutes=1))
    made.map(NOW + timedelta(minutes=2))
    assert [row[3] for row in counted()] == [3]


def test_the_engine_maps_what_no_job_did(tool):
    made = tool("typeform", NPS)
    made.post(payloads.typeform())
    with clock.set_to(NOW):
        assert do_everything_due(now=NOW)["map"] == 1
    assert [row[3] for row in counted()] == [3]
