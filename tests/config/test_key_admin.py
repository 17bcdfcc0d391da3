"""API keys in /admin/ and by command: shown once, rotated with two live, revoked at once."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from cx_loop import clock
from cx_loop.actions.keys import create_key, digest_of, expiry_of, revoke_key, rotate_key
from cx_loop.models import SYSTEM, Activity, ApiKey
from tests.config.test_admin import only_admin_pages
from tests.factories import NOW, make_admin, make_user

__all__ = ["only_admin_pages"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client) -> Client:
    client.force_login(make_admin())
    return client


def address(what: str, *args: Any) -> str:
    return reverse(f"admin:cx_loop_apikey_{what}", args=args)


def make_key(**more: Any) -> ApiKey:
    return create_key(name="kiosk", scopes=["ingest"], **more)[0]


def act(page: Client, action: str, *keys: ApiKey) -> Any:
    sent = {"action": action, "_selected_action": [key.pk for key in keys]}
    return page.post(address("changelist"), sent)


def live() -> int:
    return ApiKey.objects.live(clock.now()).count()


def test_a_key_is_made_and_shown_once(page: Client) -> None:
    sent = {"name": "kiosk", "scopes": ["read", "ingest"], "expires_at_0": "", "expires_at_1": ""}
    answer = page.post(address("add"), sent)
    key = ApiKey.objects.get()
    text = answer.context["text"]
    assert text in answer.content.decode()
    assert (key.digest, key.scopes) == (digest_of(text), ["ingest", "read"])
    assert "no-store" in answer.headers["Cache-Control"]
    for again in (address("changelist"), address("change", key.pk)):
        assert text not in page.get(again).content.decode()
    assert Activity.objects.get(subject="apikey").params["change"] == "created"


def test_a_key_without_a_scope_is_not_made(page: Client) -> None:
    page.post(address("add"), {"name": "kiosk"})
    assert not ApiKey.objects.exists()


def test_keys_are_revoked_in_the_list_and_never_edited(page: Client) -> None:
    key = make_key()
    page.post(address("change", key.pk), {"name": "other", "scopes": ["admin"]})
    act(page, "revoke", key)
    key.refresh_from_db()
    assert (key.name, key.scopes, live()) == ("kiosk", ["ingest"], 0)


def test_a_rotated_key_has_a_second_one_beside_it_for_a_week(page: Client) -> None:
    key = make_key()
    text = act(page, "rotate", key).context["text"]
    made = ApiKey.objects.get(digest=digest_of(text))
    key.refresh_from_db()
    assert (made.scopes, made.expires_at, live()) == (["ingest"], None, 2)
    assert key.expires_at is not None
    assert timedelta(days=6) < key.expires_at - clock.now() < timedelta(days=8)
    act(page, "rotate", made)
    assert live() == 2


def test_others_do_not_see_keys(client: Client) -> None:
    client.force_login(make_user("staff@example.com", is_analyst=True))
    assert client.get(address("changelist")).status_code == 302


def test_a_rotation_needs_a_live_key_and_no_third() -> None:
    key = make_key(expires_at=clock.now() + timedelta(days=2))
    made, _ = rotate_key(key=key, by=SYSTEM, now=clock.now())
    assert made.expires_at is not None
    with pytest.raises(ValueError, match="Two keys"):
        rotate_key(key=made, by=SYSTEM, now=clock.now())
    assert revoke_key(key=key, by=SYSTEM, now=clock.now())
    assert not revoke_key(key=key, by=SYSTEM, now=clock.now())
    with pytest.raises(ValueError, match="expired or revoked"):
        rotate_key(key=key, by=SYSTEM, now=clock.now())


@pytest.mark.parametrize(
    ("text", "hours"),
    [("90d", 90 * 24), (f"{NOW:%Y}-12-31", None), (f"{NOW:%Y}-12-31T09:00:00+08:00", None)],
)
def test_an_end_is_a_length_or_a_moment(text: str, hours: int | None) -> None:
    end = expiry_of(text, NOW)
    assert end > NOW
    assert hours is None or end == NOW + timedelta(hours=hours)


@pytest.mark.parametrize("text", ["soon", "0d", "2001-01-01", "-5d"])
def test_what_is_no_end_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="--expires"):
        call_command("create_key", "kiosk", scopes=["read"], expires=text)
    assert not ApiKey.objects.exists()


def test_the_commands_rotate_and_revoke() -> None:
    out = StringIO()
    call_command("create_key", "kiosk", "--scope", "read", "--expires", "90d", stdout=out)
    first = ApiKey.objects.get()
    assert first.expires_at is not None
    call_command("rotate_key", first.prefix, "--overlap", "1d", stdout=out, stderr=StringIO())
    second = out.getvalue().split()[-1]
    assert live() == 2
    call_command("revoke_key", first.prefix, stdout=out)
    assert ApiKey.objects.live(clock.now()).get().digest == digest_of(second)
    for command in ("revoke_key", "rotate_key"):
        with pytest.raises(CommandError, match="no key"):
            call_command(command, "unheard")
        with pytest.raises(CommandError):
            call_command(command, first.prefix)
