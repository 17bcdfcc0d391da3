from typing import Any

import pytest
from rest_framework.test import APIClient

from cx_loop.actions.keys import create_key
from cx_loop.models import ApiKey


@pytest.fixture
def client_of() -> Any:
    """A client that sends the key."""

    def make(text: str) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
        return client

    return make


@pytest.fixture
def client_with(db: None, client_of: Any) -> Any:
    """A client whose key has these scopes."""

    def make(*scopes: str, **bound: Any) -> APIClient:
        _, text = create_key(name="test", scopes=scopes, **bound)
        client: APIClient = client_of(text)
        return client

    return make


@pytest.fixture
def key(db: None) -> tuple[ApiKey, str]:
    return create_key(name="test", scopes=["ingest", "read"])
