"""API keys: made once, shown once; only a keyed hash of the whole text is kept."""

import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from cx_loop.models import Actor, ApiKey, Department, Source, record

SCOPES = ("ingest", "read", "work", "admin")
DEFAULT_SOURCE = "api"
OVERLAP = timedelta(days=7)  # both keys of a rotation work
_DAYS = re.compile(r"([1-9][0-9]{0,4})d")


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


@transaction.atomic
def issue_key(
    *,
    name: str,
    scopes: Sequence[str],
    source: Source | None,
    department: Department | None,
    expires_at: datetime | None,
    by: Actor,
    now: datetime,
) -> tuple[ApiKey, str]:
    """As `create_key`, by somebody: the trail tells of it."""
    key, text = create_key(
        name=name, scopes=scopes, source=source, department=department, expires_at=expires_at
    )
    _leave_trail(key, "created", by, now)
    return key, text


def rotate_key(
    *, key: ApiKey, by: Actor, now: datetime, overlap: timedelta = OVERLAP
) -> tuple[ApiKey, str]:
    """A second key that may do the same and lives as long from now; the first one ends after
    `overlap`. Raises ValueError when the key is not live, or a second one already is."""
    with transaction.atomic():
        alike = ApiKey.objects.live(now).filter(
            name=key.name, source=key.source, department=key.department
        )
        live = list(alike.select_for_update().order_by("pk"))
        if key not in live:
            raise ValueError("This key is expired or revoked; make a new one.")
        if len(live) > 1:
            raise ValueError(f"Two keys called {key.name} are live; revoke the older one first.")
        lifetime = key.expires_at - key.created_at if key.expires_at else None
        made, text = create_key(
            name=key.name,
            scopes=key.scopes,
            source=key.source,
            department=key.department,
            expires_at=now + lifetime if lifetime else None,
        )
        end = now + overlap
        key.expires_at = min(key.expires_at, end) if key.expires_at else end
        key.save(update_fields=["expires_at"])
        _leave_trail(key, "rotated", by, now)
    return made, text


def revoke_key(*, key: ApiKey, by: Actor, now: datetime) -> bool:
    """From the next request on nothing works with it. False when it was revoked before."""
    with transaction.atomic():
        revoked = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now)
        if revoked:
            _leave_trail(key, "revoked", by, now)
    return bool(revoked)


def expiry_of(text: str, now: datetime) -> datetime:
    """The moment that "90d", "2027-01-31" (its first moment, UTC) or ISO 8601 names.

    Raises ValueError for anything else, and for what has passed.
    """
    if match := _DAYS.fullmatch(text):
        return now + timedelta(days=int(match[1]))
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment <= now:
        raise ValueError(f"{text} has passed.")
    return moment


def _leave_trail(key: ApiKey, change: str, by: Actor, now: datetime) -> None:
    record(
        verb="configured",
        subject="apikey",
        subject_id=key.pk,
        by=by,
        now=now,
        params={"change": change, "key": key.prefix, "fields": []},
    )


def digest_of(text: str) -> str:
    """What is kept of a key: hex HMAC-SHA256 under the pepper, so a stolen table opens nothing."""
    pepper: str = settings.KEY_PEPPER
    return hmac.digest(pepper.encode(), text.encode("utf-8", "replace"), "sha256").hex()


def default_source() -> Source:
    """What a key without a source writes to."""
    source, _ = Source.objects.get_or_create(key=DEFAULT_SOURCE)
    return source
