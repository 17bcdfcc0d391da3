"""People of a small airline and their clients, for stories told over the REST API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rest_framework.response import Response
from rest_framework.test import APIClient

from cx_loop.actions.keys import create_key
from cx_loop.models import Department, Touchpoint, User
from tests.factories import make_admin, make_department, make_touchpoint, make_user

BASE = "/api/v1/"
BOARDING = {"en": "Boarding", "zh-hans": "登机"}


@dataclass
class Airline:
    """Ground operations owns boarding, IT owns the app; both report to operations."""

    ground: Department
    it: Department
    boarding: Touchpoint
    app: Touchpoint
    ana: User  # works in ground operations
    lin: User  # leads it
    dirk: User  # directs operations, so everything below
    ida: User  # works in IT
    analyst: User
    admin: User


def make_airline() -> Airline:
    operations = make_department("operations")
    ground = make_department("ground-ops", parent=operations)
    it = make_department("it", parent=operations)
    return Airline(
        ground=ground,
        it=it,
        boarding=make_touchpoint("boarding", owner=ground, name=BOARDING),
        app=make_touchpoint("app", owner=it),
        ana=make_user("ana@example.com", department=ground),
        lin=make_user("lin@example.com", department=ground, role="lead"),
        dirk=make_user("dirk@example.com", department=operations, role="director"),
        ida=make_user("ida@example.com", department=it),
        analyst=make_user("ann@example.com", is_analyst=True),
        admin=make_admin(),
    )


def signed_in(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def with_key(*scopes: str, **bound: Any) -> APIClient:
    _, text = create_key(name="test", scopes=scopes, **bound)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def get(who: User | APIClient, path: str, status: int = 200, **params: Any) -> Any:
    """The body of GET /api/v1/<path>, when it answers `status`."""
    client = who if isinstance(who, APIClient) else signed_in(who)
    return _body(client.get(BASE + path, params), status)


def post(who: User | APIClient, path: str, status: int = 200, /, **said: Any) -> Any:
    """The body of POST /api/v1/<path>, when it answers `status`."""
    client = who if isinstance(who, APIClient) else signed_in(who)
    return _body(client.post(BASE + path, said, format="json"), status)


def codes(problem: dict[str, Any]) -> dict[str, str]:
    """field -> code of what was wrong."""
    return {error["field"]: error["code"] for error in problem["errors"]}


def numbers(page: dict[str, Any]) -> Sequence[int]:
    return [task["number"] for task in page["results"]]


def _body(response: Response, status: int) -> Any:
    assert response.status_code == status, response.content[:500]
    return response.json()
