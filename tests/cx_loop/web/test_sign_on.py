"""Single sign-on against a small provider of our own: who comes in, and who does not."""

import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from config.doctor_checks import single_sign_on
from config.settings.log_in import SIGN_ON_ID, provider
from cx_loop.models import Activity, User
from tests.cx_loop.web.oidc_provider import CLIENT, SECRET, Provider, make_key
from tests.factories import make_admin, make_user

pytestmark = pytest.mark.django_db
ANA = {"sub": "a-1", "email": "Ana@Example.com", "email_verified": True}


@pytest.fixture
def there(settings: Any) -> Iterator[Provider]:
    cache.clear()
    started = Provider(dict(ANA)).start()
    settings.SIGN_ON_URL = started.url
    settings.SOCIALACCOUNT_PROVIDERS = provider(started.url, CLIENT, SECRET)
    yield started
    started.stop()


def sign_on(client: Client, goes_on: str = "/") -> HttpResponse:
    """Out to the provider, which sends the browser back with a code."""
    out = client.get("/login/sso/", {"next": goes_on})
    assert out.status_code == 302, out.content.decode()
    where = urlsplit(out["Location"])
    asked = http.client.HTTPConnection(where.netloc)
    asked.request("GET", f"{where.path}?{where.query}")
    back = urlsplit(asked.getresponse().headers["Location"])
    asked.close()
    return client.get(f"{back.path}?{back.query}")


def who(client: Client) -> int | None:
    found = client.session.get("_auth_user_id")
    return int(found) if found else None


def test_who_was_invited_comes_in_by_verified_address(client: Client, there: Provider) -> None:
    ana = make_user("ana@example.com")
    came = sign_on(client, "/alerts/")
    assert (came.status_code, came["Location"], who(client)) == (302, "/alerts/", ana.pk)
    assert Activity.objects.filter(verb="signed_on", subject_id=ana.pk).exists()


def test_the_second_time_the_provider_may_tell_another_address(
    client: Client, there: Provider
) -> None:
    ana = make_user("ana@example.com")
    sign_on(client)
    there.claims |= {"email": "ana@married.example"}
    again = Client()
    sign_on(again)
    assert who(again) == ana.pk
    assert SocialAccount.objects.get().extra_data == {}


def test_an_unknown_person_is_told_so_and_made_nobody(client: Client, there: Provider) -> None:
    came = sign_on(client)
    assert (came.status_code, who(client)) == (403, None)
    assert "people are invited by an admin" in came.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("said", [False, "false", None, 0])
def test_an_unverified_address_opens_nothing(client: Client, there: Provider, said: object) -> None:
    make_user("ana@example.com")
    there.claims["email_verified"] = said
    assert sign_on(client).status_code == 403


def test_a_provider_that_says_nothing_of_it_may_be_trusted(
    client: Client, there: Provider, settings: Any
) -> None:
    settings.SIGN_ON_TRUSTS_EMAIL = True
    ana = make_user("ana@example.com")
    del there.claims["email_verified"]
    sign_on(client)
    assert who(client) == ana.pk


def test_who_was_switched_off_stays_out(client: Client, there: Provider) -> None:
    ana = make_user("ana@example.com")
    sign_on(client)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert sign_on(Client()).status_code == 403


def test_the_next_of_the_same_address_is_not_the_one_before(
    client: Client, there: Provider
) -> None:
    ana = make_user("ana@example.com")
    sign_on(client)
    there.claims["sub"] = "a-2"
    assert sign_on(Client()).status_code == 403
    admin = Client()
    admin.force_login(make_admin())
    admin.post(f"/people/{ana.pk}/door/", {"forget": "account"})
    assert sign_on(Client()).status_code == 302


def test_an_address_beside_the_token_counts_when_it_is_of_the_same_person(
    client: Client, there: Provider
) -> None:
    ana = make_user("ana@example.com")
    there.userinfo = dict(there.claims)
    there.claims = {"sub": "a-1"}
    sign_on(client)
    assert who(client) == ana.pk


@pytest.mark.parametrize(
    "lie",
    [
        {"signs_with": make_key()},
        {"audience": "another-service"},
        {"claims": ANA | {"iss": "https://elsewhere.example"}},
        {"claims": ANA | {"exp": 1}},
        {"claims": {"sub": "a-1"}, "userinfo": ANA | {"sub": "b-2"}},
    ],
    ids=["foreign key", "foreign audience", "foreign issuer", "run out", "foreign userinfo"],
)
def test_a_token_that_is_not_right_opens_nothing(
    client: Client, there: Provider, lie: dict[str, Any]
) -> None:
    make_user("ana@example.com")
    for name, value in lie.items():
        setattr(there, name, value)
    came = sign_on(client)
    assert (came.status_code, who(client)) == (403, None)
    assert "did not work" in came.content.decode()


def test_a_code_without_the_state_of_this_browser_opens_nothing(
    client: Client, there: Provider
) -> None:
    make_user("ana@example.com")
    client.get("/login/sso/")
    assert client.get("/login/sso/back/?code=a-code&state=guessed").status_code == 403


def test_a_provider_that_is_down_is_said(client: Client, there: Provider) -> None:
    there.is_down = True
    came = client.get("/login/sso/")
    assert came.status_code == 502
    assert "does not answer" in came.content.decode()


def test_doctor_says_what_is_wrong_with_the_provider(there: Provider) -> None:
    assert list(single_sign_on()) == []
    there.is_down = True
    assert "check CX_OIDC_URL" in next(single_sign_on())


def test_after_it_only_our_own_pages_are_gone_on_to(client: Client, there: Provider) -> None:
    make_user("ana@example.com")
    assert sign_on(client, "https://evil.example/")["Location"] == "/"


def test_the_log_in_offers_it_only_where_it_is_configured(client: Client, settings: Any) -> None:
    assert "/login/sso/" not in client.get("/login/").content.decode()
    assert client.get("/login/sso/").status_code == 404
    assert client.get("/login/sso/back/").status_code == 404
    settings.SIGN_ON_URL, settings.SIGN_ON_NAME = "https://id.example", "Demo Air"
    page = client.get("/login/?next=/alerts/").content.decode()
    assert 'href="/login/sso/?next=%2Falerts%2F"' in page
    assert "Log in with Demo Air" in page


def test_subjects_of_two_providers_are_not_mixed_up() -> None:
    assert (
        provider("https://id.example", "x", "y")["openid_connect"]["APPS"][0]["provider_id"]
        == SIGN_ON_ID
    )
    assert provider("", "", "") == {}
