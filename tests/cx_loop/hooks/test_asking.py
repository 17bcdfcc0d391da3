"""Tools that only say that somebody answered are asked what; a fake of each stands on loopback."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

import pytest

from cx_loop import clock
from cx_loop.ingest.asking import ask_due
from cx_loop.models import Delivery, Source
from cx_loop.models.encryption import encrypt
from tests.cx_loop.hooks import payloads
from tests.cx_loop.hooks.conftest import NOW, counted, entries, words
from tests.cx_loop.hooks.payloads import Sent

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Fake:
    """Answers every question with `said`, or `status`; `asked` are (path, headers, body)."""

    def __init__(self, said: Any, status: int = 200) -> None:
        self.said, self.status = said, status
        self.asked: list[tuple[str, dict[str, str], bytes]] = []

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append((request.path, headers, body))
        said = self.said(json.loads(body)) if callable(self.said) else self.said
        request.send_response(self.status)
        request.end_headers()
        request.wfile.write(json.dumps(said).encode())


@contextmanager
def standing(fake: Fake) -> Iterator[str]:
    """Its address while it stands."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.answer(self)

        do_POST = do_GET

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def connect(tool: Any, settings: Any) -> Iterator[Any]:
    """A tool whose API is a fake."""
    settings.OUTGOING_NETWORKS = ["127.0.0.0/8"]
    stack: list[Any] = []

    def made(name: str, mapping: Any, fake: Fake, **options: Any) -> Any:
        there = standing(fake)
        stack.append(there)
        options["api"] = there.__enter__()
        return tool(name, mapping, token=encrypt("sesame"), options=options)

    yield made
    for there in stack:
        there.__exit__(None, None, None)


def ask(at: Any = NOW) -> int:
    with clock.set_to(at):
        return ask_due(now=at)


SURVEYMONKEY = entries("8101", "8102", "custom.tier")


def test_surveymonkey_is_asked_for_the_answers_of_an_envelope(connect):
    fake = Fake(payloads.surveymonkey_details())
    made = connect("surveymonkey", SURVEYMONKEY, fake)
    found = made.deliver(payloads.surveymonkey_event())
    assert (found.state, found.reason) == ("waiting", "to_ask_for")
    assert (ask(), made.map()) == (1, 1)
    assert [row[:4] for row in counted()] == [("boarding", "nps", "gold", 3.0)]
    assert words() == [payloads.WORDS]
    path, headers, _ = fake.asked[0]
    assert path == "/v3/surveys/7001/responses/5001/details?simple=true"
    assert headers["authorization"] == "Bearer sesame"


def test_every_event_of_one_post_is_asked_for_once(connect):
    fake = Fake(payloads.surveymonkey_details())
    made = connect("surveymonkey", SURVEYMONKEY, fake, a_day=2)
    one = json.loads(payloads.surveymonkey_event().body)
    others = [one | {"object_id": f"500{n}", "event_id": f"e{n}"} for n in (1, 2, 2, 3)]
    test = one | {"object_type": "survey", "object_id": "7001"}
    made.post(Sent(json.dumps([test, *others]).encode()))
    assert made.map() == 1
    states = Delivery.objects.order_by("id").values_list("state", "reason")
    assert list(states) == [("ignored", "taken_apart"), *[("waiting", "to_ask_for")] * 3]
    ask()
    asked = [path.split("/")[5] for path, *_ in fake.asked]
    assert asked == ["5001", "5002"]
    ask(NOW + DAY)
    assert len(fake.asked) == 3
    Delivery.objects.filter(reason="taken_apart").update(state="received")
    made.map()
    assert Delivery.objects.count() == 4


def test_a_response_deleted_at_surveymonkey_is_taken_out_unasked(connect):
    fake = Fake(payloads.surveymonkey_details())
    made = connect("surveymonkey", SURVEYMONKEY, fake)
    made.deliver(payloads.surveymonkey_event())
    ask()
    made.map()
    found = made.deliver(payloads.surveymonkey_event("response_deleted"))
    assert (found.state, counted(), len(fake.asked)) == ("mapped", [], 1)


