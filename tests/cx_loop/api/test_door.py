"""The frame of the API: health, the document, who acts, errors of ours."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from cx_loop import clock
from cx_loop.actions import heartbeats
from cx_loop.actions.keys import create_key
from cx_loop.api.authentication import ApiKeyAuthentication
from cx_loop.api.problems import Problem, problem_response
from cx_loop.api.viewer import actor_of
from cx_loop.jobs import deliver
from cx_loop.models import Department, Heartbeat
from tests import factories

pytestmark = [pytest.mark.urls("tests.urls_api"), pytest.mark.django_db]


def test_health_is_200_while_the_sweeps_are_on_time(client: Any) -> None:
    deliver()
    answer = client.get("/api/v1/health/")
    body = answer.json()
    assert (answer.status_code, body["status"], body["database"]) == (200, "ok", "up")
    assert {name: sweep["state"] for name, sweep in body["sweeps"].items()} == {
        "deliver": "up",
    }


def test_health_is_503_when_a_sweep_is_late(client: Any) -> None:
    heartbeats.keep(name="deliver", now=clock.now())
    Heartbeat.objects.update(last_ok_at=clock.now() - timedelta(minutes=3))
    answer = client.get("/api/v1/health/")
    assert (answer.status_code, answer.json()["sweeps"]["deliver"]["state"]) == (503, "late")


def test_health_says_that_the_broker_is_down_and_stays_200(client: Any, settings: Any) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/api/v1/health/")
    assert (answer.status_code, answer.json()["broker"]) == (200, "down")


def test_the_openapi_document_is_made_without_a_warning(tmp_path: Any) -> None:
    path = tmp_path / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(path))
    assert "/api/v1/observations/" in path.read_text()


def test_the_document_and_its_page_are_open(client: Any) -> None:
    assert client.get("/api/v1/schema/").status_code == 200
    assert client.get("/api/v1/docs/").status_code == 200


def request_of(scopes: list[str], department: Department | None, **data: Any) -> Request:
    _, text = create_key(name="bot", scopes=scopes, department=department)
    plain = APIRequestFactory().post(
        "/", data, format="json", headers={"authorization": f"Bearer {text}"}
    )
    return Request(plain, parsers=[JSONParser()], authenticators=[ApiKeyAuthentication()])


def test_a_key_acts_for_the_person_it_names() -> None:
    ground = factories.make_department()
    ana = factories.make_user("ana@example.com", department=ground)
    actor = actor_of(request_of(["work"], ground, **{"as": "Ana@Example.com"}))
    assert actor.user == ana
    assert actor.key is not None


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({}, "person_required"),
        ({"as": 5}, "person_required"),
        ({"as": "eve@example.com"}, "person_unknown"),
        ({"as": "bob@example.com"}, "person_unknown"),
        ({"as": "old@example.com"}, "person_unknown"),
        ({"as": "a\0b"}, "person_unknown"),
    ],
)
def test_a_key_acts_for_nobody_else(named: dict[str, Any], code: str) -> None:
    ground = factories.make_department()
    factories.make_user("bob@example.com", department=factories.make_department())
    factories.make_user("old@example.com", department=ground, is_active=False)
    with pytest.raises(Problem) as problem:
        actor_of(request_of(["work"], ground, **named))
    assert problem.value.code == code


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (OperationalError("gone"), 503, "storage_unavailable"),
        (RuntimeError("customer's words"), 500, "internal_error"),
    ],
)
def test_an_error_of_ours_is_a_problem_that_tells_nothing(
    error: Exception, status: int, code: str
) -> None:
    answer = problem_response(error, {})
    assert (answer.status_code, answer.data["code"]) == (status, code)
    assert str(error) not in str(answer.data)
