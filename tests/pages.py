"""What tests of pages share: a reader who is signed in, and how many queries a page costs."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cx_loop import clock
from cx_loop.models import User
from tests.factories import NOW


def reading_as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def seen(client: Client, url: str, *, status: int = 200, **headers: str) -> str:
    """The page at NOW, as text."""
    with clock.set_to(NOW):
        response = client.get(url, headers=headers)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def costs_the_same(client: Client, url: str, make: Callable[[], object]) -> None:
    """The page asks as many queries with thirty rows as with three."""
    for _ in range(3):
        make()
    few = _queries(client, url)
    for _ in range(27):
        make()
    assert _queries(client, url) == few


def _queries(client: Client, url: str) -> int:
    seen(client, url)  # sessions and content types are read once
    with CaptureQueriesContext(connection) as queries:
        seen(client, url)
    return len(queries)


def retyped(client: Client, url: str, **changes: object) -> dict[str, object]:
    """What a browser would send of the form that the page shows, but for the changes."""
    with clock.set_to(NOW):
        form = client.get(url).context["form"]
    typed: dict[str, object] = {}
    for name, field in form.fields.items():
        value = form[name].value()
        if hasattr(field.widget, "decompress"):
            parts = dict(
                zip(field.widget.widgets_names, field.widget.decompress(value), strict=True)
            )
            typed |= {f"{name}{part}": word or "" for part, word in parts.items()}
        else:
            typed[name] = "" if value is None else value
    return typed | changes
