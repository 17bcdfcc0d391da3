"""A second factor: set up, asked for after each password, lost and taken away."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client

from cx_loop import clock
from cx_loop.actions import links, second_factor
from cx_loop.models import Actor, User
from cx_loop.web import throttle
from tests.factories import PASSWORD, make_admin, make_user
from tests.pages import reading_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _offered(settings: Any) -> None:
    settings.SECOND_FACTOR = "offered"
    cache.clear()


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def with_factor(email: str = "ana@example.com") -> tuple[User, str, list[str]]:
    user, secret = make_user(email), second_factor.new_secret()
    codes = second_factor.set_up(user=user, secret=secret, code=code_of(secret), now=clock.now())
    assert codes is not None
    return user, secret, codes


def give_password(client: Client, user: User, **more: str) -> str:
    said = client.post("/login/", {"email": user.email, "password": PASSWORD, **more})
    return str(said["Location"])


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_it_is_set_up_on_ones_own_page_with_codes_for_a_lost_phone() -> None:
    ana = make_user("ana@example.com")
    client = reading_as(ana)
    page = client.get("/me/second-factor/").content.decode()
    secret = client.session["factor_secret"]
    assert "data:image/svg+xml;base64," in page
    done = client.post("/me/second-factor/", {"code": code_of(secret)}).content.decode()
    assert len(re.findall(r"<li><code>\d+</code>", done)) == 10
    assert secret not in str(Authenticator.objects.get(type="totp").data)


def test_a_wrong_code_sets_nothing_up() -> None:
    client = reading_as(make_user())
    client.get("/me/second-factor/")
    assert client.post("/me/second-factor/", {"code": "000"}).status_code == 422
    assert not Authenticator.objects.exists()


def test_after_the_password_the_code_is_asked_for(client: Client) -> None:
    ana, secret, _ = with_factor()
    assert give_password(client, ana, next="/alerts/") == "/login/code/"
    assert not is_in(client)
    came = client.post("/login/code/", {"code": code_of(secret)})
    assert came["Location"] == "/alerts/"
    assert is_in(client)


def test_no_code_fits_twice(client: Client) -> None:
    ana, secret, codes = with_factor()
    for code in (code_of(secret), codes[0]):
        for status in (302, 422):
            again = Client()
            give_password(again, ana)
            assert again.post("/login/code/", {"code": code}).status_code == status


def test_codes_cannot_be_guessed_for_long(client: Client) -> None:
    ana, secret, _ = with_factor()
    give_password(client, ana)
    for _try in range(throttle.LIMIT):
        client.post("/login/code/", {"code": "000000"})
    said = client.post("/login/code/", {"code": code_of(secret)})
    assert (said.status_code, is_in(client)) == (422, False)
    assert "Too many tries." in said.content.decode()


def test_the_code_alone_or_late_opens_nothing(client: Client) -> None:
    ana, secret, _ = with_factor()
    assert client.post("/login/code/", {"code": code_of(secret)})["Location"] == "/login/"
    give_password(client, ana)
    session = client.session
    session["second_factor"] |= {"at": 0}
    session.save()
    assert client.post("/login/code/", {"code": code_of(secret)})["Location"] == "/login/"
    assert not is_in(client)


def test_a_link_for_a_new_password_does_not_get_around_it(client: Client) -> None:
    ana, _, _ = with_factor()
    url = links.send_link(user=ana, kind="reset", by=Actor(), now=clock.now())
    chosen = {"password": "a new one of mine", "again": "a new one of mine"}
    came = client.post(url.removeprefix("http://testserver"), chosen)
    assert came["Location"] == "/login/code/"
    assert not is_in(client)


def test_where_it_is_required_nothing_is_seen_before_it_is_set_up(
    client: Client, settings: Any
) -> None:
    settings.SECOND_FACTOR = "required"
    give_password(client, make_user("ana@example.com"))
    for url in ("/", "/api/v1/tasks/", "/people/"):
        assert client.get(url)["Location"] == "/me/second-factor/"
    client.get("/me/second-factor/")
    code = code_of(client.session["factor_secret"])
    assert client.post("/me/second-factor/", {"code": code}).status_code == 200
    assert client.get("/").status_code == 200


def test_it_ends_with_a_code() -> None:
    ana, secret, _ = with_factor()
    client = reading_as(ana)
    assert client.post("/me/second-factor/", {"code": "000000"}).status_code == 422
    assert client.post("/me/second-factor/", {"code": code_of(secret)}).status_code == 302
    assert not Authenticator.objects.exists()


def test_an_admin_takes_a_lost_one_away_and_nobody_else_does() -> None:
    ana, _, _ = with_factor()
    url = f"/people/{ana.pk}/door/"
    assert reading_as(ana).post(url, {"forget": "factor"}).status_code == 403
    assert Authenticator.objects.exists()
    reading_as(make_admin()).post(url, {"forget": "factor"})
    assert not Authenticator.objects.exists()


def test_off_means_that_nobody_sets_one_up(settings: Any) -> None:
    settings.SECOND_FACTOR = "off"
    assert reading_as(make_user()).get("/me/second-factor/").status_code == 404


def test_the_raw_admin_has_no_door_of_its_own(client: Client) -> None:
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/login/?next=%2Fadmin%2F"
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/login/?next=")


def test_a_part_asked_for_after_the_session_ended_leads_to_the_log_in(client: Client) -> None:
    there = {"HX-Request": "true", "HX-Current-URL": "http://testserver/alerts/?page=2"}
    said = client.get("/alerts/", follow=True, headers=there)
    assert said.headers["HX-Redirect"] == "/login/?next=%2Falerts%2F%3Fpage%3D2"
