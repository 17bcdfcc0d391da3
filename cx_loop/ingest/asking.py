"""Asking survey tools for what they do not deliver: answers an envelope spoke of, or all of them.

The network is met outside every transaction. A delivery waits with the moment of its next try in
its row; each source asks so often a day and no more, and goes on the next day (UTC).
"""

import base64
import binascii
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from cx_loop.events import delivery_received
from cx_loop.ingest.vendors.adapter import Adapter, responses_of
from cx_loop.ingest.vendors.reading import parse, read
from cx_loop.ingest.vendors.tools import adapter_of
from cx_loop.logic.answers.response import Misshapen, NoAnswer
from cx_loop.logic.retries import asked_wait, wait_after
from cx_loop.messaging import door
from cx_loop.models import Delivery, Source
from cx_loop.models.encryption import decrypt

AT_ONCE = 10  # deliveries a call: each may take the door's whole patience
LARGEST = 20 * 1024 * 1024  # bytes of an answer
LEASE = timedelta(minutes=2)  # longer than the door's patience: nobody asks beside us
PULL_EVERY = timedelta(minutes=15)
LOOK_BACK = 200  # responses that may still be edited are pulled again
_State = Delivery.State


class NotTold(Exception):
    """A tool did not say what it was asked for: a code for people."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ask_due(*, now: datetime, ended: Callable[[], bool] = lambda: False) -> int:
    """Ask for what is due. Returns how many questions were put."""
    asked = 0
    for delivery in Delivery.objects.to_ask_for(now).order_by("try_at", "id")[:AT_ONCE]:
        if ended():
            return asked
        asked += _ask_for(delivery.pk, now)
    pulled = Source.objects.filter(tool="limesurvey", disabled_at=None, retired_at=None)
    due = pulled.exclude(token="").filter(
        Q(ask_at=None) | Q(ask_at__lte=now), options__has_key="api"
    )
    for source in due.order_by("id"):
        if ended():
            return asked
        asked += _pull(source, now)
    return asked


def _ask_for(delivery_id: int, now: datetime) -> int:
    """One envelope; 0 when somebody else is at it, or the day's questions are spent."""
    mine = Delivery.objects.filter(pk=delivery_id).to_ask_for(now)
    if not mine.update(attempts=F("attempts") + 1, try_at=now + LEASE):
        return 0
    delivery = Delivery.objects.select_related("source").get(pk=delivery_id)
    adapter = adapter_of(delivery.source.tool)
    if not _may_ask(delivery.source, adapter, now):
        tomorrow = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
        _settle(delivery, state=_State.WAITING, reason="asked_enough_today", try_at=tomorrow)
        Delivery.objects.filter(pk=delivery_id).update(attempts=F("attempts") - 1)
        return 0
    try:
        answer = _answer(adapter, delivery)
    except (door.Unreachable, Misshapen, NoAnswer, ValueError) as problem:
        _wait(delivery, now, str(getattr(problem, "code", "tool_unreachable")))
        return 1
    _note(delivery, answer, now)
    return 1


def _answer(adapter: Adapter, delivery: Delivery) -> door.Answer:
    assert adapter.ask is not None
    options = delivery.source.options
    document = read(bytes(delivery.body), delivery.content_type)
    those = responses_of(adapter, document, options)
    envelope = next(each for each in those if each.fetch)
    asking = adapter.ask(envelope, options, decrypt(delivery.source.token))
    return door.get(asking.url, asking.headers, most_read=LARGEST)


def _note(delivery: Delivery, answer: door.Answer, now: datetime) -> None:
    if answer.status == 200:
        with transaction.atomic():
            _settle(delivery, state=_State.RECEIVED, reason="", answer=answer.body, try_at=None)
            transaction.on_commit(lambda: delivery_received.send_robust(sender=ask_due))
    elif answer.status in (401, 403):
        _settle(delivery, state=_State.QUARANTINED, reason="token_refused", try_at=None)
    elif answer.status in (404, 410):
        _settle(delivery, state=_State.IGNORED, reason="answer_gone", try_at=None)
    else:
        _wait(delivery, now, f"tool_said_{answer.status}", asked_wait(answer.retry_after, now))


