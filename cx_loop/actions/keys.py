"""API keys: made once, shown once; only a keyed hash of the whole text is kept."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from cx_loop.models import ApiKey, Department, Source

SCOPES = ("ingest", "read", "work", "admin")
DEFAULT_SOURCE = "api"


def create_key(
    *,
    name: str,
    scopes: Sequence[str],
    source: Source | None = None,
    department: Department | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """The row and the key itself, `cxl_<prefix>_<secret>`, which cannot be read again.

    Raises ValueError for a scope that does not exist, or none.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        wrong = f"{', '.join(unknown)} is no scope" if unknown else "a key needs a scope"
        raise ValueError(f"{wrong}; known: {', '.join(SCOPES)}.")
    prefix = secrets.token_hex(5)
    text = f"cxl_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        name=name,
        prefix=prefix,
        digest=digest_of(text),
        scopes=sorted(set(scopes), key=SCOPES.index),
        source=source,
        department=department,
        expires_at=expires_at,
    )
    return key, text


def digest_of(text: str) -> str:
    """What is kept of a key: hex HMAC-SHA256 under the pepper, so a stolen table opens nothing."""
    return hmac.new(
        settings.KEY_PEPPER.encode(), text.encode("utf-8", "replace"), "sha256"
    ).hexdigest()


def default_source() -> Source:
    """What a key without a source writes to."""
    source, _ = Source.objects.get_or_create(key=DEFAULT_SOURCE)
    return source
