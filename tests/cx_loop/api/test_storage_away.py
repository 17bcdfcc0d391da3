"""The database does not answer: every caller of the API is told so, and when to come again."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from config.servers.postgres import free_port

BEARER = {"HTTP_AUTHORIZATION": "Bearer cxl_some_key"}


@pytest.fixture
def nobody_there(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    connection.close()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "PORT", free_port())
        yield
        connection.close()


@pytest.mark.parametrize("path", ["tasks/", "observations/", "alerts/1/", "metrics/"])
@pytest.mark.parametrize("who", ["key", "session"])
def test_it_is_503_for_keys_and_for_people(nobody_there: None, path: str, who: str) -> None:
    client: Any = APIClient()
    if who == "session":
        client.cookies["sessionid"] = "of-somebody"
    said = client.get(f"/api/v1/{path}", **(BEARER if who == "key" else {}))
    assert (said.status_code, said.json()["code"]) == (503, "storage_unavailable")
    assert int(said.headers["Retry-After"]) > 0
    assert said.headers["Content-Type"] == "application/problem+json"
