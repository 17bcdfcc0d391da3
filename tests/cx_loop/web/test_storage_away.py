"""The database is away: a page says so in the reader's language, and works again by itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client, RequestFactory

from config.servers.postgres import Cluster, free_port

PAGES = ["/", "/login/", "/tasks/1/", "/alerts/", "/admin/", "/people/"]


@pytest.fixture
def nobody_there(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    connection.close()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "PORT", free_port())
        yield
        connection.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_when_to_come_again(nobody_there: None, path: str) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "of-somebody"
    said = client.get(path)
    assert (said.status_code, said.headers["Retry-After"]) == (503, "10")
    assert "Back in a moment" in said.content.decode()
    assert said.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_it_is_said_in_the_language_of_the_browser(nobody_there: None) -> None:
    client = Client(raise_request_exception=False, headers={"accept-language": "zh-CN"})
    client.cookies["sessionid"] = "of-somebody"
    assert "请稍候" in client.get("/").content.decode()


@pytest.fixture
def own_cluster(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Cluster]:
    """A PostgreSQL of this test's own, migrated, which this process talks to."""
    cluster = Cluster(tmp_path / "postgres", log=tmp_path / "log", durable=False)
    cluster.start()
    cluster.wait()
    connection.close()
    own = {"PORT": cluster.port, "HOST": "127.0.0.1", "USER": "cxl", "NAME": "cxl"}
    with monkeypatch.context() as elsewhere:
        for name, value in (own | {"PASSWORD": cluster.password()}).items():
            elsewhere.setitem(connection.settings_dict, name, value)
        try:
            call_command("migrate", verbosity=0)
            yield cluster
        finally:
            connection.close()
            cluster.stop()


def status_of(path: str) -> int:
    """As a web server asks: with the signals at both ends of a request."""
    told: list[str] = []
    environ = RequestFactory().get(path).environ
    answer: Any = get_wsgi_application()(environ, lambda status, headers, *_: told.append(status))
    answer.close()
    return int(told[0].split()[0])


def test_pages_work_again_with_the_first_request_after_the_database_is_back(
    own_cluster: Cluster,
) -> None:
    assert status_of("/login/") == 200
    own_cluster.stop()
    assert [status_of("/login/"), status_of("/login/")] == [503, 503]
    own_cluster.start()
    own_cluster.wait()
    assert status_of("/login/") == 200
