"""Every operation, on input nobody thought of, answers as the OpenAPI document says.

schemathesis sends what the document allows and what it forbids; its own checks hold the answers
against it: no 5xx, only documented statuses and media types, bodies of the documented shape, 405
for other methods, bad input refused. The seed is fixed: the same requests each time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, settings
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.checks import CHECKS
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from config.wsgi import application
from cx_loop.actions.keys import create_key
from cx_loop.models import User
from tests.api_stories import signed_in
from tests.architecture.access_world import make_world

TOKEN = "a" * 32
BOUNDED = settings(
    max_examples=5,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
document = schemathesis.openapi.from_wsgi(
    "/api/v1/schema/?format=json", application, config=schemathesis.Config(seed=5871)
)


@dataclass
class Callers:
    key: dict[str, str]
    person: dict[str, str]
    things: dict[tuple[str, str], Any]  # (kind, parameter) -> what exists


@pytest.fixture(scope="module")
def callers(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Callers]:
    """A key that may do everything, a lead, and things of her department; gone afterwards."""
    # a request of its own process would end with this; here it would end the transaction
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    with django_db_blocker.unblock(), transaction.atomic():
        things = make_world().own
        _, text = create_key(name="all", scopes=["ingest", "read", "work", "admin"])
        session = signed_in(User.objects.get(email="lead@example.com")).cookies["sessionid"].value
        cookies = f"sessionid={session}; csrftoken={TOKEN}"
        person = {"Cookie": cookies, "X-CSRFToken": TOKEN}
        yield Callers({"Authorization": f"Bearer {text}"}, person, things)
        transaction.set_rollback(True)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore:Skipped test cases")
@document.parametrize()
@BOUNDED
def test_every_answer_is_the_documents(case: schemathesis.Case, callers: Callers) -> None:
    _send(case, callers.key)
    if _speak_of(case, callers.things):
        _send(case, callers.key if "observations" in case.path else callers.person, real=True)


def _send(case: schemathesis.Case, headers: dict[str, str], *, real: bool = False) -> None:
    """One request, whose traces are taken back."""
    # the document cannot say which touchpoints there are, nor what a cursor looks like inside
    excluded: list[Any] = [positive_data_acceptance]
    # what stood in the address was replaced, so it is no longer wrong; and an empty parameter is
    # one not given
    if real or "" in (case.query or {}).values():
        excluded.append(negative_data_rejection)
    with transaction.atomic():
        if case.call_and_validate(headers=headers, excluded_checks=excluded).status_code < 400:
            connection.check_constraints()
        transaction.set_rollback(True)


def _speak_of(case: schemathesis.Case, things: dict[tuple[str, str], Any]) -> bool:
    """Let the request name what exists, where it names anything; whether it does."""
    kind = case.operation.path.split("/")[3]
    known = {name: things.get((kind, name)) for name in case.path_parameters}
    case.path_parameters |= {name: thing for name, thing in known.items() if thing}
    items = case.body if kind == "observations" and isinstance(case.body, list) else []
    for item in items:
        if isinstance(item, dict):
            item |= {"touchpoint": things["touchpoints", "key"], "metric": "wait"}
    return any(known.values()) or bool(items)


def test_the_checks_are_those_meant() -> None:
    """An upgrade that renamed one would otherwise leave it out in silence."""
    meant = {
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
        "unsupported_method",
    }
    assert meant <= set(CHECKS.get_all_names())
