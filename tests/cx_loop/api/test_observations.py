"""POST observations/ over HTTP: statuses, limits, keys."""

import gzip
import io
import json
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from rest_framework.request import Request
from rest_framework.test import APIClient

from cx_loop import clock
from cx_loop.api import bodies
from cx_loop.api.bodies import LARGEST, zstd
from cx_loop.api.observations import ObservationSerializer
from cx_loop.api.problems import Problem
from cx_loop.ingest.items import FIELDS
from cx_loop.models import ApiKey, Department, Observation, Source, Touchpoint
from tests.cx_loop.ingest.conftest import make_airline, said

pytestmark = pytest.mark.urls("tests.urls_api")
URL = "/api/v1/observations/"
JSON = "application/json"
# a few bytes whose reader would need 128 MiB
WIDE = b"\x28\xb5\x2f\xfd\x00\x88\x11\x00\x00[]"


@pytest.fixture(autouse=True)
def airline(db: None) -> Touchpoint:
    cache.clear()
    return make_airline()


@pytest.fixture
def sender(client_with: Any) -> APIClient:
    client: APIClient = client_with("ingest")
    return client


def post(
    client: APIClient, body: Any, content_type: str = "application/json", **headers: str
) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(URL, data=data, content_type=content_type, **headers)


def now_said(value: float = 4, **members: Any) -> dict[str, Any]:
    return said(value, occurred_at=clock.now().isoformat(), **members)


def test_a_batch_is_answered_item_by_item(sender: APIClient) -> None:
    answer = post(sender, [now_said(external_id="r1"), now_said(9, external_id="r2")])
    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": 1,
        "updated": 0,
        "duplicates": 0,
        "rejected": 1,
        "results": [
            {
                "index": 1,
                "external_id": "r2",
                "status": "rejected",
                "code": "value_out_of_scale",
                "field": "value",
                "message": "value must lie between 1 and 5.",
            }
        ],
    }
    assert Observation.objects.count() == 1


def test_a_duplicate_is_named(sender: APIClient) -> None:
    one = now_said(external_id="r1")
    post(sender, one)
    results = post(sender, one).json()["results"]
    assert results == [{"index": 0, "external_id": "r1", "status": "duplicate"}]


def test_all_rejected_is_422_with_the_same_body(sender: APIClient) -> None:
    answer = post(sender, [now_said(9), now_said(touchpoint="x")])
    assert (answer.status_code, answer.json()["rejected"]) == (422, 2)


def test_an_empty_array_is_nothing_wrong(sender: APIClient) -> None:
    assert post(sender, []).json()["results"] == []


def test_what_was_sent_may_not_break_the_answer(sender: APIClient) -> None:
    body = json.dumps([now_said(external_id="\ud800"), {"\ud800": 1, "external_id": "\0"}])
    answer = post(sender, body.encode())
    assert (answer.status_code, answer.json()["rejected"]) == (422, 2)


@pytest.mark.parametrize(
    ("encoding", "compress"), [("gzip", gzip.compress), ("zstd", zstd.compress)]
)
def test_compressed_lines_are_read(sender: APIClient, encoding: str, compress: Any) -> None:
    body = b"\n".join(json.dumps(now_said(value)).encode() for value in (1, 2, 3))
    zipped = compress(body)
    answer = post(sender, zipped, "application/x-ndjson", HTTP_CONTENT_ENCODING=encoding)
    assert answer.json()["accepted"] == 3


