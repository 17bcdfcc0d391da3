"""Out to a chat tool: one plain text to its vendor's fixed host, through the checked door."""

from datetime import datetime, timedelta

from cx_loop.logic.chats import refusal_of, request_of, tool_of
from cx_loop.messaging.channels.webhook import check_status, posted
from cx_loop.messaging.failures import Failed
from cx_loop.models import Message
from cx_loop.models.encryption import decrypt

A_MINUTE = timedelta(minutes=1)  # the tools count messages by the minute


def send(message: Message, now: datetime) -> None:
    """Say subject and text. Raises Failed."""
    endpoint = message.endpoint
    assert endpoint is not None
    address = decrypt(endpoint.address)
    if tool_of(address) != endpoint.tool:  # a row that was tampered with
        raise Failed(f"this is no address of {endpoint.tool}")
    text = f"CX Loop · {message.payload['subject']}\n{message.payload['text']}"
    url, body = request_of(endpoint.tool, address, text, now)
    answer = posted(endpoint, url, body, {"Content-Type": "application/json; charset=utf-8"})
    check_status(answer, now)
    refusal, too_fast = refusal_of(endpoint.tool, answer.body)
    if refusal:
        raise Failed(refusal, wait=A_MINUTE if too_fast else None, everybody=too_fast)
