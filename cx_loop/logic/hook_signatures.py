"""Signatures of what survey tools deliver, checked over the bytes as they came.

Five digests (base64 of HMAC-SHA256 and -SHA1, hex of HMAC-SHA256 and -SHA512, a plain SHA-1 of
joined members) and Standard Webhooks cover every tool that publishes how it signs. Comparison takes
the same time whatever is wrong. Two secrets are live while one replaces the other.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cx_loop.logic.signatures import secret_bytes

TOLERANCE = 300  # seconds a signed time may lie off, Standard Webhooks 1.0
MISSING, WRONG, OLD = "signature_missing", "signature_wrong", "signature_old"
DIGESTS = ("sha1", "sha256", "sha512")
ENCODINGS = ("hex", "base64")

Members = Callable[[], Mapping[str, str]]  # the body as a form or an object, read when needed


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a tool signs.

    hmac       `header` holds `prefix` and the HMAC of the body (after the text of the header
               `timestamp`, where one is named)
    member     likewise of the member `signed` of a form, held by its member `header`
    joined     the member `header` is the SHA-1 of the members `joined` and the secret in a row
    standard   Standard Webhooks 1.0: webhook-id, webhook-timestamp, webhook-signature
    token      `header` is the secret itself
    none       nothing is signed: the address is the only secret
    """

    kind: str = "none"
    header: str = ""
    digest: str = "sha256"
    encoding: str = "hex"
    prefix: str = ""
    timestamp: str = ""
    signed: str = ""
    joined: tuple[str, ...] = ()

    @property
    def signs(self) -> bool:
        return self.kind != "none"


# what can be chosen for a tool nobody foresaw; the header is named beside it
CHOICES: dict[str, Scheme] = {
    "none": Scheme(),
    "hmac-sha256-hex": Scheme("hmac"),
    "hmac-sha256-base64": Scheme("hmac", encoding="base64"),
    "hmac-sha1-hex": Scheme("hmac", digest="sha1"),
    "hmac-sha1-base64": Scheme("hmac", digest="sha1", encoding="base64"),
    "hmac-sha512-hex": Scheme("hmac", digest="sha512"),
    "hmac-sha512-base64": Scheme("hmac", digest="sha512", encoding="base64"),
    "sha1-joined": Scheme("joined", header="sign"),
    "standard-webhooks": Scheme("standard"),
    "token": Scheme("token"),
}


def verify(
    scheme: Scheme,
    *,
    secrets: Iterable[str],
    headers: Mapping[str, str],
    body: bytes,
    members: Members,
    now: datetime,
) -> str:
    """Why a body is not signed as agreed: signature_missing, signature_wrong, signature_old; or ''
    when one of the secrets signed it. `headers` have lower-case names, `now` is aware."""
    if not scheme.signs:
        return ""
    if scheme.kind == "standard":
        return _standard(secrets, headers, body, now)
    inside = scheme.kind in ("member", "joined")
    given = (members() if inside else headers).get(scheme.header if inside else _low(scheme), "")
    if not given:
        return MISSING
    stamp = headers.get(scheme.timestamp.lower(), "") if scheme.timestamp else ""
    if scheme.timestamp and not stamp:
        return MISSING
    wanted = [_expected(scheme, secret, stamp, body, members) for secret in secrets]
    if not _is_one_of(_plain(scheme, given), wanted):
        return WRONG
    return OLD if stamp and _is_old(stamp, now) else ""


def _low(scheme: Scheme) -> str:
    return scheme.header.lower()


def _expected(scheme: Scheme, secret: str, stamp: str, body: bytes, members: Members) -> str:
    if scheme.kind == "token":
        return secret
    if scheme.kind == "joined":
        said = members()
        whole = "".join(said.get(name, "") for name in scheme.joined) + secret
        return hashlib.sha1(whole.encode()).hexdigest()  # noqa: S324  the tool's own choice
    signed = members().get(scheme.signed, "").encode() if scheme.kind == "member" else body
    raw = hmac.digest(secret.encode(), stamp.encode() + signed, scheme.digest)
    return raw.hex() if scheme.encoding == "hex" else base64.b64encode(raw).decode()


def _plain(scheme: Scheme, given: str) -> str:
    """The signature without its prefix; hex in either case is the same."""
    text = given.strip()
    if scheme.prefix and not text.startswith(scheme.prefix):
        return ""
    text = text.removeprefix(scheme.prefix)
    is_hex = scheme.kind == "joined" or (scheme.kind != "token" and scheme.encoding == "hex")
    return text.lower() if is_hex else text


def _is_one_of(given: str, wanted: Iterable[str]) -> bool:
    """Every one is compared, so the time taken does not tell which secret was meant."""
    matches = [hmac.compare_digest(given.encode(), each.encode()) for each in wanted]
    return any(matches)


def _is_old(stamp: str, now: datetime) -> bool:
    """Whether a signed time lies too far off. One that is no time counts as old."""
    try:
        seconds = float(stamp) if stamp.isdecimal() else datetime.fromisoformat(stamp).timestamp()
    except (ValueError, OverflowError):
        return True
    return abs(now.timestamp() - seconds) > TOLERANCE


def _standard(
    secrets: Iterable[str], headers: Mapping[str, str], body: bytes, now: datetime
) -> str:
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    message_id, stamp, given = (headers.get(name, "") for name in names)
    if not (message_id and stamp and given):
        return MISSING
    signed = f"{message_id}.{stamp}.".encode() + body
    found = [each.partition(",")[2] for each in given.split(" ") if each.startswith("v1,")]
    wanted = [
        base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        for secret in secrets
        for key in _keys(secret)
    ]
    matches = [_is_one_of(each, wanted) for each in found]
    if not any(matches):
        return WRONG
    return OLD if not stamp.isdecimal() or _is_old(stamp, now) else ""


def _keys(secret: str) -> list[bytes]:
    """The bytes of a `whsec_…` secret; none of one that is no such secret, so nothing matches."""
    try:
        return [secret_bytes(secret)]
    except ValueError:
        return []