@pytest.mark.parametrize("bomb", [gzip.compress, zstd.compress])
def test_a_bomb_takes_little_memory(rf: Any, bomb: Any) -> None:
    small = bomb(bytes(20 * LARGEST))
    encoding = "gzip" if bomb is gzip.compress else "zstd"
    request = Request(rf.post("/", small, JSON, headers={"content-encoding": encoding}))
    tracemalloc.start()
    with pytest.raises(Problem, match="after decompression"):
        bodies.read(request)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * LARGEST


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"", {}, 400, "body_empty"),
        (b'[{"value": NaN}]', {}, 400, "body_not_json"),
        (b'[{"value": 4', {}, 400, "body_not_json"),
        (b"[" + b"5," * 5000 + b"5]", {}, 413, "too_many_items"),
        (b" " * (6 * 1024 * 1024), {}, 413, "body_too_large"),
        (
            gzip.compress(b" " * (LARGEST + 1), mtime=0),
            {"HTTP_CONTENT_ENCODING": "gzip"},
            413,
            "body_too_large",
        ),
        (
            gzip.compress(b"[]", mtime=0)[:-4],
            {"HTTP_CONTENT_ENCODING": "gzip"},
            400,
            "body_not_gzip",
        ),
        (b"[]", {"HTTP_CONTENT_ENCODING": "gzip"}, 400, "body_not_gzip"),
        (
            zstd.compress(b" " * (LARGEST + 1)),
            {"HTTP_CONTENT_ENCODING": "zstd"},
            413,
            "body_too_large",
        ),
        (zstd.compress(b"[]")[:-1], {"HTTP_CONTENT_ENCODING": "zstd"}, 400, "body_not_zstd"),
        (zstd.compress(b"[]") * 2, {"HTTP_CONTENT_ENCODING": "zstd"}, 400, "body_not_zstd"),
        (WIDE, {"HTTP_CONTENT_ENCODING": "zstd"}, 400, "body_not_zstd"),
        (b"[]", {"HTTP_CONTENT_ENCODING": "zstd"}, 400, "body_not_zstd"),
        (b"", {"HTTP_CONTENT_ENCODING": "zstd"}, 400, "body_not_zstd"),
        (b"[]", {"HTTP_CONTENT_ENCODING": "br"}, 415, "encoding_unsupported"),
    ],
    ids=lambda given: repr(given)[:30],
)
def test_a_body_that_cannot_be_read_is_a_problem(
    sender: APIClient, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = post(sender, body, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_form_is_not_taken(sender: APIClient) -> None:
    answer = sender.post(URL, data="value=4", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_without_a_key_it_is_401_with_the_way_in(client: Any) -> None:
    answer = post(client, [])
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("text", ["", "cxl_x", "cxl_aaaa_bbbb", "cxl_\0_x", "密钥"])
def test_an_unknown_key_is_401(client_of: Any, text: str) -> None:
    answer = post(client_of(text), [])
    assert (answer.status_code, answer.json()["code"]) == (401, "key_invalid")


def test_revoking_and_expiring_a_key_take_effect_at_once(
    client_of: Any, key: tuple[ApiKey, str]
) -> None:
    row, text = key
    client = client_of(text)
    assert post(client, []).status_code == 200
    ApiKey.objects.update(revoked_at=clock.now())
    assert post(client, []).status_code == 401
    ApiKey.objects.update(revoked_at=None, expires_at=clock.now() - timedelta(seconds=1))
    assert post(client, []).status_code == 401
    row.refresh_from_db()
    assert row.last_used_at is not None


def test_the_wrong_scope_is_403(client_with: Any) -> None:
    answer = post(client_with("read", "work"), [])
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_a_person_cannot_post_observations(client: Any, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_user("ana@example.com"))
    assert post(client, []).status_code == 403


def test_a_key_of_a_department_cannot_write_elsewhere(client_with: Any) -> None:
    cabin = client_with("ingest", department=Department.objects.get(key="cabin"))
    answer = post(cabin, [now_said(), now_said(touchpoint="meal")])
    assert answer.json()["results"][0]["code"] == "touchpoint_unknown"


def test_a_key_writes_to_its_source_which_may_be_switched_off(client_with: Any) -> None:
    source = Source.objects.create(key="kiosk")
    client = client_with("ingest", source=source)
    assert post(client, now_said(external_id="r1")).status_code == 200
    Source.objects.update(disabled_at=clock.now())
    assert post(client, []).json()["code"] == "source_disabled"
    assert not Source.objects.filter(key="api").exists()


def test_too_fast_is_429_and_says_when_to_come_again(sender: APIClient, settings: Any) -> None:
    settings.RATES = settings.RATES | {"ingest": 1}
    assert post(sender, []).status_code == 200
    answer = post(sender, [])
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert int(answer["Retry-After"]) > 0


def test_without_a_cache_observations_are_taken(sender: APIClient, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "config.cache.Cache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert post(sender, [now_said()]).json()["accepted"] == 1


def test_the_document_names_every_member_an_item_may_have() -> None:
    assert list(ObservationSerializer().fields) == list(FIELDS)


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_other_methods_are_405(sender: APIClient, method: str) -> None:
    answer = getattr(sender, method)(URL)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_closed_is_made_anew(sender: APIClient) -> None:
    closing = connection.copy()
    with connection.cursor() as cursor, closing.cursor() as other:
        cursor.execute("SELECT pg_backend_pid()")
        other.execute("SELECT pg_terminate_backend(%s)", cursor.fetchone())
    closing.close()
    connection.close_if_unusable_or_obsolete()  # as Django does before every request
    assert post(sender, [now_said()]).json()["accepted"] == 1


@pytest.mark.parametrize("again", [{}, {"HTTP_IDEMPOTENCY_KEY": "k1"}])
def test_a_body_cut_off_on_its_way_stores_nothing(sender: APIClient, again: Any) -> None:
    """Lines that came whole before the connection broke are not the whole delivery."""
    line = json.dumps(said()).encode() + b"\n"
    cut: Any = {"CONTENT_LENGTH": str(2 * len(line)), "wsgi.input": io.BytesIO(line)}
    answer = post(sender, line, "application/x-ndjson", **cut, **again)
    assert (answer.status_code, answer.json()["code"]) == (400, "body_incomplete")
    assert not Observation.objects.exists()