def _wait(delivery: Delivery, now: datetime, reason: str, asked: timedelta | None = None) -> None:
    """Until the next try; after the last one it waits for a person."""
    wait = wait_after("ask", delivery.attempts, str(delivery.pk))
    if wait is None:
        _settle(delivery, state=_State.QUARANTINED, reason=reason, try_at=None)
        return
    later = now + max(wait, asked or timedelta(0))
    _settle(delivery, state=_State.WAITING, reason=reason, try_at=later)


def _settle(delivery: Delivery, **fields: Any) -> None:
    """Only what is still ours: a state somebody changed meanwhile stays."""
    Delivery.objects.filter(pk=delivery.pk, state=_State.WAITING).update(**fields)


def _may_ask(source: Source, adapter: Adapter, now: datetime) -> bool:
    """Take one of the day's questions, if one is left."""
    today = now.astimezone(UTC).date()
    most = int(source.options.get("a_day") or adapter.a_day)
    left = Source.objects.filter(pk=source.pk).filter(
        ~Q(asked_on=today) | Q(asked_on=None) | Q(asked__lt=most)
    )
    count = Case(When(asked_on=today, then=F("asked") + 1), default=Value(1))
    return bool(left.update(asked=count, asked_on=today))


def _pull(source: Source, now: datetime) -> int:
    """All responses of a LimeSurvey, as a delivery; nothing when nothing is new."""
    mine = Source.objects.filter(pk=source.pk).filter(Q(ask_at=None) | Q(ask_at__lte=now))
    if not mine.update(ask_at=now + PULL_EVERY):
        return 0
    newest = source.deliveries.order_by("-received_at", "-id").first()
    try:
        exported = _export(source, newest, now)
    except (NotTold, door.Unreachable, Misshapen, ValueError) as problem:
        code = str(getattr(problem, "code", "tool_unreachable"))
        _keep(source, b"{}", now, state=_State.QUARANTINED, reason=code)
        return 1
    if newest is None or bytes(newest.body) != exported:
        _keep(source, exported, now)
    return 1


def _keep(source: Source, body: bytes, now: datetime, **fields: Any) -> None:
    with transaction.atomic():
        made = {"content_type": "application/json", "received_at": now, **fields}
        Delivery.objects.create(source=source, body=body, **made)
        transaction.on_commit(lambda: delivery_received.send_robust(sender=ask_due))


def _export(source: Source, newest: Delivery | None, now: datetime) -> bytes:
    """RemoteControl: a session, the export, good-bye. The first of a day asks for everything, the
    others for what is new or may still be edited."""
    options = source.options
    user, survey = str(options.get("user") or ""), int(options.get("survey") or 0)
    session = _call(source, "get_session_key", [user, decrypt(source.token)])
    if not isinstance(session, str):
        raise NotTold("token_refused")
    first = _first_of(newest) if newest and newest.received_at.date() == now.date() else None
    asked: list[Any] = [session, survey, "json", None, "all", "code", "short"]
    try:
        exported = _call(source, "export_responses", [*asked, first] if first else asked)
    finally:
        _call(source, "release_session_key", [session])
    if not isinstance(exported, str):
        status = exported.get("status", "") if isinstance(exported, dict) else ""
        if "No Data" in str(status):
            return b'{"responses": []}'
        raise NotTold("tool_said_no")
    try:
        return base64.b64decode(exported, validate=True)
    except binascii.Error:
        raise NotTold("answer_unexpected") from None


def _first_of(newest: Delivery) -> int | None:
    """The response to begin with: so many before the last one known."""
    try:
        rows = parse(bytes(newest.body).decode())["responses"]
        return max(max(int(row["id"]) for row in rows) - LOOK_BACK, 1)
    except (Misshapen, KeyError, TypeError, ValueError):
        return None


def _call(source: Source, method: str, params: list[Any]) -> Any:
    """One call of JSON-RPC."""
    body = json.dumps({"method": method, "params": params, "id": 1}).encode()
    headers = {"Content-Type": "application/json"}
    answer = door.post(str(source.options["api"]), body, headers, most_read=LARGEST)
    if answer.status != 200:
        raise NotTold(f"tool_said_{answer.status}")
    said = parse(answer.body.decode("utf-8", "replace"))
    if not isinstance(said, dict):
        raise NotTold("answer_unexpected")
    return said.get("result")
