"""What must be shown or used again is encrypted at rest; the key is the installation's own."""

import base64
import hmac
from functools import lru_cache
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def encrypt(text: str) -> str:
    """The text under FIELD_KEY, as ASCII; "" stays ""."""
    return _fernet(settings.FIELD_KEY).encrypt(text.encode()).decode("ascii") if text else ""


def decrypt(token: str) -> str:
    """What `encrypt` was given. Raises ValueError when the key is another one."""
    if not token:
        return ""
    try:
        return _fernet(settings.FIELD_KEY).decrypt(token.encode()).decode()
    except InvalidToken:
        raise ValueError("This was encrypted under another CX_FIELD_KEY.") from None


def fingerprint(text: str) -> str:
    """Tells whether two secrets are equal without showing either; "" stays ""."""
    if not text:
        return ""
    return hmac.new(_derive(settings.FIELD_KEY, b"fingerprint"), text.encode(), sha256).hexdigest()


@lru_cache(maxsize=4)
def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derive(key, b"fields")))


def _derive(key: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"cx-loop " + purpose).derive(key.encode())
