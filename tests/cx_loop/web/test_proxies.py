"""Who is believed about the address of a caller."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from cx_loop.web.middleware import TrustProxies

PROXY, CALLER, LIE = "10.0.0.1", "203.0.113.9", "198.51.100.7"


def seen(said: str, proxies: int, **more: str) -> HttpRequest:
    """The request as pages see it."""
    found: list[HttpRequest] = []

    def page(request: HttpRequest) -> HttpResponse:
        found.append(request)
        return HttpResponse()

    headers = {"HTTP_X_FORWARDED_FOR": said, "REMOTE_ADDR": PROXY, **more}
    with override_settings(TRUSTED_PROXIES=proxies):
        TrustProxies(page)(RequestFactory().get("/", **headers))  # type: ignore[arg-type]
    return found[0]


@pytest.mark.parametrize(
    ("said", "proxies", "address"),
    [
        (CALLER, 0, PROXY),
        (CALLER, 1, CALLER),
        (f"{LIE}, {CALLER}", 1, CALLER),
        (f"{LIE}, {CALLER}, 10.0.0.2", 2, CALLER),
        (f"{CALLER}:51234", 1, CALLER),
        ("[2001:db8::9]:443", 1, "2001:db8::9"),
        ("2001:DB8::9", 1, "2001:db8::9"),
        ("unknown", 1, PROXY),
        ("", 1, PROXY),
        (CALLER, 2, PROXY),
    ],
)
def test_the_address_is_what_ones_own_proxies_say(said: str, proxies: int, address: str) -> None:
    assert seen(said, proxies).META["REMOTE_ADDR"] == address


@pytest.fixture
def https_is_told() -> Iterator[None]:
    with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        yield


@pytest.mark.parametrize(("proxies", "is_secure"), [(0, False), (1, True)])
def test_https_is_believed_from_ones_own_proxies_only(
    https_is_told: Any, proxies: int, is_secure: bool
) -> None:
    assert seen(CALLER, proxies, HTTP_X_FORWARDED_PROTO="https").is_secure() is is_secure


def test_another_name_is_never_taken_from_a_header() -> None:
    assert seen(CALLER, 1, HTTP_X_FORWARDED_HOST="evil.example").get_host() == "testserver"
