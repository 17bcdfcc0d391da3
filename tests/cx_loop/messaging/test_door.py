"""What leaves through the door reaches who it was meant for, and nobody inside."""

import socket
import time

import pytest

from cx_loop.messaging import door
from cx_loop.messaging.door import Unreachable, post
from tests.cx_loop.messaging.receivers import certified, receiver


@pytest.fixture
def inside(settings):
    """Loopback counts as a network that may be sent to."""
    settings.OUTGOING_NETWORKS = ["127.0.0.0/8"]


def test_an_answer_is_given_back_whatever_its_status(inside):
    def busy(request):
        request.send_response(429)
        request.send_header("Retry-After", "7")
        request.end_headers()

    with receiver(busy) as port:
        answer = post(f"http://127.0.0.1:{port}/hook?a=1", b"{}", {})
    assert (answer.status, answer.retry_after) == (429, "7")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest",
        "https://2130706433/",
        "https://0x7f000001/",
    ],
)
def test_internal_addresses_are_never_connected_to(settings, url):
    settings.OUTGOING_NETWORKS = []
    with pytest.raises(Unreachable, match=r"internal network|not known"):
        post(url, b"", {})


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://u:p@example.com/",
        "https:///",
        "nothing",
    ],
)
def test_only_plain_https_addresses_are_taken(settings, url):
    settings.OUTGOING_NETWORKS = []
    with pytest.raises(Unreachable, match="Only https"):
        post(url, b"", {})


def test_a_wrong_port_is_no_address():
    with pytest.raises(Unreachable, match="no address"):
        post("https://example.com:99999/", b"", {})


def test_a_name_with_one_internal_address_is_refused_whole(monkeypatch):
    found = [(2, 1, 6, "", ("1.1.1.1", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: found)
    with pytest.raises(Unreachable, match="internal network"):
        post("https://two-faced.example/", b"", {})


def test_a_name_that_changes_its_mind_reaches_only_what_was_checked(inside, monkeypatch):
    """Rebinding: the second answer of the resolver would lead elsewhere."""
    with receiver() as port:
        answers = [[(2, 1, 6, "", ("127.0.0.1", port))], [(2, 1, 6, "", ("10.0.0.1", port))]]
        real = socket.getaddrinfo

        def resolve(host, *given, **more):
            return answers.pop(0) if host == "fickle.example" else real(host, *given, **more)

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        assert post(f"http://fickle.example:{port}/", b"", {}).status == 204
    assert len(answers) == 1


def test_redirects_are_not_followed(inside):
    def away(request):
        request.send_response(302)
        request.send_header("Location", "http://127.0.0.1:1/")
        request.end_headers()

    with receiver(away) as port:
        assert post(f"http://127.0.0.1:{port}/", b"", {}).status == 302


def test_an_endless_answer_is_read_only_so_far(inside):
    def endless(request):
        request.send_response(200)
        request.send_header("Content-Length", str(10**9))
        request.end_headers()
        try:
            while True:
                request.wfile.write(b"x" * 65536)
        except OSError:
            pass

    with receiver(endless) as port:
        assert len(post(f"http://127.0.0.1:{port}/", b"", {}).body) == door.MOST_READ


def test_a_dripping_answer_is_left(inside, monkeypatch):
    monkeypatch.setattr(door, "PATIENCE", 0.5)

    def drip(request):
        try:
            request.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                request.wfile.write(b"X-More: 1\r\n")
                request.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass

    with receiver(drip) as port, pytest.raises(Unreachable, match="no whole answer"):
        post(f"http://127.0.0.1:{port}/", b"", {})


def test_a_certificate_must_be_of_the_name(inside, monkeypatch, tmp_path):
    context = certified("hooks.example", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with receiver(context=context) as port:
        found = [(2, 1, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: found)
        assert post(f"https://hooks.example:{port}/", b"", {}).status == 204
        with pytest.raises(Unreachable, match="certificate"):
            post(f"https://other.example:{port}/", b"", {})
