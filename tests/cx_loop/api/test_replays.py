"""Idempotency-Key: the same request again does nothing twice and is answered the same."""

import gzip
import json
import os
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from rest_framework.test import APIClient

from cx_loop import clock
from cx_loop.api.bodies import LARGEST
from cx_loop.models import Activity, AnsweredRequest, ApiKey, Observation
from tests import factories
from tests.cx_loop.ingest.conftest import make_airline, said

pytestmark = [pytest.mark.urls("tests.urls_api"), pytest.mark.django_db]
URL = "/api/v1/observations/"
ONE = said(4)  # without an identifier every item counts


@pytest.fixture
def sender(client_with: Any) -> APIClient:
    make_airline()
    client: APIClient = client_with("ingest")
    return client


def post(client: APIClient, body: Any = ONE, key: str | None = '"k1"', **more: str) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = more | ({} if key is None else {"HTTP_IDEMPOTENCY_KEY": key})
    return client.post(URL, data=data, content_type="application/json", **headers)


def test_the_same_request_again_is_answered_the_same_and_does_nothing(sender: APIClient) -> None:
    first, again = post(sender), post(sender, key="k1")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Observation.objects.count() == 1


def test_without_the_header_nothing_is_kept(sender: APIClient) -> None:
    post(sender, key=None)
    post(sender, key=None)
    assert (Observation.objects.count(), AnsweredRequest.objects.count()) == (2, 0)


def test_another_body_under_the_same_key_is_refused(sender: APIClient) -> None:
    post(sender)
    answer = post(sender, said(5))
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Observation.objects.count() == 1


def test_another_caller_may_use_the_same_key(sender: APIClient, client_with: Any) -> None:
    post(sender)
    assert "Idempotency-Replayed" not in post(client_with("ingest")).headers
    assert Observation.objects.count() == 2


def test_while_the_first_runs_the_second_is_in_flight(sender: APIClient) -> None:
    name = f"key:{ApiKey.objects.get().pk} k1"
    with psycopg.connect(
        os.environ["CX_DATABASE_URL"], dbname=connection.settings_dict["NAME"]
    ) as other:
        # of the transaction: one of the session ends some time after its connection is closed
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 5871))", [name])
        answer = post(sender)
    assert (answer.status_code, answer.json()["code"]) == (409, "request_in_flight")
    assert answer.headers["Retry-After"] == "1"
    assert post(sender).status_code == 200


def test_a_refusal_of_the_body_is_kept_as_well(sender: APIClient) -> None:
    for body, status in [([said(9)], 422), (b'{"value": NaN}', 400)]:
        first, again = post(sender, body, f"k{status}"), post(sender, body, f"k{status}")
        assert (first.status_code, again.status_code) == (status, status)
        assert first.content == again.content
        assert first.headers["Content-Type"] == again.headers["Content-Type"]
        assert again.headers["Idempotency-Replayed"] == "true"


def test_a_failure_of_ours_keeps_nothing_and_may_be_tried_again(
    sender: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as broken:
        broken.setattr("cx_loop.api.observations.accept_body", gone)
        assert post(sender).status_code == 503
    assert post(sender).json()["accepted"] == 1


@pytest.mark.parametrize("wrong", ["", '""', "x" * 256, "schlüssel", "a\tb"])
def test_a_key_must_be_printable_and_short(sender: APIClient, wrong: str) -> None:
    answer = post(sender, key=wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")


def test_a_week_later_the_key_is_forgotten(sender: APIClient) -> None:
    post(sender)
    with clock.set_to(clock.now() + timedelta(days=7, seconds=1)):
        assert "Idempotency-Replayed" not in post(sender).headers
    assert Observation.objects.count() == 2


def test_large_and_compressed_bodies_are_still_read(sender: APIClient) -> None:
    large = [said(4, comment="x" * 9_000) for _ in range(350)]
    assert post(sender, large).json()["accepted"] == 350
    zipped = gzip.compress(json.dumps(ONE).encode())
    assert post(sender, zipped, "k2", HTTP_CONTENT_ENCODING="gzip").json()["accepted"] == 1
    assert post(sender, b" " * (LARGEST + 1), "k3").status_code == 413


def test_a_month_that_was_just_dropped_is_made_again(
    sender: APIClient, django_capture_on_commit_callbacks: Any
) -> None:
    """Retention runs in another process, so what this one knows may be gone."""
    with django_capture_on_commit_callbacks(execute=True):
        post(sender, key=None)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE cx_loop_observation_y2026m03")
    assert post(sender).json()["accepted"] == 1
    assert post(sender).headers["Idempotency-Replayed"] == "true"


# a read, by POST so that no customer stands in an address; a kept answer would be a second copy
READ_BY_POST = {"/api/v1/customers/export/"}


def test_every_write_tells_of_the_header(client: Any) -> None:
    """Also in the OpenAPI document."""
    paths = client.get("/api/v1/schema/?format=json").json()["paths"]
    silent = [
        path
        for path, ways in paths.items()
        if "post" in ways
        and path not in READ_BY_POST
        and path.split("/")[3] in {"observations", "customers", "tasks", "alerts"}
        and "Idempotency-Key" not in {p["name"] for p in ways["post"].get("parameters", [])}
    ]
    assert silent == []


def test_a_call_on_a_task_is_done_once(client_with: Any) -> None:
    ground = factories.make_department()
    factories.make_user("ana@example.com", department=ground)
    task = factories.make_task(department=ground)
    client, url = client_with("work"), f"/api/v1/tasks/{task.number}/comment/"
    said_by_ana = {"as": "ana@example.com", "text": "On it"}
    answers = [
        client.post(url, said_by_ana, format="json", HTTP_IDEMPOTENCY_KEY="k1") for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert Activity.objects.filter(verb="commented").count() == 1
