"""Out to a webhook: Standard Webhooks 1.0, signed, through the checked door.

The id is the same over all attempts, the timestamp is that of the attempt. Only 2xx is taken for
an answer: a redirect is a failure, and 410 means that nothing is wanted any more.
"""

import json
from datetime import datetime
from hashlib import sha256

from cx_loop.logic.retries import asked_wait
from cx_loop.logic.signatures import sign
from cx_loop.messaging.door import Answer, Unreachable, post
from cx_loop.messaging.failures import Failed
from cx_loop.models import Endpoint, Message
from cx_loop.models.encryption import decrypt

LARGEST = 20_000  # bytes of a body


def send(message: Message, now: datetime) -> None:
    """Post one event. Raises Failed."""
    endpoint = message.endpoint
    assert endpoint is not None
    body = json.dumps(message.payload["event"], ensure_ascii=False, sort_keys=True).encode()
    if len(body) >= LARGEST:
        raise Failed(f"an event of {len(body)} bytes is too large")
    at = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id(message),
        "webhook-timestamp": str(at),
        "webhook-signature": sign(endpoint.secrets(now), message_id(message), at, body),
    }
    answer = posted(endpoint, decrypt(endpoint.address), body, headers)
    check_status(answer, now)


def message_id(message: Message) -> str:
    """What a receiver knows a repeated delivery by."""
    return f"msg_{sha256(message.dedup_key.encode()).hexdigest()[:32]}"


def posted(endpoint: Endpoint, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """The answer, whatever it is. Raises Failed with what may be shown: never the address."""
    try:
        return post(url, body, headers)
    except Unreachable as error:
        reason = str(error).replace(url, endpoint.host)
        raise Failed(reason, everybody=True) from None


def check_status(answer: Answer, now: datetime) -> None:
    """Raises Failed unless it is 2xx."""
    status = answer.status
    if 200 <= status < 300:
        return
    busy = status in {429, 503}
    wait = asked_wait(answer.retry_after, now) if busy else None
    raise Failed(f"answered {status}", wait=wait, everybody=busy, gone=status == 410)
