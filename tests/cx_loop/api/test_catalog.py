"""The read-only lists: who sees what, filters, one row, refusals."""

import base64
from typing import Any

import pytest
from rest_framework.test import APIClient

from cx_loop.models import Delivery, Department, Source, Touchpoint
from tests import factories
from tests.cx_loop.ingest.conftest import accept, make_airline, said

pytestmark = [pytest.mark.urls("tests.urls_api"), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def airline(db: None) -> Touchpoint:
    return make_airline()


@pytest.fixture
def reader(client_with: Any) -> APIClient:
    client: APIClient = client_with("read")
    return client


@pytest.fixture
def ground_reader(client_with: Any, airline: Touchpoint) -> APIClient:
    client: APIClient = client_with("read", department=airline.owner)
    return client


def keys(client: APIClient, address: str) -> list[Any]:
    answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == 200, answer.content
    return [row.get("key", row.get("id")) for row in answer.json()["results"]]


def test_lists_have_next_previous_and_results(reader: APIClient) -> None:
    body = reader.get("/api/v1/metrics/?page_size=2").json()
    assert body["previous"] is None
    assert "cursor=" in body["next"]
    assert [row["key"] for row in body["results"]] == ["cancelled", "ces"]
    assert body["results"][1]["high"] == 7


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("metrics/?kind=nps", ["nps"]),
        ("metrics/?ordering=-key&page_size=1", ["wait"]),
        ("metrics/?retired=true", []),
        ("touchpoints/?owner=cabin", ["meal"]),
        ("touchpoints/?journey=flight&ordering=-key", ["meal", "boarding"]),
        ("journeys/", ["flight"]),
        ("departments/", ["cabin", "ground"]),
    ],
)
def test_lists_are_filtered_and_ordered(reader: APIClient, address: str, found: list[str]) -> None:
    assert keys(reader, address) == found


def test_one_row_is_found_by_its_key(reader: APIClient) -> None:
    row = reader.get("/api/v1/touchpoints/boarding/").json()
    assert (row["owner"], row["stage"], row["journey"]) == ("ground", "departure", "flight")
    assert row["names"] == {"en": "Boarding"}


@pytest.mark.parametrize(
    "address", ["touchpoints/moon/", "series/0/", "series/99999999999999999/", "nothing/", "x"]
)
def test_what_is_not_there_is_a_404_problem(reader: APIClient, address: str) -> None:
    answer = reader.get(f"/api/v1/{address}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_department_sees_its_own(ground_reader: APIClient) -> None:
    source = Source.objects.create(key="survey")
    accept(source, said(), said(touchpoint="meal"), said(touchpoint=None, stage="departure"))
    assert keys(ground_reader, "touchpoints/") == ["boarding"]
    assert keys(ground_reader, "departments/") == ["ground"]
    assert len(keys(ground_reader, "series/")) == 1
    journey = ground_reader.get("/api/v1/journeys/flight/").json()
    assert journey["stages"][0]["touchpoints"] == ["boarding"]
    assert ground_reader.get("/api/v1/touchpoints/meal/").status_code == 404
    assert ground_reader.get("/api/v1/departments/cabin/").status_code == 404


def test_a_key_of_a_source_sees_its_deliveries_without_their_bodies(client_with: Any) -> None:
    survey, other = (Source.objects.create(key=key) for key in ("survey", "other"))
    delivery = Delivery.objects.create(source=survey, body=b"secret", state="quarantined")
    Delivery.objects.create(source=other, body=b"secret")
    client = client_with("read", source=survey)
    assert keys(client, "deliveries/?state=quarantined") == keys(client, "deliveries/")
    assert "secret" not in str(client.get(f"/api/v1/deliveries/{delivery.pk}/").content)


def test_a_department_sees_no_deliveries(ground_reader: APIClient) -> None:
    Delivery.objects.create(source=Source.objects.create(key="survey"), body=b"")
    assert keys(ground_reader, "deliveries/") == []


def test_whoever_is_signed_in_reads_their_departments_part(client: Any) -> None:
    ground = Department.objects.get(key="ground")
    client.force_login(factories.make_user(department=ground))
    assert keys(client, "touchpoints/") == ["boarding"]
    client.force_login(factories.make_admin())
    assert keys(client, "touchpoints/") == ["boarding", "meal"]


def test_nobody_reads_without_a_key(client: Any, client_with: Any) -> None:
    assert client.get("/api/v1/metrics/").status_code == 401
    assert client_with("ingest").get("/api/v1/metrics/").status_code == 403


@pytest.mark.parametrize(
    "query",
    ["kind=moon", "key=%00", "cursor=%00", "retired=perhaps", "ordering=name", "page_size=x"],
)
def test_no_query_is_an_error_of_ours(reader: APIClient, query: str) -> None:
    answer = reader.get(f"/api/v1/metrics/?{query}")
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("filter", ["segment", "touchpoint", "location"])
def test_a_nul_in_a_filter_is_400(reader: APIClient, filter: str) -> None:
    answer = reader.get(f"/api/v1/series/?{filter}=a%00b")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_writes_are_405(reader: APIClient) -> None:
    assert reader.post("/api/v1/metrics/", {}, format="json").status_code == 405


@pytest.mark.parametrize("half", ["\\ud800", "a\\u0000"])
def test_a_cursor_with_what_no_key_can_hold_is_refused(client_with: Any, half: str) -> None:
    cursor = base64.urlsafe_b64encode(f'["key", 0, ["{half}"]]'.encode()).decode()
    answer = client_with("read").get("/api/v1/metrics/", {"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")
