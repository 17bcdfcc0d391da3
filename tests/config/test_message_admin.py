"""Dead letters, addresses outside and test messages in /admin/: every action is pressed."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.sites import all_sites
from django.core import mail
from django.test import Client
from django.urls import reverse

from cx_loop.messaging.endpoints import endpoint_of
from cx_loop.models import Activity, Endpoint, Message
from cx_loop.models.encryption import decrypt
from tests.config.test_admin import only_admin_pages
from tests.cx_loop.messaging.conftest import Receiver, inside, other
from tests.factories import NOW, make_admin, make_user

__all__ = ["inside", "only_admin_pages", "other"]
pytestmark = pytest.mark.django_db
# action -> the file that presses it
PRESSED = {
    "retire": "test_admin",
    "bring_back": "test_admin",
    "revoke": "test_key_admin",
    "rotate": "test_key_admin, here for endpoints",
    "try_again": "here",
    "show_secret": "here",
    "switch_on": "here",
    "switch_off": "here",
    "try_it": "here",
}
TEST = "admin:cx_loop_message_test"


@pytest.fixture
def page(client: Client) -> Client:
    client.force_login(make_admin())
    return client


@pytest.fixture
def webhook() -> Endpoint:
    return endpoint_of("https://hooks.example.com/one", now=NOW)


def press(page: Client, action: str, *rows: Any) -> Any:
    name = f"admin:cx_loop_{rows[0]._meta.model_name}_changelist"
    sent = {"action": action, "_selected_action": [row.pk for row in rows]}
    return page.post(reverse(name), sent, follow=True)


def dead(endpoint: Endpoint | None = None, key: str = "a") -> Message:
    return Message.objects.create(
        dedup_key=key,
        channel="webhook" if endpoint else "email",
        recipient="ana@example.com",
        endpoint=endpoint,
        payload={},
        state="dead",
        attempts=8,
        available_at=NOW,
        created_at=NOW,
    )


def test_every_action_there_is_is_pressed_by_a_test() -> None:
    found = {
        str(action)
        for site in all_sites
        for page in site._registry.values()
        for action in page.actions or []
    }
    assert isinstance(admin.site, admin.AdminSite)
    assert found == set(PRESSED)


def test_a_dead_letter_is_tried_again(page: Client) -> None:
    letter = dead()
    assert "To be sent again: 1" in press(page, "try_again", letter).content.decode()
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == ("pending", 0)
    assert Activity.objects.get(verb="retried").subject_id == letter.pk


def test_a_letter_to_an_address_that_is_off_stays_dead(page: Client, webhook: Endpoint) -> None:
    letter = dead(webhook)
    press(page, "switch_off", webhook)
    assert "To be sent again: 0" in press(page, "try_again", letter).content.decode()
    letter.refresh_from_db()
    assert letter.state == "dead"


def test_an_address_is_switched_off_and_on(page: Client, webhook: Endpoint) -> None:
    press(page, "switch_off", webhook)
    webhook.refresh_from_db()
    assert webhook.disabled_reason == "by hand"
    press(page, "switch_on", webhook)
    webhook.refresh_from_db()
    assert webhook.disabled_at is None


def test_a_secret_is_shown_and_that_leaves_a_trail(page: Client, webhook: Endpoint) -> None:
    shown = press(page, "show_secret", webhook)
    assert decrypt(webhook.secret) in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert Activity.objects.filter(subject="endpoint", subject_id=webhook.pk).exists()


def test_a_new_secret_signs_beside_the_old(page: Client, webhook: Endpoint) -> None:
    old = webhook.secret
    shown = press(page, "rotate", webhook).content.decode()
    webhook.refresh_from_db()
    assert decrypt(webhook.secret) in shown
    assert webhook.old_secret == old


@pytest.mark.parametrize("action", ["show_secret", "rotate"])
def test_the_secret_of_one_webhook_is_asked_for_at_a_time(
    page: Client, webhook: Endpoint, action: str
) -> None:
    second = endpoint_of("https://hooks.example.com/two", now=NOW)
    said = press(page, action, webhook, second).content.decode()
    assert "Choose one webhook" in said
    assert decrypt(webhook.secret) not in said


def test_a_test_message_reaches_an_address(page: Client, other: Receiver) -> None:
    said = press(page, "try_it", endpoint_of(other.address, now=NOW)).content.decode()
    assert "has taken it" in said
    assert len(other.got) == 1


def test_a_test_message_that_is_refused_says_why(page: Client, other: Receiver) -> None:
    other.status = 500
    said = press(page, "try_it", endpoint_of(other.address, now=NOW)).content.decode()
    assert "500" in said


def test_a_test_mail_is_sent_to_the_address_typed(page: Client) -> None:
    assert "admin@" in page.get(reverse(TEST)).content.decode()
    said = page.post(reverse(TEST), {"address": "bob@example.com"}, follow=True)
    assert "The mail server has taken it." in said.content.decode()
    assert mail.outbox[0].to == ["bob@example.com"]


def test_what_is_no_address_is_not_sent_to(page: Client) -> None:
    page.post(reverse(TEST), {"address": "nobody"})
    assert not mail.outbox


def test_who_is_no_admin_presses_nothing(client: Client, webhook: Endpoint) -> None:
    client.force_login(make_user(is_analyst=True))
    press(client, "switch_off", webhook)
    webhook.refresh_from_db()
    assert webhook.disabled_at is None
    assert client.post(reverse(TEST), {"address": "bob@example.com"}).status_code == 302
    assert not mail.outbox
