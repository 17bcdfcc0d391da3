"""The inbox of survey tools: whatever arrives at the address of a source is kept as it came, before
anything is understood of it."""

import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import connection

from cx_loop import clock
from cx_loop.events import delivery_received
from cx_loop.ingest.vendors.adapter import Adapter
from cx_loop.ingest.vendors.reading import members_of
from cx_loop.ingest.vendors.tools import adapter_of
from cx_loop.logic.hook_signatures import CHOICES, Scheme, verify
from cx_loop.models import Delivery, Source
from cx_loop.models.encryption import decrypt
from cx_loop.models.prepared import ask

LARGEST = 5 * 1024 * 1024  # bytes of a delivery; a batch of a thousand events is a tenth of it
# kept of a request; what could open something is left out
KEPT_HEADERS = ("content-encoding", "user-agent", "webhook-id", "webhook-timestamp")
# what a request needs to know of its source, in the order of the model; prepared, as is what it
# keeps: by the ORM both would cost twice as much
_NEEDED = (
    *("id", "key", "tool", "secret", "old_secret", "old_secret_until", "options"),
    *("disabled_at", "retired_at"),
)
_SOURCE = """
SELECT clock_timestamp(), options::text, id, key, tool, secret, old_secret, old_secret_until,
       disabled_at, retired_at
FROM cx_loop_source WHERE hook_digest = %(digest)s::varchar
"""
_KEEP = """
INSERT INTO cx_loop_delivery (source_id, received_at, content_type, headers, body, message_id,
                              state, reason, params, responses, attempts)
VALUES (%(source)s::bigint, %(now)s::timestamptz, %(content_type)s::varchar, %(headers)s::jsonb,
        %(body)s::bytea, %(message_id)s::varchar, %(state)s::varchar, %(reason)s::varchar,
        '{}', '[]', 0)
"""
DISABLED, UNREADABLE = "source_disabled", "secret_unreadable"


def digest_of(token: str) -> str:
    """By what an address is found: the token itself is kept encrypted."""
    return hmac.digest(settings.KEY_PEPPER.encode(), f"hook {token}".encode(), "sha256").hex()


def source_of(token: str) -> tuple[Source, datetime] | None:
    """The source of an address, and the time; None of one that was never issued."""
    rows = ask(_SOURCE, {"digest": digest_of(token)})
    if not rows:
        return None
    now, options, *said, disabled_at, retired_at = rows[0]
    values = [*said, json.loads(options), disabled_at, retired_at]
    found = Source.from_db(connection.alias, _NEEDED, values)
    return found, clock.now() if clock.is_set() else now


def receive(
    *, source: Source, body: bytes, content_type: str, headers: Mapping[str, str], now: datetime
) -> str:
    """Keep one delivery; committed when this returns. "" when its signature is right or none is
    asked for, else why it is refused; it is kept nevertheless. `headers` have lower-case names."""
    adapter = adapter_of(source.tool)
    scheme = scheme_of(source, adapter)
    reason = verdict_on(
        source, scheme, body=body, content_type=content_type, headers=headers, now=now
    )
    state = Delivery.State.REFUSED if reason else Delivery.State.RECEIVED
    if not reason and (source.disabled_at or source.retired_at):
        state, reason = Delivery.State.QUARANTINED, DISABLED
    ask(
        _KEEP,
        {
            "source": source.pk,
            "now": now,
            "content_type": content_type[:200].replace("\0", ""),
            "headers": json.dumps(_kept(headers, scheme)),
            "body": body,
            "message_id": _plain(headers.get(adapter.id_header, "")) if adapter.id_header else "",
            "state": str(state),
            "reason": reason,
        },
    )
    if state == Delivery.State.RECEIVED:
        delivery_received.send_robust(sender=receive)
    return reason if state == Delivery.State.REFUSED else ""


def scheme_of(source: Source, adapter: Adapter) -> Scheme:
    """How deliveries of a source are signed: as its tool does, or as was chosen for it."""
    chosen = source.options.get("signature")
    if not isinstance(chosen, dict):
        return adapter.scheme
    base = CHOICES.get(str(chosen.get("scheme", "")), Scheme())
    return Scheme(
        base.kind,
        header=str(chosen.get("header") or base.header),
        digest=base.digest,
        encoding=base.encoding,
        prefix=str(chosen.get("prefix") or ""),
        joined=tuple(str(each) for each in chosen.get("members") or ()),
    )


def secrets_of(source: Source, now: datetime) -> list[str]:
    """The secrets that verify: the newest, and while it replaces another that one too.

    Raises ValueError when they were encrypted under another key.
    """
    kept = [source.secret]
    if source.old_secret_until and now < source.old_secret_until:
        kept.append(source.old_secret)
    return [decrypt(each) for each in kept if each]


def verdict_on(
    source: Source,
    scheme: Scheme,
    *,
    body: bytes,
    content_type: str,
    headers: Mapping[str, str],
    now: datetime,
) -> str:
    """ "" or why a delivery is refused. Without a secret the address is the only one."""
    try:
        secrets = secrets_of(source, now)
    except ValueError:
        return UNREADABLE
    if not secrets or not scheme.signs:
        return ""
    members = members_of(body, content_type)
    return verify(scheme, secrets=secrets, headers=headers, body=body, members=members, now=now)


def _kept(headers: Mapping[str, str], scheme: Scheme) -> dict[str, str]:
    """With the signature, so that a delivery can be verified once more after its secret was
    mended; a token is the secret itself and is not."""
    names: Iterable[str] = KEPT_HEADERS
    if scheme.kind == "standard":
        names = (*KEPT_HEADERS, "webhook-signature")
    elif scheme.kind == "hmac":
        names = (*KEPT_HEADERS, scheme.header.lower(), scheme.timestamp.lower())
    return {name: _plain(headers[name]) for name in names if headers.get(name)}


def _plain(text: str) -> str:
    """What PostgreSQL takes."""
    return text.replace("\0", "")[:200].encode("utf-8", "replace").decode()
