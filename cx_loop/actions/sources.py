"""What admins do with sources: connect one, agree on a secret, say which field is which, map again
what waited."""

import re
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare

from cx_loop.events import delivery_received
from cx_loop.ingest.deliveries import digest_of, scheme_of, verdict_on
from cx_loop.ingest.responses import known
from cx_loop.ingest.vendors.tools import adapter_of
from cx_loop.logic.answers import mapping
from cx_loop.logic.answers.faults import Fault
from cx_loop.models import Actor, Delivery, Source, record
from cx_loop.models.encryption import decrypt, encrypt

BOTH_VERIFY = timedelta(days=7)  # after a secret was replaced
KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")
_State = Delivery.State


class Refused(Exception):
    """Why not: exists, key_invalid."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MappingRefused(Exception):
    """A mapping with faults is not saved: otherwise answers would be counted wrongly."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{each.place + 1}: {each.code}" for each in faults))
        self.faults = faults


def add_source(*, key: str, tool: str, kind: str = "", by: Actor, now: datetime) -> Source:
    """A source with an address to deliver to; `kind`: of voice.origins, "" a survey. Raises
    Refused."""
    if not KEY.fullmatch(key):
        raise Refused("key_invalid")
    options = {"kind": kind} if kind else {}
    with transaction.atomic():
        source, made = Source.objects.get_or_create(
            key=key, defaults={"tool": tool, "options": options}
        )
        if not made:
            raise Refused("exists")
        _leave_trail(source, "added", by, now)
        issue_address(source=source, by=by, now=now)
    return source


def address_of(source: Source) -> str:
    """Where the tool delivers to; "" of a source that has no address yet."""
    token = decrypt(source.hook_token)
    return f"{settings.PUBLIC_URL.rstrip('/')}/hooks/{token}/" if token else ""


def issue_address(*, source: Source, by: Actor, now: datetime) -> str:
    """A new address; the one before ends at once."""
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        source.hook_digest, source.hook_token = digest_of(token), encrypt(token)
        source.save(update_fields=["hook_digest", "hook_token"])
        _leave_trail(source, "address issued", by, now)
    return address_of(source)


def change_secret(*, source: Source, secret: str, by: Actor, now: datetime) -> None:
    """The secret deliveries are signed with; the one before verifies beside it for a week. ""
    asks for no signature any more."""
    with transaction.atomic():
        locked = Source.objects.select_for_update().get(pk=source.pk)
        if constant_time_compare(_readable(locked.secret), secret):
            return
        locked.old_secret = locked.secret if secret else ""
        locked.old_secret_until = now + BOTH_VERIFY if locked.old_secret else None
        locked.secret = encrypt(secret)
        locked.save(update_fields=["secret", "old_secret", "old_secret_until"])
        _leave_trail(locked, "secret changed", by, now)


def change_token(*, source: Source, token: str, by: Actor, now: datetime) -> None:
    """What the tool's own API is asked with."""
    if constant_time_compare(_readable(source.token), token):
        return
    with transaction.atomic():
        Source.objects.filter(pk=source.pk).update(token=encrypt(token))
        _leave_trail(source, "token changed", by, now)


def save_mapping(
    *,
    source: Source,
    entries: list[dict[str, Any]],
    by: Actor,
    now: datetime,
) -> None:
    """Raises MappingRefused, and nothing is saved, when an entry names what is not there, lacks
    its scale or its direction, or nothing says how to tell responses apart."""
    faults = faults_of(source.tool, entries)
    if faults:
        raise MappingRefused(faults)
    with transaction.atomic():
        source.mapping = entries
        source.save(update_fields=["mapping"])
        _leave_trail(source, "mapping changed", by, now)


def change_options(*, source: Source, options: dict[str, Any], by: Actor, now: datetime) -> None:
    """What else is said of the tool: its zone, how it signs, when it is missed."""
    with transaction.atomic():
        Source.objects.filter(pk=source.pk).update(options=options, ask_at=None)
        _leave_trail(source, "options changed", by, now)


def faults_of(tool: str, entries: list[dict[str, Any]]) -> list[Fault]:
    plan, faults = mapping.read(entries, known())
    if not faults and not plan.counts:
        faults = [Fault(0, "nothing_counted")]
    if not faults and not adapter_of(tool).names_responses and not plan.source_of("id"):
        faults = [Fault(0, "id_missing")]
    return faults


def map_again(
    *,
    source: Source,
    by: Actor,
    now: datetime,
    states: Collection[str] = (_State.QUARANTINED,),
    only: Collection[int] | None = None,
) -> int:
    """Put deliveries back to be mapped; gives how many. What was counted of them stays, and is
    corrected where the mapping now says otherwise."""
    if source.disabled_at is not None:
        return 0  # they wait until it is switched on
    kept = Delivery.objects.filter(source=source, state__in=states)
    if only is not None:
        kept = kept.filter(pk__in=only)
    with transaction.atomic():
        count = kept.update(state=_State.RECEIVED, reason="", params={}, settled_at=None)
        if count:
            _leave_trail(source, "mapped again", by, now, count=count)
            transaction.on_commit(lambda: delivery_received.send_robust(sender=map_again))
    return count


def verify_again(*, source: Source, by: Actor, now: datetime) -> int:
    """Refused deliveries whose signature is right by the secrets there are now; gives how many are
    taken in. Time is that of their arrival, so a mended secret loses nothing."""
    scheme, taken = scheme_of(source, adapter_of(source.tool)), []
    for each in source.deliveries.filter(state=_State.REFUSED).order_by("id").iterator(50):
        refused = verdict_on(
            source,
            scheme,
            body=bytes(each.body),
            content_type=each.content_type,
            headers=each.headers,
            now=each.received_at,
        )
        if not refused:
            taken.append(each.pk)
    return map_again(source=source, by=by, now=now, states=(_State.REFUSED,), only=taken)


def switch(*, source: Source, on: bool, by: Actor, now: datetime) -> None:
    """Off: deliveries are kept and wait in quarantine."""
    with transaction.atomic():
        Source.objects.filter(pk=source.pk).update(disabled_at=None if on else now)
        _leave_trail(source, "switched on" if on else "switched off", by, now)


def take_file(
    *, source: Source, content: bytes, content_type: str, by: Actor, now: datetime
) -> Delivery:
    """A file somebody hands in is a delivery like any other."""
    with transaction.atomic():
        made = Delivery.objects.create(
            source=source, received_at=now, content_type=content_type, body=content
        )
        _leave_trail(source, "file taken", by, now)
        transaction.on_commit(lambda: delivery_received.send_robust(sender=take_file))
    return made


def _readable(secret: str) -> str:
    try:
        return decrypt(secret)
    except ValueError:
        return ""


def _leave_trail(source: Source, change: str, by: Actor, now: datetime, **more: Any) -> None:
    record(
        verb="configured",
        subject="source",
        subject_id=source.pk,
        by=by,
        now=now,
        params={"change": change, "key": source.key, "fields": [], **more},
    )
