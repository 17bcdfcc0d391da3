"""Chat tools: recognised by the address people copy from them, told in plain text.

Each takes one small JSON body at a fixed host of its vendor. The rest of an address is a secret:
whoever has it can write to the chat.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

HOSTS: Mapping[str, str] = {
    "qyapi.weixin.qq.com": "wecom",
    "oapi.dingtalk.com": "dingtalk",
    "open.feishu.cn": "feishu",
    "open.larksuite.com": "feishu",
    "hooks.slack.com": "slack",
}
TEAMS = (".webhook.office.com", ".logic.azure.com", ".environment.api.powerplatform.com")
LONGEST = {"wecom": 2_000}  # bytes of text; others take several times of it
LONGEST_ELSEWHERE = 8_000
TOO_FAST = {"wecom": {45009}, "dingtalk": {130101}, "feishu": {9499, 11232}}


def tool_of(address: str) -> str:
    """wecom, dingtalk, feishu, slack, teams; "" for what is a plain webhook."""
    host = (urlsplit(address).hostname or "").lower()
    return "teams" if host.endswith(TEAMS) else HOSTS.get(host, "")


def request_of(tool: str, address: str, text: str, at: datetime) -> tuple[str, bytes]:
    """The address to post to and the body. A link in the text stands for itself.

    `#secret=…` after the address of a 钉钉 or 飞书 robot is its signing secret; it is never sent.
    """
    url, _, fragment = address.partition("#")
    secret = fragment.removeprefix("secret=")
    said = _cut(text, LONGEST.get(tool, LONGEST_ELSEWHERE))
    bodies: dict[str, dict[str, Any]] = {
        "wecom": {"msgtype": "text", "text": {"content": said}},
        "dingtalk": {"msgtype": "text", "text": {"content": said}},
        "feishu": {"msg_type": "text", "content": {"text": said}},
        "slack": {"text": _escaped(said)},
        "teams": _card(said),
    }
    body = bodies[tool]
    if secret and tool == "dingtalk":
        millis = int(at.timestamp() * 1000)
        mark = _digest(secret, f"{millis}\n{secret}")
        url = f"{url}&timestamp={millis}&sign={quote(mark, safe='')}"
    if secret and tool == "feishu":
        seconds = int(at.timestamp())
        body |= {"timestamp": str(seconds), "sign": _digest(f"{seconds}\n{secret}", "")}
    return url, json.dumps(body, ensure_ascii=False).encode()


def refusal_of(tool: str, body: bytes) -> tuple[str, bool]:
    """Why a tool that answered 200 did not take it, and whether that was for too many at once.

    ("", False): it was taken. Three tools say 200 and put a code into the body.
    """
    if tool in {"slack", "teams"}:
        text = body.decode("utf-8", "replace")
        failed = tool == "teams" and "failed" in text.lower()
        return (text[:100], "429" in text) if failed else ("", False)
    try:
        said = json.loads(body)
        code = int(said.get("errcode", said.get("code", said.get("StatusCode", 0))))
    except (ValueError, TypeError, AttributeError):
        return "an answer that is no JSON", False
    if code == 0:
        return "", False
    return f"{tool} code {code}", code in TOO_FAST[tool]


def _card(text: str) -> dict[str, Any]:
    """An adaptive card, which both old connectors and workflows of Teams take."""
    lines = [{"type": "TextBlock", "text": line, "wrap": True} for line in text.splitlines()]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": lines,
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}


def _escaped(text: str) -> str:
    """For Slack: otherwise <!channel> in a name would call everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(text: str, longest: int) -> str:
    """At most so many bytes; what is left out is the middle, for the link stands at the end."""
    raw = text.encode()
    if len(raw) <= longest:
        return text
    head, tail = raw[: longest - 303], raw[-300:]
    return f"{head.decode('utf-8', 'ignore')}…{tail.decode('utf-8', 'ignore')}"


def _digest(key: str, said: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), said.encode(), "sha256")).decode()