def test_no_more_is_asked_than_a_day_allows(connect):
    fake = Fake(payloads.surveymonkey_details())
    made = connect("surveymonkey", SURVEYMONKEY, fake, a_day=2)
    for _ in range(3):
        made.deliver(payloads.surveymonkey_event())
    assert (ask(), ask()) == (2, 0)
    last = Delivery.objects.order_by("-id")[:1].get()
    assert (last.state, last.reason) == ("waiting", "asked_enough_today")
    assert ask(NOW + DAY / 3) == 0
    assert ask(NOW + DAY / 2) == 1
    assert Source.objects.get().asked == 1


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        (503, "waiting", "tool_said_503"),
        (429, "waiting", "tool_said_429"),
        (401, "quarantined", "token_refused"),
        (404, "ignored", "answer_gone"),
    ],
)
def test_a_tool_that_does_not_answer_is_asked_again_or_told(connect, status, state, reason):
    made = connect("surveymonkey", SURVEYMONKEY, Fake({}, status))
    made.deliver(payloads.surveymonkey_event())
    ask()
    found = Delivery.objects.get()
    assert (found.state, found.reason, ask()) == (state, reason, 0)
    assert ask(NOW + timedelta(minutes=2)) == (state == "waiting")


def test_a_tool_away_for_a_day_leaves_its_envelope_to_a_person(connect):
    made = connect("surveymonkey", SURVEYMONKEY, Fake({}, 500))
    made.deliver(payloads.surveymonkey_event())
    for hours in range(0, 72, 12):
        ask(NOW + timedelta(hours=hours))
    ask(NOW + 4 * DAY)
    assert Delivery.objects.get().state == "quarantined"


def test_without_a_token_an_envelope_waits_for_one(tool):
    found = tool("surveymonkey", SURVEYMONKEY).deliver(payloads.surveymonkey_event())
    assert (found.state, found.reason) == ("quarantined", "token_missing")


def test_qualtrics_is_asked_for_the_answers_of_an_event(connect):
    fake = Fake(payloads.qualtrics_values())
    made = connect("qualtrics", entries("QID1", "QID2_TEXT", "tier"), fake)
    form = urlencode({"MSG": payloads.qualtrics_message()}).encode()
    made.deliver(Sent(form, "application/x-www-form-urlencoded"))
    ask()
    made.map()
    assert [row[:4] for row in counted()] == [("boarding", "nps", "gold", 3.0)]
    assert fake.asked[0][0] == "/API/v3/surveys/SV_flight/responses/R_visit1"
    assert fake.asked[0][1]["x-api-token"] == "sesame"


def limesurvey(said: dict[str, Any]) -> Any:
    exported = base64.b64encode(json.dumps(payloads.limesurvey_export()).encode()).decode()
    results = {"get_session_key": "s1", "export_responses": exported, "release_session_key": "OK"}
    return {"id": 1, "error": None, "result": results[said["method"]]}


def test_limesurvey_is_pulled_every_quarter_of_an_hour(connect):
    fake = Fake(limesurvey)
    made = connect("limesurvey", entries("NPS", "WHY", "TIER"), fake, user="ana", survey=412)
    assert (ask(), ask(), made.map()) == (1, 0, 1)
    assert [row[:4] for row in counted()] == [("boarding", "nps", "gold", 3.0)]
    assert ask(NOW + timedelta(minutes=15)) == 1
    assert Delivery.objects.count() == 1
    calls = [json.loads(body) for _, _, body in fake.asked]
    methods = ["get_session_key", "export_responses", "release_session_key"]
    assert [each["method"] for each in calls] == methods * 2
    assert calls[1]["params"] == ["s1", 412, "json", None, "all", "code", "short"]
    assert calls[4]["params"][-1] == 1


def test_limesurvey_that_refuses_is_told(connect):
    fake = Fake({"id": 1, "result": {"status": "Invalid user name or password"}})
    connect("limesurvey", entries("NPS"), fake, user="ana", survey=412)
    ask()
    found = Delivery.objects.get()
    assert (found.state, found.reason) == ("quarantined", "token_refused")
