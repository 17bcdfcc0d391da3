"""DELETE observations/{external_id}/ and POST customers/erase/."""

from typing import Any

import pytest

from cx_loop.models import Delivery, Department, Observation, Source
from tests.cx_loop.ingest.conftest import accept, make_airline, said

pytestmark = [pytest.mark.urls("tests.urls_api"), pytest.mark.django_db]
ONE = "/api/v1/observations/{}/"
ERASE = "/api/v1/customers/erase/"


@pytest.fixture
def survey() -> Source:
    make_airline()
    source = Source.objects.create(key="survey")
    items = [said(4, external_id="r/1", customer="wei"), said(9, metric="nps", external_id="r/1")]
    accept(source, *items)
    return source


def test_an_identifier_is_taken_out_and_again_is_no_error(client_with: Any, survey: Source) -> None:
    client = client_with("ingest", source=survey)
    assert client.delete(ONE.format("r/1") + "?metric=nps").status_code == 204
    assert Observation.objects.count() == 1
    assert client.delete(ONE.format("r%2F1")).status_code == 204
    assert client.delete(ONE.format("r/1")).status_code == 204
    assert not Observation.objects.exists()


@pytest.mark.parametrize("unheard_of", ["r2", "a%00b", "x" * 201, "r/1/2"])
def test_what_was_never_sent_is_404(client_with: Any, survey: Source, unheard_of: str) -> None:
    answer = client_with("ingest", source=survey).delete(ONE.format(unheard_of))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_only_the_own_source_and_department_are_reached(client_with: Any, survey: Source) -> None:
    assert client_with("ingest").delete(ONE.format("r/1")).status_code == 404
    cabin = Department.objects.get(key="cabin")
    bound = client_with("ingest", source=survey, department=cabin)
    assert bound.delete(ONE.format("r/1")).status_code == 404
    assert client_with("read", source=survey).delete(ONE.format("r/1")).status_code == 403
    assert Observation.objects.count() == 2


def test_a_customer_is_erased_by_an_admins_key(client_with: Any, survey: Source) -> None:
    answer = client_with("admin").post(ERASE, {"customer": "wei"}, format="json")
    assert (answer.status_code, answer.json()) == (200, {"observations": 1})
    again = client_with("admin").post(ERASE, {"customer": "wei"}, format="json")
    assert again.json() == {"observations": 0}


@pytest.mark.parametrize("body", [{}, {"customer": ""}, {"customer": 5}, {"name": "wei"}])
def test_who_is_to_be_erased_must_be_said(client_with: Any, survey: Source, body: Any) -> None:
    assert client_with("admin").post(ERASE, body, format="json").status_code == 400


def test_erasing_is_for_admins_of_everything(client_with: Any, survey: Source) -> None:
    said_by = client_with("ingest", "work").post(ERASE, {"customer": "wei"}, format="json")
    bound = client_with("admin", department=Department.objects.get(key="cabin"))
    answer = bound.post(ERASE, {"customer": "wei"}, format="json")
    assert (said_by.status_code, answer.status_code) == (403, 403)
    assert answer.json()["code"] == "key_is_bound"


def test_a_call_nested_without_end_is_a_wrong_body(client_with: Any) -> None:
    body = {"data": "[" * 200_000, "content_type": "application/json"}
    answer = client_with("admin").post("/api/v1/customers/erase/", **body)
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


def test_an_export_has_everything_that_names_the_customer(client_with: Any, survey: Source) -> None:
    Delivery.objects.create(source=survey, body=b'{"mail": "wei@example.com"}')
    Delivery.objects.create(source=survey, body=b'{"mail": "li@example.com"}')
    address = "/api/v1/customers/export/"
    said = client_with("admin").post(address, {"customer": "wei@example.com"}, format="json").json()
    assert [each["body"] for each in said["deliveries"]] == ['{"mail": "wei@example.com"}']
    assert (said["answers"], said["comments"], said["erased"]) == ([], [], False)
    assert client_with("work").post(address, {}, format="json").status_code == 403
