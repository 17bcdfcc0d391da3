"""Signatures as each tool makes them, over the address: right, wrong, missing, old, replayed."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from cx_loop.actions.sources import change_secret, verify_again
from cx_loop.logic.hook_signatures import Scheme, verify
from cx_loop.logic.signatures import sign
from cx_loop.models import SYSTEM, Delivery
from cx_loop.models.encryption import encrypt
from tests.cx_loop.hooks import payloads
from tests.cx_loop.hooks.conftest import NOW, counted, entries
from tests.cx_loop.hooks.payloads import Sent

pytestmark = pytest.mark.django_db
SECRET = "knock knock, 开门"
WHSEC = "whsec_" + base64.b64encode(b"a key of thirty-two bytes, really").decode()
WEBHOOK = "application/json"


def raw(secret: str, body: bytes, digest: str) -> bytes:
    return hmac.digest(secret.encode(), body, digest)


def b64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def signed_typeform(secret: str, at: datetime) -> Sent:
    sent = payloads.typeform()
    mine = {"Typeform-Signature": f"sha256={b64(raw(secret, sent.body, 'sha256'))}"}
    return Sent(sent.body, sent.content_type, mine)


def signed_surveymonkey(secret: str, at: datetime) -> Sent:
    sent = payloads.surveymonkey_event("response_deleted")
    mine = {"Sm-Signature": b64(raw(secret, sent.body, "sha1")), "Sm-Apikey": "client"}
    return Sent(sent.body, sent.content_type, mine)


def signed_tally(secret: str, at: datetime) -> Sent:
    sent = payloads.tally()
    mine = {"Tally-Signature": b64(raw(secret, sent.body, "sha256"))}
    return Sent(sent.body, sent.content_type, mine)


def signed_delighted(secret: str, at: datetime) -> Sent:
    sent = payloads.delighted()
    mine = {"X-Delighted-Webhook-Signature": f"sha256={raw(secret, sent.body, 'sha256').hex()}"}
    return Sent(sent.body, sent.content_type, mine)


def signed_qualtrics(secret: str, at: datetime) -> Sent:
    said = payloads.qualtrics_message()
    form = {"Topic": "demoair.surveyengine.completedResponse.SV_flight", "MSG": said}
    form["HMAC"] = raw(secret, said.encode(), "sha512").hex()
    return Sent(urlencode(form).encode(), "application/x-www-form-urlencoded")


def signed_wjx(secret: str, at: datetime) -> Sent:
    return payloads.wjx(hashlib.sha1(f"301007{secret}".encode()).hexdigest())  # noqa: S324


def signed_zendesk(secret: str, at: datetime) -> Sent:
    sent, stamp = payloads.zendesk(), at.isoformat()
    mine = {
        "X-Zendesk-Webhook-Signature": b64(raw(secret, stamp.encode() + sent.body, "sha256")),
        "X-Zendesk-Webhook-Signature-Timestamp": stamp,
    }
    return Sent(sent.body, sent.content_type, mine)


def signed_formbricks(secret: str, at: datetime) -> Sent:
    sent, seconds = payloads.formbricks(), int(at.timestamp())
    mine = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(seconds),
        "webhook-signature": sign([secret], "msg_1", seconds, sent.body),
    }
    return Sent(sent.body, sent.content_type, mine)


SIGNED: dict[str, Any] = {
    "typeform": signed_typeform,
    "surveymonkey": signed_surveymonkey,
    "tally": signed_tally,
    "delighted": signed_delighted,
    "qualtrics": signed_qualtrics,
    "wjx": signed_wjx,
    "zendesk": signed_zendesk,
    "formbricks": signed_formbricks,
}
every_tool = pytest.mark.parametrize("name", SIGNED)
with_a_time = pytest.mark.parametrize("name", ["zendesk", "formbricks"])


def secret_of(name: str) -> str:
    return WHSEC if name == "formbricks" else SECRET


def guarded(tool: Any, name: str) -> Any:
    return tool(name, entries("x"), secret=encrypt(secret_of(name)))


@every_tool
def test_a_right_signature_is_let_in(tool, name):
    made = guarded(tool, name)
    assert made.post(SIGNED[name](secret_of(name), NOW)).status_code == 200
    assert Delivery.objects.get().state == "received"


@every_tool
def test_a_wrong_signature_is_401_and_kept(tool, name):
    made = guarded(tool, name)
    other = "whsec_" + base64.b64encode(b"another key of thirty-two bytes.").decode()
    answer = made.post(SIGNED[name](other, NOW))
    kept = Delivery.objects.get()
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_wrong")
    assert (kept.state, kept.reason, made.map()) == ("refused", "signature_wrong", 0)


@every_tool
def test_a_body_that_was_altered_is_refused(tool, name):
    sent = SIGNED[name](secret_of(name), NOW)
    for old, new in (
        (b"30100", b"30109"),
        (b"R_visit1", b"R_visit2"),
        (
            b" ",
            b"  ",
        ),
    ):
        if old in sent.body:
            altered = Sent(sent.body.replace(old, new), sent.content_type, sent.headers)
            break
    assert guarded(tool, name).post(altered).status_code == 401


@every_tool
def test_a_missing_signature_is_refused(tool, name):
    sent = SIGNED[name](secret_of(name), NOW)
    body = sent.body.replace(b"&HMAC=", b"&OTHER=") if name == "qualtrics" else sent.body
    if name == "wjx":
        body = payloads.wjx().body
    answer = guarded(tool, name).post(Sent(body, sent.content_type))
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_missing")


@with_a_time
@pytest.mark.parametrize(("seconds", "status"), [(300, 200), (301, 401), (-300, 200), (-301, 401)])
def test_an_old_signature_is_refused(tool, name, seconds, status):
    made = guarded(tool, name)
    sent = SIGNED[name](secret_of(name), NOW)
    assert made.post(sent, at=NOW + timedelta(seconds=seconds)).status_code == status


def test_a_replayed_delivery_counts_nothing_twice(tool):
    made = tool("formbricks", entries("qnps"), secret=encrypt(WHSEC))
    sent = signed_formbricks(WHSEC, NOW)
    found = made.deliver(sent, sent)
    assert (found.state, found.reason, len(counted())) == ("ignored", "repeated", 1)


@every_tool
def test_two_secrets_verify_for_a_week(tool, name):
    made, old, new = guarded(tool, name), secret_of(name), "whsec_" + "QUJD" * 11
    change_secret(source=made.source, secret=new, by=SYSTEM, now=NOW)
    assert made.post(SIGNED[name](old, NOW)).status_code == 200
    assert made.post(SIGNED[name](new, NOW)).status_code == 200
    later = NOW + timedelta(days=7)
    assert made.post(SIGNED[name](old, later), at=later).status_code == 401
    assert made.post(SIGNED[name](new, later), at=later).status_code == 200


def test_what_was_refused_is_let_in_after_its_secret_is_mended(tool):
    made = tool("typeform", entries("fNPS"), secret=encrypt("a slip of the pen"))
    made.post(signed_typeform(SECRET, NOW))
    made.post(Sent(b"{}", WEBHOOK, {"Typeform-Signature": "sha256=bm9uc2Vuc2U="}))
    change_secret(source=made.source, secret=SECRET, by=SYSTEM, now=NOW)
    made.source.refresh_from_db()
    assert verify_again(source=made.source, by=SYSTEM, now=NOW) == 1
    made.map()
    assert [row[3] for row in counted()] == [3]


def test_without_a_secret_the_address_is_the_only_one(tool):
    assert tool("typeform", entries("fNPS")).post(payloads.typeform()).status_code == 200


@pytest.mark.parametrize(
    ("scheme", "digest", "encode"),
    [
        ("hmac-sha256-hex", "sha256", bytes.hex),
        ("hmac-sha256-base64", "sha256", b64),
        ("hmac-sha1-base64", "sha1", b64),
        ("hmac-sha1-hex", "sha1", bytes.hex),
        ("hmac-sha512-hex", "sha512", bytes.hex),
    ],
)
def test_the_scheme_of_an_unknown_tool_is_chosen(tool, scheme, digest, encode):
    chosen = {"signature": {"scheme": scheme, "header": "X-Sign", "prefix": "v="}}
    made = tool("generic", entries("x"), secret=encrypt(SECRET), options=chosen)
    sent = payloads.generic()
    right = encode(raw(SECRET, sent.body, digest))
    assert made.post(sent, **{"X-Sign": f"v={right}"}).status_code == 200
    assert made.post(sent, **{"X-Sign": right}).status_code == 401


def test_a_header_may_be_the_secret_itself_and_is_not_kept(tool):
    chosen = {"signature": {"scheme": "token", "header": "Token"}}
    made = tool("generic", entries("x"), secret=encrypt("s3cret"), options=chosen)
    assert made.post(payloads.generic(), Token="s3cret").status_code == 200
    assert made.post(payloads.generic(), Token="s3cre").status_code == 401
    assert "s3cret" not in str(list(Delivery.objects.values_list("headers", flat=True)))


def test_the_published_vector_of_qualtrics_events():
    """SAP's kyma-incubator/connector-tools, hmac_test.go."""
    said = (
        '{"Status":"Complete","SurveyID":"SV_1AmkKSDmoZ4XlQx","ResponseID":"R_0B7IcnXszjEUHLP",'
        '"CompletedDate":"2019-06-25 07:58:25","BrandID":"sapdevelopment"}'
    )
    given = (
        "c2c585a404c239aa3063b462cc33551d3ed3ed2de0899f58d456fc0ef7ebef6f"
        "3c3af44957989bd0592603e41edde9528f7d9ed09ee128bf719aa12f46e5c598"
    )
    scheme = Scheme("member", header="HMAC", digest="sha512", signed="MSG")
    form = {"MSG": said, "HMAC": given.upper()}
    assert verdict(scheme, "kyma4ever", form) == ""
    assert verdict(scheme, "kyma4never", form) == "signature_wrong"


def test_the_published_vector_of_standard_webhooks():
    """standardwebhooks.com, the examples of its reference libraries."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,bm9uc2Vuc2U=",
    }
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    said = {"headers": headers, "body": body, "members": dict}
    at = datetime.fromtimestamp(1614265330, UTC)
    assert verify(Scheme("standard"), secrets=["broken", secret], now=at, **said) == ""
    late = at + timedelta(minutes=6)
    assert verify(Scheme("standard"), secrets=[secret], now=late, **said) == "signature_old"


def verdict(scheme: Scheme, secret: str, form: dict[str, str]) -> str:
    nothing: dict[str, str] = {}
    return verify(
        scheme, secrets=[secret], headers=nothing, body=b"", members=lambda: form, now=NOW
    )
