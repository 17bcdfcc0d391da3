"""Chats: recognised by their vendor's host, told in a text, paused when they ask for it."""

import json
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cx_loop.messaging.outbox import deliver
from cx_loop.models import Endpoint, Message
from tests.cx_loop.messaging.conftest import NOW, Receiver, queue_one

pytestmark = pytest.mark.django_db
Vendor = Callable[[str], Receiver]


def test_a_chat_is_told_subject_and_text_with_the_link(vendor: Vendor) -> None:
    slack = vendor("hooks.slack.com")
    queue_one(slack.address)
    assert deliver(NOW) == 1
    said = json.loads(slack.got[0][1])["text"]
    assert said.startswith("CX Loop · #12 Boarding")
    assert said.endswith("http://testserver/tasks/12/")
    assert "webhook-signature" not in slack.got[0][0]


def test_a_code_in_the_body_is_a_refusal_and_pauses_the_chat(vendor: Vendor) -> None:
    wecom = vendor("qyapi.weixin.qq.com")
    wecom.body = b'{"errcode":45009,"errmsg":"api freq out of limit"}'
    queue_one(wecom.address, "a"), queue_one(wecom.address, "b")
    deliver(NOW)
    assert len(wecom.got) == 1
    assert not Message.objects.due(NOW + timedelta(seconds=59)).exists()
    wecom.body = b'{"errcode":0,"errmsg":"ok"}'
    assert deliver(NOW + timedelta(minutes=1)) == 2


def test_a_chat_is_known_as_such(vendor: Vendor) -> None:
    queue_one(vendor("open.feishu.cn").address)
    endpoint = Endpoint.objects.get()
    assert (endpoint.tool, endpoint.channel, endpoint.secret) == ("feishu", "chat", "")


def test_a_certificate_of_another_name_is_refused(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = vendor("somebody.example")
    port = int(there.address.split(":")[2].split("/")[0])
    found: Any = [(2, 1, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: found)
    message = queue_one(f"https://hooks.slack.com:{port}/services/x")
    deliver(NOW)
    message.refresh_from_db()
    assert "certificate" in message.last_error.lower()
    assert there.got == []
