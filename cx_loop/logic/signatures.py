"""Signatures of messages that leave: Standard Webhooks 1.0 (standardwebhooks.com)."""

import base64
import binascii
import hmac
from collections.abc import Iterable
from hashlib import sha256

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64  # bytes of a secret


def secret_bytes(secret: str) -> bytes:
    """The bytes of `whsec_` and base64. Raises ValueError with what is wrong."""
    try:
        raw = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("A webhook secret is whsec_ and base64.") from None
    if not SHORTEST <= len(raw) <= LONGEST:
        raise ValueError(f"A webhook secret has {SHORTEST} to {LONGEST} bytes, not {len(raw)}.")
    return raw


def sign(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` header: one `v1,` signature of `id.timestamp.body` a secret.

    Two secrets sign while one replaces the other. Raises ValueError for an unusable secret.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    digests = (hmac.digest(secret_bytes(secret), signed, sha256) for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)
