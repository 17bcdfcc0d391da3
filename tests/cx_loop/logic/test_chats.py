"""Chat tools by their address, what each is sent, and what each says when it takes nothing."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from cx_loop.logic.chats import refusal_of, request_of, tool_of

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "tool"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "wecom"),
        ("https://oapi.dingtalk.com/robot/send?access_token=1", "dingtalk"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/1", "feishu"),
        ("https://open.larksuite.com/open-apis/bot/v2/hook/1", "feishu"),
        ("https://hooks.slack.com/services/T/B/1", "slack"),
        ("https://acme.webhook.office.com/webhookb2/1", "teams"),
        ("https://prod-1.westeurope.logic.azure.com/workflows/1", "teams"),
        ("https://a.b.environment.api.powerplatform.com/1", "teams"),
        ("https://HOOKS.SLACK.COM/services/1", "slack"),
        ("https://hooks.slack.com.evil.example/services/1", ""),
        ("https://evil.example/hooks.slack.com", ""),
        ("https://webhook.office.com.evil.example/", ""),
        ("https://hooks.slack.com@evil.example/", ""),
    ],
)
def test_a_tool_is_known_by_the_host_alone(address: str, tool: str) -> None:
    assert tool_of(address) == tool


@pytest.mark.parametrize("tool", ["wecom", "dingtalk", "feishu", "slack", "teams"])
def test_every_tool_is_told_the_text(tool: str) -> None:
    url, body = request_of(tool, "https://vendor.example/x?k=1", "登机口 · #12", AT)
    assert url == "https://vendor.example/x?k=1"
    assert "登机口 · #12" in json.dumps(json.loads(body), ensure_ascii=False)


def test_slack_calls_nobody_by_a_name_in_the_text() -> None:
    _, body = request_of("slack", "https://x.example/", "<!channel> & co", AT)
    assert json.loads(body) == {"text": "&lt;!channel&gt; &amp; co"}


def test_a_long_text_keeps_its_beginning_and_its_link() -> None:
    text = "开" * 5_000 + "\nhttps://cx.example/tasks/12/"
    said = json.loads(request_of("wecom", "https://x.example/", text, AT)[1])["text"]["content"]
    assert len(said.encode()) <= 2_000
    assert said.startswith("开开")
    assert said.endswith("https://cx.example/tasks/12/")


def test_a_signing_secret_of_dingtalk_signs_and_is_never_sent() -> None:
    address = "https://oapi.dingtalk.com/robot/send?access_token=1#secret=SECabc"
    url, body = request_of("dingtalk", address, "hello", AT)
    query = parse_qs(urlsplit(url).query)
    assert set(query) == {"access_token", "timestamp", "sign"}
    assert query["timestamp"] == ["1773144000000"]
    # openssl dgst -sha256 -hmac SECabc -binary of "1773144000000\nSECabc", in base64
    assert query["sign"] == ["mX78OnIlnMIFdweMSDC02gnc4gZoJFQnUEA6atDSMYs="]
    assert b"SECabc" not in body
    assert "SECabc" not in url


def test_a_signing_secret_of_feishu_signs_in_the_body() -> None:
    url, body = request_of("feishu", "https://open.feishu.cn/hook/1#secret=abc", "hello", AT)
    said = json.loads(body)
    assert url == "https://open.feishu.cn/hook/1"
    assert said["timestamp"] == "1773144000"
    # openssl dgst -sha256 -hmac $'1773144000\nabc' -binary of nothing, in base64
    assert said["sign"] == "COGPlA4DshwROdWhjEftF1Z6OgeYyCXQ+1v6pnCFt2g="


@pytest.mark.parametrize(
    ("tool", "body", "refused", "too_fast"),
    [
        ("wecom", b'{"errcode":0,"errmsg":"ok"}', "", False),
        ("wecom", b'{"errcode":45009,"errmsg":"freq"}', "wecom code 45009", True),
        ("dingtalk", b'{"errcode":310000}', "dingtalk code 310000", False),
        ("feishu", b'{"code":0,"msg":"success"}', "", False),
        ("feishu", b'{"StatusCode":0}', "", False),
        ("feishu", b'{"code":11232}', "feishu code 11232", True),
        ("feishu", b"<html>", "an answer that is no JSON", False),
        ("feishu", b"[]", "an answer that is no JSON", False),
        ("slack", b"ok", "", False),
        ("teams", b"1", "", False),
        ("teams", b"Webhook message delivery failed: 429", "Webhook message", True),
    ],
)
def test_a_200_may_be_a_refusal(tool: str, body: bytes, refused: str, too_fast: bool) -> None:
    reason, fast = refusal_of(tool, body)
    assert (reason.startswith(refused), bool(reason), fast) == (True, bool(refused), too_fast)
