"""Endpoints: made from an address, told of events, switched off when they want no more."""

import secrets
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cx_loop.logic.chats import tool_of
from cx_loop.logic.signatures import PREFIX
from cx_loop.messaging.door import check_written
from cx_loop.messaging.queue import queue_message
from cx_loop.models import (
    SYSTEM,
    Actor,
    Department,
    Endpoint,
    Membership,
    Message,
    Notice,
    User,
    in_language,
    record,
)
from cx_loop.models.ahead import Question
from cx_loop.models.encryption import decrypt, encrypt, fingerprint
from cx_loop.models.prepared import ask

_ANY = Question("SELECT 1 FROM cx_loop_endpoint WHERE disabled_at IS NULL LIMIT 1")
# part of every message about a task
_TOLD = """
SELECT id FROM cx_loop_endpoint
WHERE disabled_at IS NULL AND (whole OR fingerprint = ANY(%(wanted)s::text[]))
"""
SECRET_BYTES = 32
BOTH_SIGN = timedelta(days=7)  # after a rotation
FAILS_SO_LONG = timedelta(days=3)  # without one success, then it is switched off …
FAILS_SO_OFTEN = 10  # … unless it was hardly tried


def endpoint_of(address: str, *, now: datetime) -> Endpoint:
    """The endpoint of an https:// address, made where there is none yet.

    Raises ValueError for what cannot be one, Unreachable for an internal address: whichever door
    it was written at, otherwise one would take what another refuses.
    """
    host = check_written(address)
    tool = tool_of(address)
    made = {
        "address": encrypt(address),
        "host": host[:255],
        "tool": tool,
        "secret": "" if tool else encrypt(new_secret()),
        "created_at": now,
    }
    return Endpoint.objects.get_or_create(fingerprint=fingerprint(address), defaults=made)[0]


def endpoints_of(department: Department) -> list[Endpoint]:
    """Those the department or the whole company is told through, and that are not switched off."""
    if not _ANY.rows():
        return []
    wanted = ",".join(way for way in department.notify if way != "email")
    found = ask(_TOLD, {"wanted": f"{{{wanted}}}"})
    if not found:
        return []
    return list(Endpoint.objects.filter(pk__in=[row[0] for row in found]).order_by("id"))


def queue_event(
    *,
    endpoint: Endpoint,
    key: str,
    event: Mapping[str, Any],
    subject: str,
    text: str,
    now: datetime,
    task_number: int | None = None,
) -> None:
    """One message of the event to this endpoint: a webhook gets the event, a chat the text."""
    queue_message(
        dedup_key=f"{key}:endpoint:{endpoint.pk}",
        channel=endpoint.channel,
        recipient=endpoint.host,
        subject=subject,
        text=text,
        now=now,
        task_number=task_number,
        endpoint=endpoint,
        event=None if endpoint.tool else event,
    )


def new_secret() -> str:
    return PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def rotate_secret(*, endpoint: Endpoint, by: Actor, now: datetime) -> str:
    """A new secret, given back; the one before signs beside it for a week."""
    with transaction.atomic():
        locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        if locked.tool:
            raise ValueError("Chat tools are not signed for.")
        made = new_secret()
        locked.old_secret, locked.secret = locked.secret, encrypt(made)
        locked.old_secret_until = now + BOTH_SIGN
        locked.save(update_fields=["secret", "old_secret", "old_secret_until"])
        _leave_trail(locked, "secret rotated", by, now)
    return made


def read_secret(*, endpoint: Endpoint, by: Actor, now: datetime) -> str:
    """The secret, for an admin to copy it; that it was read leaves a trail."""
    _leave_trail(endpoint, "secret read", by, now)
    return decrypt(endpoint.secret)


def note_success(endpoint: Endpoint, now: datetime) -> None:
    Endpoint.objects.filter(pk=endpoint.pk).update(last_ok_at=now, failures=0, failing_since=None)


def note_failure(endpoint: Endpoint, now: datetime) -> None:
    """Count it; one that has failed for days without a single success is switched off."""
    with transaction.atomic():
        locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        locked.failures += 1
        locked.failing_since = locked.failing_since or now
        locked.save(update_fields=["failures", "failing_since"])
    if locked.failures >= FAILS_SO_OFTEN and now - locked.failing_since >= FAILS_SO_LONG:
        disable(endpoint=locked, reason="failing", by=SYSTEM, now=now)


def disable(*, endpoint: Endpoint, reason: str, by: Actor, now: datetime) -> bool:
    """Send nothing more to it; what waits for it is put with the dead letters, and its owners are
    told. False when it was switched off already."""
    with transaction.atomic():
        in_force = Endpoint.objects.in_force().filter(pk=endpoint.pk)
        if not in_force.update(disabled_at=now, disabled_reason=reason):
            return False
        waiting = Message.objects.pending().filter(endpoint=endpoint)
        waiting.update(state=Message.State.DEAD, lease=None, last_error=f"endpoint off: {reason}")
        _leave_trail(endpoint, f"switched off: {reason}", by, now)
        if by.user is None:
            _tell_owners(endpoint, reason, now)
    return True


def enable(*, endpoint: Endpoint, by: Actor, now: datetime) -> None:
    """From now on events go there again; what is dead stays so until it is retried."""
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk).update(
            disabled_at=None, disabled_reason="", failures=0, failing_since=None
        )
        _leave_trail(endpoint, "switched on", by, now)


def _tell_owners(endpoint: Endpoint, reason: str, now: datetime) -> None:
    """Leads of the departments that named it, and the admins: in the inbox and by mail."""
    departments = list(
        Department.objects.filter(notify__contains=[endpoint.fingerprint]).order_by("key")
    )
    leads = Membership.objects.reachable().filter(department__in=departments, role="lead")
    people = User.objects.filter(is_active=True, is_superuser=True) | User.objects.filter(
        pk__in=leads.values("user_id")
    )
    for user in people.order_by("pk"):
        key = f"endpoint_off:{endpoint.pk}:{now.isoformat()}:{user.pk}"
        params = {"host": endpoint.host, "reason": reason}
        Notice.objects.create(
            dedup_key=key, user=user, code="endpoint_off", params=params, created_at=now
        )
        with translation.override(user.language):
            subject = _("Messages to %(host)s are switched off") % params
            names = ", ".join(in_language(each.name) or each.key for each in departments)
            text = "\n".join([say_endpoint_off(params), "", names])
        queue_message(
            dedup_key=f"{key}:email",
            channel="email",
            recipient=user.email,
            subject=subject,
            text=text,
            now=now,
            user=user,
        )


def say_endpoint_off(params: Mapping[str, Any]) -> str:
    said = {
        "gone": _("%(host)s said that it wants no more messages (410); it is switched off."),
        "failing": _("No message has reached %(host)s for three days; it is switched off."),
    }.get(str(params.get("reason")), _("%(host)s is switched off."))
    return said % {"host": params.get("host", "")}


def _leave_trail(endpoint: Endpoint, change: str, by: Actor, now: datetime) -> None:
    record(
        verb="configured",
        subject="endpoint",
        subject_id=endpoint.pk,
        by=by,
        now=now,
        params={"change": change, "key": endpoint.host, "fields": []},
    )
